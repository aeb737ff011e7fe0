"""The same with a lock on a row instead of an advisory lock, for sites that ban those.

It costs one more commit: the row has to be there before it can be locked.
"""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from governance.idempotency import running, storage
from governance.idempotency.calls import Call, Perform
from governance.idempotency.surroundings import in_request_transaction


def run(call: Call, perform: Perform) -> running.Answer:
    """Answer from what is kept, or claim the key, lock the claim and run the view."""
    if in_request_transaction(call.alias):
        raise ImproperlyConfigured(
            f"{call.route}: lock='row' commits before the view runs, which ATOMIC_REQUESTS "
            "forbids. Use lock='advisory', or non_atomic_requests."
        )
    return running.guarded(call, lambda: _attempt(call, perform))


def _attempt(call: Call, perform: Perform) -> running.Answer:
    kept = storage.find(call)
    if kept is not None:
        return running.settled(call, kept)
    with running.one_transaction(call.alias):
        storage.claim(call)
    return running.in_one_transaction(call, perform)

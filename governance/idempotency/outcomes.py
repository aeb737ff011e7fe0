"""What became of each protected request: a signal, counters of this process, a line in the log."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Mapping
from functools import partial
from threading import Lock

from django.db import transaction
from django.dispatch import Signal

from governance.idempotency.calls import Call
from governance.idempotency.surroundings import in_request_transaction

answered = Signal()
"""Sent after each protected request, once its transaction has ended, with ``outcome``, ``route``,
``method``, ``module``, ``key_suffix``, ``scope`` (begin of its hash) and ``milliseconds``."""

OUTCOMES = (
    "executed",
    "tombstone",
    "replayed",
    "in_flight",
    "mismatch",
    "not_kept",
    "rolled_back",
    "conflict",
    "refused",
    "unknown",
)
_log = logging.getLogger("governance.idempotency")
_counts: Counter[tuple[str, str]] = Counter()
_lock = Lock()


def tell(call: Call, outcome: str, begun: float, *, failed: bool = False) -> None:
    """Tell everybody who listens; a listener that fails does not fail the request.

    With ATOMIC_REQUESTS they hear of it after the commit, since a statement of theirs that fails
    would undo it; at once if the request has ``failed`` and there won't be one.
    """
    milliseconds = (time.perf_counter() - begun) * 1000
    count(call.route, outcome)
    scope, suffix = call.identity.scope_hash.hex()[:8], call.identity.key_suffix
    text = "%s %s: %s (key …%s of %s, %.1f ms)"
    _log.info(text, call.method, call.route, outcome, suffix, scope, milliseconds)
    send = partial(
        answered.send_robust,
        sender=None,
        outcome=outcome,
        route=call.route,
        method=call.method,
        module=call.options.module,
        key_suffix=suffix,
        scope=scope,
        milliseconds=milliseconds,
    )
    if failed or not in_request_transaction(call.alias):
        send()
    else:
        transaction.on_commit(send, using=call.alias)


def count(route: str, outcome: str) -> None:
    with _lock:
        _counts[route, outcome] += 1


def counts() -> Mapping[tuple[str, str], int]:
    """Return how often each route had each outcome since this process started."""
    with _lock:
        return dict(_counts)

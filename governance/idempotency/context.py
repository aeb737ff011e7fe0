"""What code inside a protected view may know about the key, such as for an audit row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyInUse:
    """The key of the request that is being worked on. Code runs for the first request only, so
    what it writes is never that of a replay."""

    key_hash: str
    """Hexadecimal; the same as in the table of keys, and kept when that row is pruned."""
    fingerprint: str
    actor: str
    """The principal the key belongs to."""
    module: str


@contextmanager
def in_use(key: KeyInUse) -> Iterator[None]:
    """Make a key the current one for a block."""
    if running.get() == key:
        raise ImproperlyConfigured(
            "This view is protected twice, so its key waits for itself. Remove one @idempotent."
        )
    token = running.set(key)
    try:
        yield
    finally:
        running.reset(token)


running: ContextVar[KeyInUse | None] = ContextVar("governance_idempotency_key", default=None)


def current_key() -> KeyInUse | None:
    """Return the key in use; None outside a protected view, or without a key."""
    return running.get()

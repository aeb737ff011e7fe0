"""Who may wait for a request under way: a few threads, so that the others stay free."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, get_ident

_lock = Lock()
_waiting: set[int] = set()


@contextmanager
def place_to_wait(most: int) -> Iterator[bool]:
    """Yield whether fewer than ``most`` threads of this process wait, for whatever endpoint; the
    place is given back on the way out."""
    own = get_ident()
    with _lock:
        granted = len(_waiting) < most
        if granted:
            _waiting.add(own)
    try:
        yield granted
    finally:
        with _lock:
            _waiting.discard(own)

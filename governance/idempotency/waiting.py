"""Who may wait for a request under way: a few threads, so that the others stay free."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_waiting: Counter[str] = Counter()
_lock = Lock()


@contextmanager
def place_to_wait(route: str, most: int) -> Iterator[bool]:
    """Yield whether there is a place left; it is given back on the way out."""
    with _lock:
        granted = _waiting[route] < most
        _waiting[route] += granted
    try:
        yield granted
    finally:
        with _lock:
            _waiting[route] -= granted

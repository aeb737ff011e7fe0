"""Every write that is judged, for those who want to know: permitted or not.

Nothing is kept here. While nobody subscribes, nothing is computed either.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from governance.writes.attribution import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One table that one statement writes."""

    actor: Actor
    table: str
    """As registered; the partitioned table for a partition."""
    owner: str
    operation: str
    layer: str
    """cursor, or statement where the driver's cursors can't be guarded."""
    permitted: bool


subscribers: list[Callable[[Entry], None]] = []


def subscribe(callback: Callable[[Entry], None]) -> None:
    """Call back for each table that a statement writes, before it is sent."""
    if callback not in subscribers:
        subscribers.append(callback)


def unsubscribe(callback: Callable[[Entry], None]) -> None:
    """Stop calling back; does nothing for one that never subscribed."""
    if callback in subscribers:
        subscribers.remove(callback)


def note(entry: Entry) -> None:
    """Tell the subscribers."""
    for callback in tuple(subscribers):
        callback(entry)

"""What was seen in this process: each violation once, with a count."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from governance.acceptance.settling import is_accepted
from governance.findings import Finding
from governance.writes import observations
from governance.writes.tally import Tally

logger = logging.getLogger("governance.writes")

MOST_KEPT = 10_000
"""Number of different violations kept per process; later ones are still refused or sent."""

_tally = Tally()
_listeners: list[Callable[[Finding], None]] = []


def record(findings: Iterable[Finding], *, announce: bool) -> None:
    """Count violations; ``announce`` logs the first of each kind, unless it is accepted.

    The counts reach the database later and in the background.
    """
    keep = observations.is_on()
    for finding in findings:
        for listener in tuple(_listeners):
            listener(finding)
        first = _tally.add(finding, most=MOST_KEPT, keep=keep)
        if first and announce and not is_accepted(finding):
            where = finding.location
            place = f"{where}, in {where.function}" if where else ""
            logger.warning("%s %s", finding.message, place)
        if keep:
            observations.wake(_tally)


def subscribe(listener: Callable[[Finding], None]) -> None:
    """Call back for each violation, in the thread that writes, before it is refused."""
    if listener not in _listeners:
        _listeners.append(listener)


def unsubscribe(listener: Callable[[Finding], None]) -> None:
    """Stop calling back; does nothing for one that never subscribed."""
    if listener in _listeners:
        _listeners.remove(listener)


def recorded() -> list[Finding]:
    """Return each violation seen in this process, the first occurrence standing for all."""
    return _tally.findings()


def count(finding: Finding) -> int:
    """Return how often a violation was seen in this process."""
    return _tally.count(finding)


def clear() -> None:
    """Forget what was seen."""
    _tally.clear()

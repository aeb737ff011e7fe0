"""What was seen in this process: each violation once, with a count."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from threading import Lock

from governance.findings import Finding

logger = logging.getLogger("governance.writes")

MOST_KEPT = 10_000
"""Number of different violations kept per process; later ones are still refused or sent."""

_lock = Lock()
_seen: dict[str, Finding] = {}
_counts: dict[str, int] = {}
_listeners: list[Callable[[Finding], None]] = []


def record(findings: Iterable[Finding], *, announce: bool) -> None:
    """Count violations; ``announce`` logs the first of each kind as a warning."""
    for finding in findings:
        for listener in tuple(_listeners):
            listener(finding)
        with _lock:
            first = finding.fingerprint not in _seen
            if first and len(_seen) >= MOST_KEPT:
                continue
            _seen.setdefault(finding.fingerprint, finding)
            _counts[finding.fingerprint] = _counts.get(finding.fingerprint, 0) + 1
        if first and announce:
            logger.warning("%s %s", finding.message, finding.location or "")


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
    with _lock:
        return list(_seen.values())


def count(finding: Finding) -> int:
    """Return how often a violation was seen in this process."""
    return _counts.get(finding.fingerprint, 0)


def clear() -> None:
    """Forget what was seen."""
    with _lock:
        _seen.clear()
        _counts.clear()

"""Counts of what was seen, in memory: of the whole process, and of what is not stored yet."""

from __future__ import annotations

import os
import weakref
from dataclasses import dataclass
from threading import RLock
from time import time

from governance.findings import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """How often one violation was seen since the last time this was asked."""

    finding: Finding
    count: int
    first: float
    """Seconds since the epoch."""
    last: float


class _Kind:
    __slots__ = ("count", "finding", "first", "last", "unsent")

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        self.count = 0
        self.unsent = 0
        self.first = self.last = 0.0


class Tally:
    """One entry for each fingerprint; a repeated violation costs one look-up under a lock.

    The lock may be taken twice by one thread: a signal handler may write in the middle.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._kinds: dict[str, _Kind] = {}
        self._unsent: dict[str, _Kind] = {}
        self._lost = 0
        _tallies.add(self)

    def add(self, finding: Finding, *, most: int, keep: bool) -> bool:
        """Count a violation; tell whether it is the first of its kind.

        With ``most`` kinds known, another kind is not kept and counts as lost. ``keep`` says that
        somebody will ask for what was not sent yet.
        """
        mark, now = finding.fingerprint, time()
        with self._lock:
            kind = self._kinds.get(mark)
            first = kind is None
            if kind is None:
                if len(self._kinds) >= most:
                    self._lost += keep
                    return False
                kind = self._kinds[mark] = _Kind(finding)
            kind.count += 1
            if keep:
                if not kind.unsent:
                    kind.first = now
                    self._unsent[mark] = kind
                kind.unsent += 1
                kind.last = max(kind.first, now)  # clocks are set back at times
        return first

    def take(self) -> tuple[list[Sighting], int]:
        """Return what was not sent yet, and how many violations were lost; both begin anew."""
        with self._lock:
            kinds, self._unsent = self._unsent, {}
            lost, self._lost = self._lost, 0
            taken = [
                Sighting(finding=k.finding, count=k.unsent, first=k.first, last=k.last)
                for k in kinds.values()
            ]
            for kind in kinds.values():
                kind.unsent = 0
        return taken, lost

    def give_back(self, sightings: list[Sighting], lost: int) -> None:
        """Keep for later what could not be sent."""
        with self._lock:
            self._lost += lost
            for sighting in sightings:
                mark = sighting.finding.fingerprint
                kind = self._kinds.setdefault(mark, _Kind(sighting.finding))
                since = kind if kind.unsent else sighting
                kind.first = min(since.first, sighting.first)
                kind.last = max(since.last, sighting.last)
                kind.unsent += sighting.count
                self._unsent[mark] = kind

    def findings(self) -> list[Finding]:
        """Return each violation once."""
        with self._lock:
            return [kind.finding for kind in self._kinds.values()]

    def count(self, finding: Finding) -> int:
        kind = self._kinds.get(finding.fingerprint)
        return kind.count if kind else 0

    @property
    def waiting(self) -> int:
        """Number of violations that are not sent yet."""
        with self._lock:
            return sum(kind.unsent for kind in self._unsent.values()) + self._lost

    def clear(self) -> None:
        with self._lock:
            self._kinds.clear()
            self._unsent.clear()
            self._lost = 0

    def hold(self) -> None:
        """Wait until no other thread is in the middle of a change."""
        self._lock.acquire()

    def release(self) -> None:
        self._lock.release()

    def begin_in_child(self) -> None:
        """In a forked process: what is not sent yet is the parent's to send."""
        self._lock = RLock()
        self._unsent.clear()
        self._lost = 0
        for kind in self._kinds.values():
            kind.unsent = 0


_tallies: weakref.WeakSet[Tally] = weakref.WeakSet()


def _each(method: str) -> None:
    for tally in list(_tallies):
        getattr(tally, method)()


os.register_at_fork(
    before=lambda: _each("hold"),
    after_in_parent=lambda: _each("release"),
    after_in_child=lambda: _each("begin_in_child"),
)

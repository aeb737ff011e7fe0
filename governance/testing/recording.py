"""Record what is written while tests run, each violation with the test that caused it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from threading import Lock

from governance import exceptions
from governance.exceptions import WriteRefused
from governance.findings import Finding
from governance.testing.sightings import Sighting
from governance.testing.violations import Violation, Written, packed, unpacked
from governance.writes import journal, recorder


class Recording:
    """What one process of a test run has seen. Code under test may write in several threads."""

    def __init__(self, *, with_writes: bool) -> None:
        self.violations: dict[str, Violation] = {}
        """By fingerprint."""
        self.writes: Counter[Written] = Counter()
        """Number of statements, of all code but tests; empty unless ``with_writes``."""
        self.test = ""
        """Id of the test that runs now; empty outside of tests."""
        self.muted = False
        """Whether the test that runs now provokes violations on purpose."""
        self._with_writes = with_writes
        self._sightings: dict[tuple[str, str], Sighting] = {}
        self._lock = Lock()

    def start(self) -> None:
        recorder.subscribe(self._see)
        exceptions.refusal_listeners.append(self._refuse)
        if self._with_writes:
            journal.subscribe(self._count)

    def stop(self) -> None:
        recorder.unsubscribe(self._see)
        exceptions.refusal_listeners.remove(self._refuse)
        journal.unsubscribe(self._count)

    def take(self) -> list[Finding]:
        """Return what was seen since the last call, each violation once.

        To be called when a phase of a test has ended: only then is it known who has caught a
        refusal.
        """
        with self._lock:
            sightings, self._sightings = self._sightings, {}
        taken: dict[str, Finding] = {}
        for (fingerprint, _), sighting in sightings.items():
            if sighting.count:
                violation = self.violations.setdefault(fingerprint, Violation())
                violation.add(sighting.finding, sighting.count, self.test)
                taken.setdefault(fingerprint, sighting.finding)
        return list(taken.values())

    def blame(self, findings: Iterable[Finding]) -> None:
        """Remember that the run fails for these."""
        for finding in findings:
            self.violations[finding.fingerprint].fails = True

    def packed(self) -> str:
        """Return all of it as a text, to be sent to another process."""
        return packed(self.violations.values(), self.writes)

    def join(self, text: str) -> None:
        """Add what another process has packed."""
        violations, writes = unpacked(text)
        for violation in violations:
            self.violations.setdefault(violation.finding.fingerprint, Violation()).join(violation)
        self.writes.update(writes)

    def _see(self, finding: Finding) -> None:
        if self.muted:
            return
        key = (finding.fingerprint, str(finding.location))
        with self._lock:
            self._sightings.setdefault(key, Sighting(finding=finding)).sent += 1

    def _refuse(self, error: WriteRefused) -> None:
        """Everything that one statement writes is refused together."""
        with self._lock:
            for sighting in self._sightings.values():
                finding = sighting.finding
                if (finding.actor, finding.location) == (error.actor, error.location):
                    sighting.refused(error)

    def _count(self, entry: journal.Entry) -> None:
        if self.muted or entry.actor.is_system:
            return
        written = Written(
            entry.actor.module, entry.owner, entry.table, entry.operation, entry.permitted
        )
        with self._lock:
            self.writes[written] += 1

"""The baseline as a value: entries in a fixed order, each fingerprint once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from governance.findings import Finding, fingerprint

SCAN, TESTS, OBSERVED, DATABASE = "scan", "tests", "observed", "database"
REVIEW = "review"
SEERS = (SCAN, TESTS, OBSERVED, DATABASE, REVIEW)
"""Who can see a finding: reading the code and its declarations, a run of the tests, what runs in
production, PostgreSQL's catalogue, the review of migrations. Whether an entry is stale is for
those to say who saw it."""

_SEER_OF_LAYER = {
    "statement": TESTS,
    "cursor": TESTS,
    "postgres": TESTS,
    OBSERVED: OBSERVED,
    DATABASE: DATABASE,
    REVIEW: REVIEW,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One accepted finding, with as many places as it had when it was accepted."""

    slug: str
    subject: str
    actor: str = ""
    caller: str = ""
    operation: str = ""
    """Kind of the operation, as in ``Finding.kind``."""
    owner: str = ""
    count: int = 1
    """Number of places (file and line) that one layer finds."""
    reason: str
    issue: str = ""
    until: date
    """Last day on which the finding is accepted."""
    seen_by: tuple[str, ...] = (SCAN,)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.slug, self.actor, self.caller, self.subject, self.operation)

    @property
    def order(self) -> tuple[object, ...]:
        """By owner and table, so that a team finds its entries together and two merge easily."""
        names = (self.owner, self.subject, self.actor, self.caller, self.operation, self.slug)
        return (*names, self.fingerprint)

    def has_ended(self, day: date) -> bool:
        return self.until < day

    def joined(self, other: Entry) -> Entry:
        """Return one entry for two of one fingerprint, whichever comes first in the file.

        After a merge both may stand there. The count is the higher one, the end the earlier.
        """
        first = min(self, other, key=lambda e: (e.until, e.reason, e.issue, e.owner))
        seen = {*self.seen_by, *other.seen_by}
        return replace(
            first,
            count=max(self.count, other.count),
            seen_by=tuple(seer for seer in SEERS if seer in seen),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """All entries; made with ``of``, so that the order they come in makes no difference."""

    entries: tuple[Entry, ...] = ()
    findings: tuple[Finding, ...] = ()
    """What is wrong with the file; then there are no entries."""

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Baseline:
        known: dict[str, Entry] = {}
        for entry in entries:
            same = known.get(entry.fingerprint)
            known[entry.fingerprint] = same.joined(entry) if same else entry
        return cls(entries=tuple(sorted(known.values(), key=lambda entry: entry.order)))

    @property
    def places(self) -> int:
        return sum(entry.count for entry in self.entries)

    def by_fingerprint(self) -> dict[str, Entry]:
        return {entry.fingerprint: entry for entry in self.entries}


def seer_of(finding: Finding) -> str:
    """Return who saw a finding; what names no layer was read from code or declarations."""
    return _SEER_OF_LAYER.get(str(finding.details.get("layer", "")), SCAN)


def places_of(findings: Iterable[Finding]) -> dict[str, dict[str, int]]:
    """Return fingerprint → who saw it → number of distinct places.

    Two layers see one write at two lines when the call spans several, so each counts for itself.
    """
    seen: dict[str, dict[str, set[tuple[str, int] | None]]] = {}
    for finding in findings:
        place = (finding.location.file, finding.location.line) if finding.location else None
        seers = seen.setdefault(finding.fingerprint, {})
        seers.setdefault(seer_of(finding), set()).add(place)
    return {
        mark: {seer: len(places) for seer, places in seers.items()} for mark, seers in seen.items()
    }


def one_layer(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return each violation as one layer saw it: two that see the same are no two violations."""
    given = list(findings)
    first: dict[str, str] = {}
    for finding in sorted(given, key=lambda f: SEERS.index(seer_of(f))):
        first.setdefault(finding.fingerprint, seer_of(finding))
    return tuple(f for f in given if seer_of(f) == first[f.fingerprint])

"""A violation as a test run knows it, and its way from one process to another."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from governance.findings import Finding, Location
from governance.rules import rule

MOST_TESTS = 1_000
"""Number of tests remembered for each violation."""


@dataclass(slots=True, kw_only=True)
class Violation:
    """All writes of a run with one fingerprint."""

    places: dict[str, Finding] = field(default_factory=dict)
    """File and line → the finding; the baseline accepts a number of places."""
    count: int = 0
    tests: dict[str, None] = field(default_factory=dict)
    """Ids of the tests that caused it."""
    fails: bool = False
    """Whether a test, or the run, fails for it."""

    @property
    def finding(self) -> Finding:
        """The first place in the code stands for all, whoever saw it first."""
        return self.places[min(self.places)]

    def add(self, finding: Finding, count: int, test: str) -> None:
        self.places.setdefault(str(finding.location or ""), finding)
        self.count += count
        if test and len(self.tests) < MOST_TESTS:
            self.tests[test] = None

    def join(self, other: Violation) -> None:
        """Add what another process saw."""
        self.places |= other.places
        self.count += other.count
        self.tests |= other.tests
        self.fails = self.fails or other.fails


@dataclass(frozen=True, slots=True, order=True)
class Written:
    """Whose code wrote which table, as it is counted."""

    actor: str
    owner: str
    table: str
    operation: str
    permitted: bool


def packed(violations: Iterable[Violation], writes: Mapping[Written, int]) -> str:
    """Return a text that ``unpacked`` reads, for the channel between processes."""
    document = {
        "violations": [_packed(violation) for violation in violations],
        "writes": [[*asdict(written).values(), count] for written, count in writes.items()],
    }
    return json.dumps(document, default=str)


def unpacked(text: str) -> tuple[list[Violation], dict[Written, int]]:
    """Read what ``packed`` has written."""
    document = json.loads(text)
    violations = [_unpacked(entry) for entry in document["violations"]]
    return violations, {Written(*fields): count for *fields, count in document["writes"]}


def _packed(violation: Violation) -> dict[str, Any]:
    places = {place: _as_dictionary(finding) for place, finding in violation.places.items()}
    return {
        "places": places,
        "count": violation.count,
        "tests": list(violation.tests),
        "fails": violation.fails,
    }


def _unpacked(entry: dict[str, Any]) -> Violation:
    return Violation(
        places={place: _as_finding(fields) for place, fields in entry["places"].items()},
        count=entry["count"],
        tests=dict.fromkeys(entry["tests"]),
        fails=entry["fails"],
    )


def _as_dictionary(finding: Finding) -> dict[str, Any]:
    return asdict(finding) | {"rule": finding.rule.slug}


def _as_finding(fields: dict[str, Any]) -> Finding:
    location = Location(**fields["location"]) if fields["location"] else None
    return Finding(**(fields | {"rule": rule(fields["rule"]), "location": location}))

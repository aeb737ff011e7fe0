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
    """All writes of a run with one fingerprint; the first occurrence stands for all."""

    finding: Finding
    count: int = 0
    tests: dict[str, None] = field(default_factory=dict)
    """Ids of the tests that caused it, in the order of the run."""
    fails: bool = False
    """Whether a test, or the run, fails for it."""

    def caused_by(self, test: str) -> None:
        self.count += 1
        if test and len(self.tests) < MOST_TESTS:
            self.tests[test] = None

    def join(self, other: Violation) -> None:
        """Add what another process saw."""
        self.count += other.count
        self.tests |= other.tests
        self.fails = self.fails or other.fails


@dataclass(frozen=True, slots=True)
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
    finding = violation.finding
    return {
        "slug": finding.rule.slug,
        "texts": [finding.message, finding.hint, finding.subject, finding.actor, finding.owner],
        "location": asdict(finding.location) if finding.location else None,
        "details": dict(finding.details),
        "count": violation.count,
        "tests": list(violation.tests),
        "fails": violation.fails,
    }


def _unpacked(entry: dict[str, Any]) -> Violation:
    message, hint, subject, actor, owner = entry["texts"]
    finding = Finding(
        rule=rule(entry["slug"]),
        message=message,
        hint=hint,
        subject=subject,
        actor=actor,
        owner=owner,
        location=Location(**entry["location"]) if entry["location"] else None,
        details=entry["details"],
    )
    tests = dict.fromkeys(entry["tests"])
    return Violation(
        finding=finding, count=entry["count"], tests=tests, fails=entry["fails"]
    )

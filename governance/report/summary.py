"""Counts, the worst severity, and the exit code that follows."""

from collections.abc import Sequence
from typing import Any

from governance.findings import Finding, Severity


def summary(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the counts that every format closes with."""
    counts = {
        severity.name.lower(): sum(f.severity is severity for f in findings)
        for severity in sorted(Severity, reverse=True)
    }
    unknown = sum(f.rule.slug.startswith("unknown-") for f in findings)
    return {"by_severity": counts, "waived": 0, "baseline": 0, "unknown": unknown}


def exit_code(findings: Sequence[Finding], fail_level: Severity) -> int:
    """Return 1 when a finding reaches the level, else 0."""
    return int(any(finding.severity >= fail_level for finding in findings))

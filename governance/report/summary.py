"""Counts, the worst severity, and the exit code that follows."""

from collections.abc import Sequence
from typing import Any

from governance.acceptance.settling import Settled
from governance.findings import Finding, Severity


def summary(findings: Sequence[Finding], settled: Settled | None = None) -> dict[str, Any]:
    """Return the counts that every format closes with; ``settled`` knows what was accepted."""
    counts = {
        severity.name.lower(): sum(f.severity is severity for f in findings)
        for severity in sorted(Severity, reverse=True)
    }
    unknown = sum(f.rule.slug.startswith("unknown-") for f in findings)
    return {
        "by_severity": counts,
        "waived": len(settled.waived) if settled else 0,
        "baseline": len(settled.baselined) if settled else 0,
        "unknown": unknown,
    }


def accepted(settled: Settled | None) -> str:
    """Return «118 in the baseline, 2 waived», or an empty text when nothing was accepted."""
    counts = summary([], settled)
    parts = {"in the baseline": counts["baseline"], "waived": counts["waived"]}
    return ", ".join(f"{number} {how}" for how, number in parts.items() if number)


def exit_code(findings: Sequence[Finding], fail_level: Severity) -> int:
    """Return 1 when a finding reaches the level, else 0."""
    return int(any(finding.severity >= fail_level for finding in findings))

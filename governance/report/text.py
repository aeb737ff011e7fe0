"""Findings for people at a terminal."""

from collections.abc import Sequence

from governance.acceptance.settling import Settled
from governance.findings import Finding, Severity
from governance.report.summary import accepted, summary

_MARKS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def listing(findings: Sequence[Finding]) -> str:
    """Return each finding as a block: mark, message, place, hint."""
    return "\n\n".join(_block(finding) for finding in findings)


def text(findings: Sequence[Finding], settled: Settled | None = None) -> str:
    """Return the listing with a closing line that counts."""
    closing = "; ".join(filter(None, (_counts(findings), accepted(settled))))
    return f"{listing(findings)}\n\n{closing}.".lstrip()


def _block(finding: Finding) -> str:
    place = f"\n  at {finding.location}" if finding.location else ""
    hint = "".join(f"\n  {line}" for line in finding.hint.splitlines())
    mark = _MARKS[finding.severity]
    return f"{mark}: {finding.message} ({finding.rule.id} {finding.rule.slug}){place}{hint}"


def _counts(findings: Sequence[Finding]) -> str:
    by_severity = summary(findings)["by_severity"]
    parts = [f"{n} {name}{'s' if n != 1 else ''}" for name, n in by_severity.items() if n]
    return ", ".join(parts) or "No findings"

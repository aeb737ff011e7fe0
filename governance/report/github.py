"""Findings as annotations of GitHub Actions."""

from collections.abc import Sequence

from governance.acceptance.settling import Settled
from governance.findings import Finding, Severity
from governance.report.summary import accepted

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def github(findings: Sequence[Finding], settled: Settled | None = None) -> str:
    """Return one workflow command for each finding, and one that counts what is accepted."""
    lines = [_annotation(finding) for finding in findings]
    if accepted(settled):
        lines.append(f"::notice title=governance::{_data(accepted(settled))}.")
    return "\n".join(lines)


def _annotation(finding: Finding) -> str:
    properties = {"title": f"{finding.rule.id} {finding.rule.slug}"}
    if finding.location:
        place = {"file": finding.location.file, "line": str(finding.location.line)}
        properties = {**place, **properties}
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    text = f"{finding.message}\n{finding.hint}" if finding.hint else finding.message
    return f"::{_LEVELS[finding.severity]} {listed}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

"""Findings for machines: one shape for every command."""

import json as codec
from collections.abc import Mapping, Sequence
from typing import Any

from governance.acceptance.settling import Settled
from governance.findings import Finding
from governance.report.summary import summary


def json(
    findings: Sequence[Finding],
    *,
    command: str,
    extra: Mapping[str, Any] | None = None,
    settled: Settled | None = None,
) -> str:
    """Return the document; ``extra`` adds what a command knows beside its findings."""
    document = {
        "version": 1,
        "command": command,
        "findings": [_entry(finding) for finding in findings],
        "summary": summary(findings, settled),
        **(extra or {}),
    }
    return codec.dumps(document, indent=2, default=str)


def _entry(finding: Finding) -> dict[str, Any]:
    location = finding.location
    return {
        "id": finding.rule.id,
        "slug": finding.rule.slug,
        "severity": finding.severity.name.lower(),
        "message": finding.message,
        "hint": finding.hint,
        "subject": finding.subject,
        "actor": finding.actor,
        "owner": finding.owner,
        "location": {"file": location.file, "line": location.line} if location else None,
        "fingerprint": finding.fingerprint,
        "details": dict(finding.details),
    }

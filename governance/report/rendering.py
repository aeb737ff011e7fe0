"""Choose a format by name."""

from collections.abc import Mapping, Sequence
from typing import Any

from governance.acceptance.settling import Settled
from governance.findings import Finding
from governance.report.github import github
from governance.report.json import json
from governance.report.sarif import sarif
from governance.report.text import text

FORMATS = ("text", "json", "github", "sarif")


def render(
    findings: Sequence[Finding],
    *,
    form: str,
    command: str,
    extra: Mapping[str, Any] | None = None,
    settled: Settled | None = None,
) -> str:
    """Return findings in one of ``FORMATS``; only ``json`` has room for ``extra``.

    ``settled`` tells what was accepted; it is counted, and in SARIF listed as suppressed.
    """
    match form:
        case "json":
            return json(findings, command=command, extra=extra, settled=settled)
        case "github":
            return github(findings, settled)
        case "sarif":
            return sarif(findings, settled)
        case _:
            return text(findings, settled)

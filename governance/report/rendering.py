"""Choose a format by name."""

from collections.abc import Mapping, Sequence
from typing import Any

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
) -> str:
    """Return findings in one of ``FORMATS``; only ``json`` has room for ``extra``."""
    match form:
        case "json":
            return json(findings, command=command, extra=extra)
        case "github":
            return github(findings)
        case "sarif":
            return sarif(findings)
        case _:
            return text(findings)

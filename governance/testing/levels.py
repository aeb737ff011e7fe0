"""Does a test fail for this violation?"""

from __future__ import annotations

from enum import StrEnum

from governance.acceptance.baseline import path_in_force
from governance.acceptance.settling import is_accepted
from governance.conf import Mode
from governance.findings import Finding, Severity
from governance.ownership import current


class Level(StrEnum):
    """What a test run does about new violations."""

    OFF = "off"
    REPORT = "report"
    FAIL = "fail"


def fails(finding: Finding, level: Level | None) -> bool:
    """Tell whether a test fails for a violation. Accepted ones fail nothing."""
    return counts(finding, level) and not is_accepted(finding)


def counts(finding: Finding, level: Level | None) -> bool:
    """Tell whether such a violation fails a run if it is new. Warnings never do.

    Where no level is chosen, the project decides: it fails if the owner of the table is in enforce
    mode, or if there is a baseline, so that what is not in it is new. A project that has only
    begun to look sees its tests pass.
    """
    if finding.severity < Severity.ERROR:
        return False
    return level is Level.FAIL or (level is None and _is_asked_for(finding.owner))


def _is_asked_for(owner: str) -> bool:
    if not current.ownership().registry.declared:
        return False
    return current.mode_for(owner) is Mode.ENFORCE or path_in_force().exists()

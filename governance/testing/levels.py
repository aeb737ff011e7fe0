"""Does a test fail for this violation?"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from governance import conf
from governance.conf import Mode
from governance.findings import Finding, Severity
from governance.ownership import current


class Level(StrEnum):
    """What a test run does about new violations."""

    OFF = "off"
    REPORT = "report"
    FAIL = "fail"


def fails(finding: Finding, level: Level | None) -> bool:
    """Tell whether a test fails for a violation.

    Accepted ones and warnings fail nothing. Where no level is chosen, the project decides: a
    test fails if the owner of the table is in enforce mode, or if there is a baseline, so that
    what is not in it is new. A project that has only begun to look sees its tests pass.
    """
    if finding.severity < Severity.ERROR or level in {Level.OFF, Level.REPORT}:
        return False
    return (level is Level.FAIL or _is_asked_for(finding.owner)) and not is_accepted(finding)


def is_accepted(finding: Finding) -> bool:
    """Tell whether a violation is in the baseline, or waived."""
    try:
        from governance.acceptance import settling
    except ModuleNotFoundError:  # TODO drop once acceptance is on main
        return False
    return settling.is_accepted(finding)


def _is_asked_for(owner: str) -> bool:
    if not current.ownership().registry.declared:
        return False
    enforced = current.mode_for(owner) is Mode.ENFORCE
    return enforced or Path(conf.settings().BASELINE).exists()

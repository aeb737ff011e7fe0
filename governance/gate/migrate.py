"""The gate in ``migrate``: refuse before the first statement; the plan itself is never changed."""

from __future__ import annotations

import logging
import sys
from typing import Any

from django.core.management.base import CommandError
from django.db import connections
from django.db.migrations import Migration

from governance.conf import Mode
from governance.findings import Severity
from governance.gate.judging import judge_all
from governance.gate.pending import unapplied
from governance.ownership import current
from governance.report.text import listing
from governance.writes.framework import builds_test_database

logger = logging.getLogger("governance.migrations")

_REFUSAL = """Nothing was migrated. Migrations reach beyond their module:

{}

If the owner has agreed, apply them once in report mode:
GOVERNANCE = {{"MODE": {{"writes": "enforce", "migrations": "report"}}}}"""


def before_migrate(
    *, using: str, plan: list[tuple[Migration, bool]] | None = None, **_: Any
) -> None:
    """Refuse a plan with migrations that reach into tables of other modules.

    Receives Django's ``pre_migrate``; raises ``CommandError`` in enforce mode, logs a warning in
    report mode. The statement guard would stop them as well, but only in the middle.
    """
    mode = current.mode("migrations")
    if mode is Mode.OFF or connections[using].vendor != "postgresql":
        return
    if builds_test_database(sys._getframe()):
        return
    planned = {(m.app_label, m.name) for m, backwards in plan or () if not backwards}
    waiting = unapplied(using, {label for label, _ in planned}) if planned else ()
    findings = judge_all(pair for pair in waiting if (pair[0].app_label, pair[0].name) in planned)
    refused = [finding for finding in findings if finding.severity >= Severity.ERROR]
    if refused and mode is Mode.ENFORCE:
        raise CommandError(_REFUSAL.format(listing(refused)), returncode=1)
    for finding in findings:
        logger.warning("%s %s", finding.message, finding.location or "")

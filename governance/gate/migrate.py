"""The gate in ``migrate``: refuse before the first statement; the plan itself is never changed."""

from __future__ import annotations

import logging
import sys
from typing import Any

from django.core.management.base import CommandError
from django.db import DatabaseError, connections
from django.db.migrations import Migration

from governance.acceptance.settling import settle_in_force
from governance.conf import Mode
from governance.findings import Finding, Severity
from governance.gate.pending import pending
from governance.gate.reviewing import review_all
from governance.gate.words import trouble, ways_on
from governance.ownership import current
from governance.report.text import listing
from governance.review import stats
from governance.review.sizes import NO_SIZES, Sizes
from governance.writes.framework import builds_test_database

logger = logging.getLogger("governance.migrations")

_AGREED = """If the owner has agreed, apply them once in report mode:
GOVERNANCE = {"MODE": {"writes": "enforce", "migrations": "report"}}"""
_RISKY = "What is risky goes ahead once a reviewer has accepted it on a card:"


def before_migrate(
    *, using: str, plan: list[tuple[Migration, bool]] | None = None, **_: Any
) -> None:
    """Refuse a plan with migrations that nobody has reviewed, or that are another module's.

    Receives Django's ``pre_migrate``; raises ``CommandError`` in enforce mode, logs a warning in
    report mode. The statement guard would stop some as well, but only in the middle. Migrations
    are never refused on the way back.
    """
    mode = current.mode("migrations")
    if mode is Mode.OFF or connections[using].vendor != "postgresql":
        return
    if builds_test_database(sys._getframe()):
        return
    planned = {(m.app_label, m.name) for m, backwards in plan or () if not backwards}
    findings = _judged(using, planned) if planned else ()
    refused = [finding for finding in findings if finding.severity >= Severity.ERROR]
    if refused and mode is Mode.ENFORCE:
        heading = f"Nothing was migrated. Migrations {trouble(refused)}:"
        parts = [heading, listing(refused), *ways_on(refused, _AGREED, _RISKY)]
        raise CommandError("\n\n".join(parts), returncode=1)
    for finding in findings:
        logger.warning("%s %s", finding.message, finding.location or "")


def _judged(alias: str, planned: set[tuple[str, str]]) -> list[Finding]:
    there = pending(alias, {label for label, _ in planned})
    keys = there.keys & planned if there else ()
    if there is None or not keys:
        return []
    reviews = review_all(there.loader, keys, sizes=_sizes(alias), alias=alias)
    found = [finding for review in reviews for finding in review.everything]
    return [f for f in settle_in_force(found).fresh if f.severity > Severity.INFO]


def _sizes(alias: str) -> Sizes:
    """The tables that will be touched are at hand, so their sizes count."""
    try:
        return stats.of_database(connections[alias])
    except DatabaseError:
        return NO_SIZES

"""The gate in ``makemigrations``: refuse before a file is written."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.migrations import Migration

from governance import conf
from governance.acceptance.settling import settle_in_force
from governance.conf import Mode
from governance.findings import Finding, Severity
from governance.gate.judging import judge_app
from governance.gate.pending import pending
from governance.gate.reviewing import review_all, review_new
from governance.gate.words import trouble, trouble_reported, ways_on
from governance.ownership import current
from governance.report.text import listing
from governance.review.loading import TolerantLoader

_AGREED = "If the owner has agreed, run it once with: --governance report"
_RISKY = (
    "If it has to be like this, run it once with --governance report, and say on the review card\n"
    "how to go back:"
)
Changes = dict[str, list[Migration]]


class GovernanceMixin(BaseCommand):
    """Put it in front of any ``makemigrations`` command class; it writes nothing itself."""

    governance_mode = Mode.OFF

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--governance",
            choices=[mode.value for mode in Mode],
            help="What to do about changes that are risky or another module's, this once.",
        )

    def handle(self, *app_labels: str, **options: Any) -> str | None:
        chosen = options.pop("governance", None)
        self.governance_mode = Mode(chosen) if chosen else current.mode("migrations")
        if self.governance_mode is not Mode.OFF:
            self._settle(_on_disk(app_labels), "The migrations on disk")
        return super().handle(*app_labels, **options)

    def write_migration_files(self, changes: Changes, *args: Any, **kwargs: Any) -> None:
        if self.governance_mode is not Mode.OFF:
            self._settle(self._judge_new(changes), "The new migrations")
        super().write_migration_files(changes, *args, **kwargs)  # type: ignore[misc]

    def _judge_new(self, changes: Changes) -> list[Finding]:
        loader = TolerantLoader()
        new = [migration for migrations in changes.values() for migration in migrations]
        findings = [f for _, found in review_new(new, loader) for f in found]
        if self.governance_mode is Mode.ENFORCE:
            findings += [finding for label in changes for finding in judge_app(label)]
        return findings

    def _settle(self, found: Sequence[Finding], what: str) -> None:
        """Refuse, or say what would be refused and go on."""
        findings = [f for f in settle_in_force(found).fresh if f.severity > Severity.INFO]
        refused = [f for f in findings if f.severity >= Severity.ERROR]
        if not findings:
            return
        if self.governance_mode is not Mode.ENFORCE or not refused:
            heading = f"{what} {trouble_reported(refused)}:" if refused else ""
            self.stderr.write("\n".join(filter(None, [heading, listing(findings)])))
            return
        heading = f"No migration was written. {what} {trouble(refused)}:"
        parts = [heading, listing(findings), *ways_on(refused, _AGREED, _RISKY)]
        raise CommandError("\n\n".join(parts), returncode=1)


def _on_disk(app_labels: Collection[str]) -> list[Finding]:
    """Judge what waits. Whether it has a card is asked when it is applied."""
    there = pending(conf.settings().DATABASE, app_labels)
    if there is None:
        return []
    reviews = review_all(there.loader, there.keys)
    return [*there.loader.findings, *(f for review in reviews for f in review.findings)]

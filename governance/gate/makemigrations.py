"""The gate in ``makemigrations``: refuse before a file is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from governance import conf
from governance.conf import Mode
from governance.findings import Finding, Severity
from governance.gate.judging import judge_all, judge_app
from governance.gate.pending import unapplied
from governance.ownership import current
from governance.report.text import listing

Changes = dict[str, list[Migration]]


class GovernanceMixin(BaseCommand):
    """Put it in front of any ``makemigrations`` command class; it writes nothing itself."""

    governance_mode = Mode.OFF

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--governance",
            choices=[mode.value for mode in Mode],
            help="What to do about changes that reach into another module's tables, this once.",
        )

    def handle(self, *app_labels: str, **options: Any) -> str | None:
        chosen = options.pop("governance", None)
        self.governance_mode = Mode(chosen) if chosen else current.mode("migrations")
        if self.governance_mode is not Mode.OFF:
            waiting = unapplied(conf.settings().DATABASE, app_labels)
            self._settle(judge_all(waiting), "The migrations on disk")
        return super().handle(*app_labels, **options)

    def write_migration_files(self, changes: Changes, *args: Any, **kwargs: Any) -> None:
        if self.governance_mode is not Mode.OFF:
            self._settle(self._judge_new(changes), "The new migrations")
        super().write_migration_files(changes, *args, **kwargs)  # type: ignore[misc]

    def _judge_new(self, changes: Changes) -> list[Finding]:
        findings = judge_all(_new(changes))
        if self.governance_mode is Mode.ENFORCE:
            findings += [finding for label in changes for finding in judge_app(label)]
        return findings

    def _settle(self, findings: list[Finding], what: str) -> None:
        """Refuse, or say what would be refused and go on."""
        refused = [f for f in findings if f.severity >= Severity.ERROR]
        if not findings:
            return
        if self.governance_mode is not Mode.ENFORCE or not refused:
            heading = f"{what} reach into tables of other modules:" if refused else ""
            self.stderr.write("\n".join(filter(None, [heading, listing(findings)])))
            return
        parts = [
            f"No migration was written. {what} reach beyond their module:",
            listing(findings),
            "If the owner has agreed, run it once with: --governance report",
        ]
        raise CommandError("\n\n".join(parts), returncode=1)


def _new(changes: Changes) -> Iterator[tuple[Migration, ProjectState]]:
    """Pair each new migration with the state before it."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    state = loader.project_state()
    for migrations in changes.values():
        for migration in migrations:
            yield migration, state
            state = _after(migration, state)


def _after(migration: Migration, state: ProjectState) -> ProjectState:
    try:
        return migration.mutate_state(state, preserve=True)
    except (LookupError, ValueError):  # an update of a migration that is part of the state
        return state

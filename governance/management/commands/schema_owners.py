"""Show who owns each table."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError, connections

from governance.checks import database_findings, vendor_findings
from governance.conf import did_you_mean
from governance.management.options import GovernanceCommand
from governance.ownership import current, starting
from governance.postgres import catalog
from governance.report import owners


class Command(GovernanceCommand):
    help = "Show who owns each table, who else may write it, and through which interface."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        self.add_report_arguments(parser)
        parser.add_argument("--module", help="Show the tables of this module only.")
        parser.add_argument("--all", action="store_true", help="Show the platform's tables too.")
        parser.add_argument(
            "--init",
            action="store_true",
            help="Write a starting ownership.py for each app that belongs to no module.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        self.check_settings()
        if options["init"]:
            self._write_declarations()
            return
        ownership = current.ownership()
        self._check_module(options["module"], list(ownership.registry.modules))
        alias = self.alias(options)
        rows = owners.rows(ownership.registry, self._relations(alias), alias=alias)
        shown = owners.chosen(rows, module=options["module"], everything=options["all"])
        if options["format"] == "text":
            self.stdout.write(owners.table(shown, ownership.registry), ending="\n\n")
        findings = [*ownership.findings, *vendor_findings(alias), *database_findings(alias)]
        self.finish(findings, options, extra={"tables": owners.as_data(shown)})

    def _relations(self, alias: str) -> list[catalog.Relation] | None:
        """Ownership is known without a database; only the row figures are not."""
        connection = connections[alias]
        if connection.vendor != "postgresql":
            return None
        try:
            return catalog.relations(connection)
        except DatabaseError:
            return None

    def _check_module(self, module: str | None, known: list[str]) -> None:
        if module and module not in known:
            hint = did_you_mean(module, known)
            raise CommandError(f"There is no module {module!r}. {hint}".strip(), returncode=2)

    def _write_declarations(self) -> None:
        try:
            written = starting.write()
        except OSError as error:
            reason = f"{error.filename} can't be written: {error.strerror}"
            raise CommandError(f"{reason}. Files before it were written.", returncode=2) from error
        if not written:
            self.stdout.write("Every app belongs to a module; nothing was written.")
            return
        for path in written:
            self.stdout.write(f"wrote {self._shown(path)}")
        self.stdout.write("Fill in team and contact, then run: manage.py schema_owners")

    def _shown(self, path: Path) -> str:
        here = Path.cwd()
        return str(path.relative_to(here) if path.is_relative_to(here) else path)

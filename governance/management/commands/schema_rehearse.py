"""Run migrations forwards, backwards and forwards on a throwaway PostgreSQL with rows."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError, CommandParser

from governance.exceptions import (
    ConfigurationError,
    EmbeddedPostgresUnavailable,
    RehearsalImpossible,
)
from governance.management.options import GovernanceCommand

if TYPE_CHECKING:
    from governance.rehearsal.result import Rehearsal
    from governance.rehearsal.server import Server

MOST_ROWS = 900


class Command(GovernanceCommand):
    help = "Rehearse migrations on a throwaway PostgreSQL, with rows and two releases."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        self.add_report_arguments(parser)
        parser.add_argument("app_label", nargs="?", default="", help="Only migrations of this app.")
        parser.add_argument("name", nargs="?", default="", help="Only this one; a prefix will do.")
        parser.add_argument("--all", action="store_true", help="Also those that are applied.")
        parser.add_argument(
            "--rows", type=int, default=20, metavar="N", help="Rows for each table (20)."
        )
        parser.add_argument(
            "--server",
            default="",
            metavar="URL",
            help="Make the throwaway databases there, not on an embedded server.",
        )
        parser.add_argument(
            "--keep", action="store_true", help="Keep the databases, and say where they are."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        self.check_settings()
        alias = self.alias(options)
        self.require_postgresql(alias)
        if not 1 <= options["rows"] <= MOST_ROWS:
            raise CommandError(f"--rows takes a number from 1 to {MOST_ROWS}.", returncode=2)
        if find_spec("psycopg") is None:
            raise CommandError(
                "A rehearsal needs psycopg 3. Install it: pip install 'psycopg[binary]'",
                returncode=2,
            )
        from governance.management.rehearsing import rehearsed
        from governance.rehearsal import judging

        try:
            done, server = rehearsed(alias, options)
        except (RehearsalImpossible, ConfigurationError, EmbeddedPostgresUnavailable) as error:
            raise CommandError(str(error), returncode=2) from error
        self._show([rehearsal for rehearsal, _ in done], options)
        self._wait(server, options)
        extra = {"rehearsals": [rehearsal.as_data() for rehearsal, _ in done]}
        self.finish(judging.findings(done), options, extra=extra)

    def _show(self, done: Sequence[Rehearsal], options: dict[str, Any]) -> None:
        if not done:
            self.stderr.write(
                "Every migration is applied. To rehearse applied ones, name them or say --all.",
                style_func=str,
            )
        elif options["format"] == "text":
            from governance.report.rehearsal import text

            self.stdout.write(text(done))

    def _wait(self, server: Server | None, options: dict[str, Any]) -> None:
        """The embedded server ends with the last process that uses it."""
        if not options["keep"] or server is None or not server.embedded:
            return
        if sys.stdin.isatty() and sys.stderr.isatty():
            self.stderr.write("The server runs until you press Enter.", style_func=str)
            sys.stdin.readline()
        else:
            self.stderr.write(
                "The embedded server ends with this command; what was kept stays on its disk.",
                style_func=str,
            )

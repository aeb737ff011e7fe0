"""Run migrations forwards, backwards and forwards on a throwaway PostgreSQL with rows."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError, CommandParser

from governance.exceptions import (
    ConfigurationError,
    EmbeddedPostgresUnavailable,
    RehearsalImpossible,
)
from governance.management import carding, scope
from governance.management.options import GovernanceCommand

if TYPE_CHECKING:
    from governance.management.rehearsing import Rehearsed
    from governance.rehearsal.server import Server

MOST_ROWS = 900


class Command(GovernanceCommand):
    help = "Rehearse migrations on a throwaway PostgreSQL, with rows and two releases."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        self.add_report_arguments(parser)
        scope.add_arguments(parser)
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
        parser.add_argument(
            "--card",
            action="store_true",
            help="Note the rehearsal on the review card of each migration that has one.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        self.check_settings()
        alias = self.alias(options)
        self.require_postgresql(alias)
        if options["card"]:
            carding.refuse_in_ci()
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
            found = rehearsed(alias, options)
        except (RehearsalImpossible, ConfigurationError, EmbeddedPostgresUnavailable) as error:
            raise CommandError(str(error), returncode=2) from error
        if options["card"]:
            self._note(found)
        done = [rehearsal for rehearsal, _ in found.done]
        if options["format"] == "text" and done:
            from governance.report.rehearsal import text

            self.stdout.write(text(done))
        self._wait(found.server, options)
        extra = {
            "scope": found.chosen.how,
            "rehearsals": [rehearsal.as_data() for rehearsal in done],
        }
        closing = found.chosen.told(len(done), "rehearsed")
        self.finish(judging.findings(found.done), options, extra=extra, closing=closing)

    def _note(self, found: Rehearsed) -> None:
        from governance.management.noting import note

        for rehearsal, migration in found.done:
            try:
                self.stderr.write(note(rehearsal, migration), style_func=str)
            except OSError as error:
                reason = f"{error.filename} can't be written: {error.strerror}."
                raise CommandError(reason, returncode=2) from error

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

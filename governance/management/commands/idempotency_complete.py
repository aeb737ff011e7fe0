"""Continue operations in phases that were cut short."""

import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError

from governance.idempotency import completing
from governance.management.options import GovernanceCommand


class Command(GovernanceCommand):
    help = "Continue operations in phases that were cut short, where their endpoint says how."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--max-attempts",
            type=int,
            default=completing.MOST_ATTEMPTS,
            help="Leave operations alone that were tried this often.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        self.check_settings()
        if options["max_attempts"] < 1:
            raise CommandError("--max-attempts is at least 1.", returncode=2)
        alias = self.alias(options)
        self.require_postgresql(alias)
        try:
            done = completing.complete(alias, most_attempts=options["max_attempts"])
        except DatabaseError as error:
            reason = str(error).strip().splitlines()[0]
            raise CommandError(f"The database {alias!r} refused: {reason}", returncode=2) from error
        self.stdout.write(
            f"{done.completed} completed, {done.failed} failed, {done.unknown} of unknown outcome, "
            f"{done.left} left to their clients."
        )
        if done.failed:
            sys.exit(1)

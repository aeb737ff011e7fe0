"""Tell PostgreSQL who owns each table."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError

from governance.enforcement import comments
from governance.management.options import GovernanceCommand
from governance.ownership import current


class Command(GovernanceCommand):
    help = "Write ownership into the database: --comments names the owner in each table's comment."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--comments", action="store_true", help="Name the owner in the comment of each table."
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Show the statements and run none."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        self.check_settings()
        if not options["comments"]:
            raise CommandError("Choose what to write: --comments.", returncode=2)
        alias = self.alias(options)
        self.require_postgresql(alias)
        try:
            planned = comments.plan(current.ownership().registry, using=alias)
            self._write(planned, alias=alias, dry_run=options["dry_run"])
        except DatabaseError as error:
            raise CommandError(f"The database {alias!r} refused: {error}", returncode=2) from error

    def _write(self, planned: list[comments.Comment], *, alias: str, dry_run: bool) -> None:
        if not planned:
            self.stdout.write("Every comment names its owner already.")
        for comment in planned:
            self.stdout.write(comment.sql)
        if planned and not dry_run:
            comments.write(planned, using=alias)
            self.stdout.write(f"{len(planned)} comments written.")

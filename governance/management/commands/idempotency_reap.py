"""Operations in phases that nobody finishes: list them, and say how they ended."""

from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError

from governance.idempotency import resolving
from governance.idempotency.resolving import NothingToResolve
from governance.management.options import GovernanceCommand
from governance.models import IdempotencyKey


class Command(GovernanceCommand):
    help = "Mark operations that were cut short as unknown, list these, or resolve one."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--resolve", type=UUID, metavar="ID", help="Say how this one ended.")
        ended = parser.add_mutually_exclusive_group()
        ended.add_argument("--done", action="store_true", help="It was done; the key is used up.")
        ended.add_argument(
            "--not-done", action="store_true", help="It was not; the client's retry goes on."
        )
        parser.add_argument(
            "--status", type=int, default=200, help="What it would have been answered with."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        self.check_settings()
        alias = self.alias(options)
        self.require_postgresql(alias)
        try:
            if options["resolve"]:
                self._resolve(alias, options)
            else:
                self._reap(alias)
        except DatabaseError as error:
            reason = str(error).strip().splitlines()[0]
            raise CommandError(f"The database {alias!r} refused: {reason}", returncode=2) from error

    def _resolve(self, alias: str, options: dict[str, Any]) -> None:
        if not (options["done"] or options["not_done"]):
            raise CommandError("Say how it ended: --done or --not-done.", returncode=2)
        if not 200 <= options["status"] < 500:
            raise CommandError("--status is from 200 to 499.", returncode=2)
        try:
            resolving.resolve(
                alias, options["resolve"], done=options["done"], status=options["status"]
            )
        except NothingToResolve as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(f"{options['resolve']} is resolved.")

    def _reap(self, alias: str) -> None:
        found = resolving.reap(alias)
        self.stdout.write(
            f"{found.unknown} cut short, {found.forgotten} removed that had done nothing, "
            f"{found.resumable} to be continued by their clients."
        )
        unknown = IdempotencyKey.objects.using(alias).filter(outcome="unknown")
        for row in unknown.defer("body").order_by("created_at"):
            self.stdout.write(
                f"unknown  {row.pk}  {row.method} {row.route}  phase {row.phase}  {row.actor}  "
                f"{row.created_at:%Y-%m-%d %H:%M}"
            )

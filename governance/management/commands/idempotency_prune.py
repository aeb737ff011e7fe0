"""Remove kept answers that have expired."""

import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from governance.idempotency import pruning
from governance.management.options import GovernanceCommand


class Command(GovernanceCommand):
    help = "Remove idempotency keys that have expired, in small batches."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--batch", type=int, default=pruning.BATCH, help="Rows of one transaction."
        )
        parser.add_argument("--max-seconds", type=float, help="Stop after this time.")
        parser.add_argument(
            "--sleep", type=float, default=0, help="Seconds to pause between two batches."
        )
        parser.add_argument("--dry-run", action="store_true", help="Count and remove nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        self.check_settings()
        if options["batch"] < 1 or options["sleep"] < 0:
            raise CommandError("--batch is at least 1, and --sleep at least 0.", returncode=2)
        alias = self.alias(options)
        self.require_postgresql(alias)
        try:
            before = pruning.expired(alias)
            removed = 0 if options["dry_run"] else self._prune(alias, before.rows, options)
            left = pruning.expired(alias)
        except DatabaseError as error:
            reason = str(error).strip().splitlines()[0]
            raise CommandError(f"The database {alias!r} refused: {reason}", returncode=2) from error
        since = f", the oldest since {left.oldest:%Y-%m-%d %H:%M}" if left.oldest else ""
        self.stdout.write(f"{removed} expired keys removed, {left.rows} left{since}.")

    def _prune(self, alias: str, rows: int, options: dict[str, Any]) -> int:
        removed = 0
        columns = (TextColumn("Pruning"), BarColumn(), MofNCompleteColumn())
        shown = Console(stderr=True)
        with Progress(*columns, console=shown, disable=not sys.stderr.isatty()) as progress:
            task = progress.add_task("", total=rows)
            for deleted in pruning.prune(
                alias,
                batch=options["batch"],
                max_seconds=options["max_seconds"],
                pause=options["sleep"],
            ):
                removed += deleted
                progress.update(task, completed=removed)
        return removed

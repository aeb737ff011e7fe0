"""Show how many idempotency keys there are."""

import io
import json
import shutil
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError
from rich import box
from rich.console import Console
from rich.table import Table

from governance.idempotency import statistics
from governance.idempotency.statistics import RouteCounts
from governance.management.options import GovernanceCommand

_COLUMNS = ("keys", "completed", "tombstones", "staged", "unknown", "expired", "body_bytes")


class Command(GovernanceCommand):
    help = "Show how many idempotency keys each endpoint has, by outcome."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--format", default="text", choices=("text", "json"), help="Form of the output."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        self.check_settings()
        alias = self.alias(options)
        self.require_postgresql(alias)
        try:
            rows = statistics.by_route(alias)
        except DatabaseError as error:
            reason = str(error).strip().splitlines()[0]
            raise CommandError(f"The database {alias!r} refused: {reason}", returncode=2) from error
        if options["format"] == "json":
            data = {"version": 1, "command": "idempotency_stats"}
            self.stdout.write(json.dumps({**data, "routes": [row.as_data() for row in rows]}))
        elif not rows:
            self.stdout.write("There are no idempotency keys.")
        else:
            self.stdout.write(_table(rows))


def _table(rows: list[RouteCounts]) -> str:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in ("endpoint", "module"):
        table.add_column(name, overflow="fold")
    for name in _COLUMNS:
        table.add_column(name.replace("_", " "), justify="right")
    for row in rows:
        counts = (f"{getattr(row, name):,}" for name in _COLUMNS)
        table.add_row(f"{row.method} {row.route}", row.module, *counts)
    columns = max(shutil.get_terminal_size().columns, 100)
    console = Console(width=columns, file=io.StringIO(), color_system=None, legacy_windows=False)
    with console.capture() as captured:
        console.print(table)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())

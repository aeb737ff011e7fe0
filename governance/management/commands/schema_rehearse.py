"""Run migrations forwards, backwards and forwards on a throwaway PostgreSQL with rows."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import connections
from django.db.migrations import Migration
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from governance.exceptions import ConfigurationError, EmbeddedPostgresUnavailable
from governance.management.options import GovernanceCommand
from governance.rehearsal import choosing, judging
from governance.rehearsal.choosing import History, Key
from governance.rehearsal.failure import RehearsalImpossible
from governance.rehearsal.result import Rehearsal
from governance.rehearsal.running import Scene, rehearse
from governance.rehearsal.server import Server, find_server
from governance.rehearsal.templates import template
from governance.report import rehearsal as report

Done = list[tuple[Rehearsal, Migration]]


class Command(GovernanceCommand):
    help = "Rehearse migrations on a throwaway PostgreSQL, with rows, under the old and new release."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        self.add_report_arguments(parser)
        parser.add_argument("app_label", nargs="?", default="", help="Only migrations of this app.")
        parser.add_argument("name", nargs="?", default="", help="Only this one; a prefix will do.")
        parser.add_argument("--all", action="store_true", help="Also those that are applied.")
        parser.add_argument(
            "--rows", type=int, default=20, metavar="N", help="Rows for each table; 20 unless given."
        )
        parser.add_argument(
            "--server",
            default="",
            metavar="URL",
            help="Make the throwaway databases there, not on an embedded server.",
        )
        parser.add_argument(
            "--keep", action="store_true", help="Keep the database, and say where it is."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        self.check_settings()
        alias = self.alias(options)
        self.require_postgresql(alias)
        if not 1 <= options["rows"] <= 900:
            raise CommandError("--rows takes a number from 1 to 900.", returncode=2)
        try:
            done, server = self._rehearsed(alias, options)
        except (RehearsalImpossible, ConfigurationError, EmbeddedPostgresUnavailable) as error:
            raise CommandError(str(error), returncode=2) from error
        if done and options["format"] == "text":
            self.stdout.write(report.text([rehearsal for rehearsal, _ in done]))
        if not done:
            self.stderr.write("Nothing to rehearse: every migration is applied. See --all.")
        self._wait(server, options)
        extra = {"rehearsals": [rehearsal.as_data() for rehearsal, _ in done]}
        self.finish(judging.findings(done), options, extra=extra)

    def _rehearsed(self, alias: str, options: dict[str, Any]) -> tuple[Done, Server | None]:
        found = choosing.history(alias)
        keys = choosing.wanted(found, options["app_label"], options["name"], every=options["all"])
        if not keys:
            return [], None
        server = find_server(options["server"])
        done: Done = []
        with _progress(len(keys)) as bar:
            for key, before in choosing.chain(found, keys):
                bar.begin(key)
                done.append((_one(server, found, key, before, alias, options, bar), found.migration(key)))
        return done, server

    def _wait(self, server: Server | None, options: dict[str, Any]) -> None:
        """The embedded server ends with this process, and with it what was kept."""
        if not options["keep"] or server is None or not server.embedded:
            return
        if sys.stdin.isatty() and sys.stderr.isatty():
            self.stderr.write("The embedded server runs until you press Enter.")
            sys.stdin.readline()
        else:
            self.stderr.write("The embedded server ends with this command; its databases stay.")


def _one(
    server: Server,
    found: History,
    key: Key,
    before: Any,
    alias: str,
    options: dict[str, Any],
    bar: _Bar,
) -> Rehearsal:
    like = dict(connections[alias].settings_dict)
    name = template(server, found, found.before(key), alias=alias, like=like, tell=bar.replay)
    return rehearse(
        Scene(
            server=server,
            template=name,
            alias=alias,
            like=like,
            migration=found.migration(key),
            before=before,
            rows=options["rows"],
            keep=options["keep"],
            tell=bar.stage,
        )
    )


class _Bar:
    """What the progress bar is told; nothing is drawn unless somebody looks."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=total, stage="")
        self._name = ""
        self._begun = 0

    def begin(self, key: Key) -> None:
        self._name = f"{key[0]}.{key[1]}"
        self._progress.update(self._task, completed=self._begun, description=self._name)
        self._begun += 1

    def replay(self, key: Key, number: int, of: int) -> None:
        text = f"replaying {number} of {of}: {key[0]}.{key[1]}"
        self._progress.update(self._task, stage=text)

    def stage(self, name: str) -> None:
        self._progress.update(self._task, stage=name)


@contextmanager
def _progress(total: int) -> Iterator[_Bar]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[stage]}"),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        yield _Bar(bar, total)

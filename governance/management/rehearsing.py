"""The work of ``schema_rehearse``, with its progress bar on stderr where somebody looks.

Apart from the command, because it needs psycopg 3 as soon as it is imported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.migrations import Migration
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from governance.rehearsal import choosing
from governance.rehearsal.choosing import History, Key
from governance.rehearsal.result import Rehearsal
from governance.rehearsal.running import rehearse
from governance.rehearsal.scene import Scene
from governance.rehearsal.server import Server, find_server
from governance.rehearsal.templates import template


class Bar:
    """Tells which migration is rehearsed, and what is being done with it."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=total, stage="")
        self._begun = 0

    def begin(self, key: Key) -> None:
        """Go on to the next migration."""
        self._progress.update(
            self._task, completed=self._begun, description=f"{key[0]}.{key[1]}", stage=""
        )
        self._begun += 1

    def replay(self, key: Key, number: int, of: int) -> None:
        """Tell of a migration that comes before."""
        self.stage(f"replaying {number} of {of}: {key[0]}.{key[1]}")

    def stage(self, name: str) -> None:
        """Tell what comes next."""
        self._progress.update(self._task, stage=name)


@contextmanager
def progress(total: int) -> Iterator[Bar]:
    """Show a bar for the length of a block."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[stage]}"),
    )
    console = Console(stderr=True)
    hidden = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as shown:
        yield Bar(shown, total)


def rehearsed(
    alias: str, options: Mapping[str, Any]
) -> tuple[list[tuple[Rehearsal, Migration]], Server | None]:
    """Rehearse what the options choose; no server is started where nothing is chosen.

    Raises ``RehearsalImpossible``, ``ConfigurationError`` and ``EmbeddedPostgresUnavailable``.
    """
    found = choosing.history(alias)
    keys = choosing.wanted(found, options["app_label"], options["name"], every=options["all"])
    if not keys:
        return [], None
    server = find_server(options["server"])
    done: list[tuple[Rehearsal, Migration]] = []
    with progress(len(keys)) as bar:
        for key, before in choosing.chain(found, keys):
            bar.begin(key)
            base = _template(server, found, key, alias=alias, bar=bar)
            scene = Scene(
                server=server,
                template=base,
                alias=alias,
                like=dict(connections[alias].settings_dict),
                migration=found.migration(key),
                before=before,
                rows=options["rows"],
                keep=options["keep"],
                tell=bar.stage,
            )
            done.append((rehearse(scene), scene.migration))
    return done, server


def _template(server: Server, found: History, key: Key, *, alias: str, bar: Bar) -> str:
    like = dict(connections[alias].settings_dict)
    return template(server, found, found.before(key), alias=alias, like=like, tell=bar.replay)

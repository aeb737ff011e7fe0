"""The work of ``schema_rehearse``, with its progress bar on stderr where somebody looks.

Apart from the command, because it needs psycopg 3 as soon as it is imported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.migrations import Migration
from django.db.migrations.state import ProjectState
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from governance.exceptions import MigrationBeforeFails, RehearsalImpossible
from governance.gate.selecting import Selection
from governance.management import scope
from governance.management.noting import unnoted
from governance.rehearsal import choosing
from governance.rehearsal.choosing import History, Key
from governance.rehearsal.result import Rehearsal
from governance.rehearsal.running import not_rehearsed, rehearse
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """What was rehearsed, how it was chosen, and where."""

    done: tuple[tuple[Rehearsal, Migration], ...]
    chosen: Selection
    server: Server | None = None


def rehearsed(alias: str, options: Mapping[str, Any]) -> Rehearsed:
    """Rehearse what the options choose; no server is started where nothing is chosen.

    Raises ``RehearsalImpossible``, ``ConfigurationError`` and ``EmbeddedPostgresUnavailable``.
    """
    found, chosen = _chosen(alias, options)
    keys = [key for key in found.plan if key in chosen.keys]
    if not keys:
        return Rehearsed(done=(), chosen=chosen)
    if options["card"] and options["name"]:
        _require_card(found.migration(keys[0]))
    server = find_server(options["server"])
    with progress(len(keys)) as bar:
        work = _Work(server=server, found=found, alias=alias, options=options, bar=bar)
        while keys:
            keys = work.go_on(keys)
    return Rehearsed(done=tuple(work.done), chosen=chosen, server=server)


class _Work:
    """One rehearsal after the other. What can't be applied is left out of those that follow."""

    def __init__(
        self,
        *,
        server: Server,
        found: History,
        alias: str,
        options: Mapping[str, Any],
        bar: Bar,
    ) -> None:
        self.server, self.found, self.bar = server, found, bar
        self.alias, self.options = alias, options
        self.done: list[tuple[Rehearsal, Migration]] = []
        self.blocked: dict[Key, MigrationBeforeFails] = {}

    def go_on(self, keys: list[Key]) -> list[Key]:
        """Rehearse as far as the migrations before can be applied; return those that are left."""
        left = list(keys)
        for key, before in choosing.chain(self.found, keys, self.blocked):
            self.bar.begin(key)
            try:
                self.done.append((self._rehearsed(key, before), self.found.migration(key)))
            except MigrationBeforeFails as error:
                if self.options["name"]:
                    raise
                self._block(error)
                return left
            left.remove(key)
        return []

    def _rehearsed(self, key: Key, before: ProjectState) -> Rehearsal:
        if key in self.blocked:
            return not_rehearsed(key, self.blocked[key], self.server.version)
        like = dict(connections[self.alias].settings_dict)
        earlier = self.found.before(key, self.blocked)
        base = template(
            self.server, self.found, earlier, alias=self.alias, like=like, tell=self.bar.replay
        )
        result = rehearse(
            Scene(
                server=self.server,
                template=base,
                alias=self.alias,
                like=like,
                migration=self.found.migration(key),
                before=before,
                rows=self.options["rows"],
                keep=self.options["keep"],
                tell=self.bar.stage,
            )
        )
        if not result.stages.get("forwards", True):
            name = ".".join(key)
            self._block(MigrationBeforeFails(key, f"{name} can't be applied."))
        return result

    def _block(self, error: MigrationBeforeFails) -> None:
        for key in self.found.after(error.key):
            self.blocked.setdefault(key, error)


def _require_card(migration: Migration) -> None:
    """Tell it before the rehearsal, not after it."""
    reason = unnoted(migration)
    if reason:
        raise RehearsalImpossible(reason)


def _chosen(alias: str, options: Mapping[str, Any]) -> tuple[History, Selection]:
    """Choose as ``schema_review`` does; but a whole history takes long, and has to be asked for."""
    loader = scope.loader_for(alias, options)
    for finding in loader.findings:
        raise RehearsalImpossible(finding.message)
    chosen = scope.selection(loader, options)
    if scope.is_guess(chosen):
        raise RehearsalImpossible(
            "Neither a commit nor the database says which migrations are new. Name one, or say "
            "--since REF or --all."
        )
    last = chosen.keys if chosen.together else ()
    return choosing.history(loader, last=last), chosen

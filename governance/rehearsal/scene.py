"""What a rehearsal is about, and where it takes place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.state import ProjectState

from governance.rehearsal.server import Server
from governance.rehearsal.stage import on_stage

Tell = Callable[[str], object]
"""Called with the name of each stage when it begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One migration, the state before it, and the database that has that state."""

    server: Server
    template: str
    alias: str
    like: dict[str, Any]
    """The entry of the alias in ``DATABASES``."""
    migration: Migration
    before: ProjectState
    rows: int = 20
    keep: bool = False
    tell: Tell = str
    """Nobody listens unless told."""

    @property
    def name(self) -> str:
        return f"{self.migration.app_label}.{self.migration.name}"

    @contextmanager
    def database(self, kept: list[str]) -> Iterator[BaseDatabaseWrapper]:
        """Copy the template for the length of a block; one that stays is added to ``kept``."""
        name = self.server.create(template=self.template)
        try:
            with on_stage(self.alias, self.server.settings_for(name, self.like)) as stage:
                yield stage
        except BaseException:
            self.server.drop(name)
            raise
        if self.keep:
            kept.append(name)
        else:
            self.server.drop(name)

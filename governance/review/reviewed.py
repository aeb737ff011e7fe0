"""What is known of a migration after it was read: the values that rules judge.

Built by ``classification`` from the operations and the states around them; no SQL is rendered,
nothing is run, and no owner is known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from django.db.migrations import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from governance.postgres.ddl.actions import Action
from governance.postgres.ddl.effects import Effects
from governance.postgres.ddl.schema import Schema
from governance.review.script import Script


class Phase(Enum):
    """Which part of expand → migrate → contract something is."""

    EXPAND = "expand"
    """Adds structure, or demands less; every release that runs goes on as before."""
    MIGRATE = "migrate"
    """Moves or changes rows."""
    CONTRACT = "contract"
    """Takes away structure, or demands more of writers than before."""
    NONE = "none"
    """Touches the state only."""


class Reversal(Enum):
    """What happens when it is undone."""

    CLEAN = "clean"
    FAILS_WITH_ROWS = "fails with rows"
    """Works on an empty table only, or only until the new release has written."""
    LOSES_DATA = "loses data"
    """Undoing works, and values that were there before, or came since, are gone."""
    IMPOSSIBLE = "impossible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakage:
    """Why statements of a release no longer work. ``verb``: select, insert, update, delete."""

    verb: str
    table: str
    reason: str
    """A predicate: «has no column amount», «demands a value for note»."""
    certain: bool = True
    """False where it depends on the rows: a new UNIQUE refuses only duplicates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One action of an operation, in the schema that it meets."""

    action: Action
    effects: Effects
    before: Schema
    after: Schema
    moved: Mapping[str, str] = field(default_factory=dict)
    """Name of a table as the action meets it → before the migration, where that is another."""
    deferred: bool = False
    """Django puts it off to the end of the migration, behind all other operations."""
    in_transaction: bool = False
    """What it locks stays locked until others that follow are done."""

    def earlier(self, table: str) -> str:
        """Return the name that a table had before the migration, of those that rename tables."""
        return self.moved.get(table, table)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedOperation:
    """One operation of a migration; what stands in a SeparateDatabaseAndState is part of it."""

    number: int
    """From 1."""
    operation: Operation
    steps: tuple[Step, ...]
    phase: Phase
    reversal: Reversal
    loses_data: bool
    """Going forwards."""
    state_before: ProjectState
    state_after: ProjectState
    old_release: tuple[Breakage, ...] = ()
    """What the release that was written for the state before can no longer do."""
    new_release: tuple[Breakage, ...] = ()
    """What the release that is written for the state after can not do yet."""
    unreadable: tuple[str, ...] = ()
    """Predicates, one for each thing in it that can't be read."""
    mistake: str = ""
    """Why Django can't apply it to the state that it meets; a predicate."""
    python: tuple[Script, ...] = ()
    """For each RunPython in it, what its source was found to do."""

    @property
    def kind(self) -> str:
        return type(self.operation).__name__


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedMigration:
    """A migration, and how its operations add up.

    ``old_release`` and ``new_release`` hold for the migration as a whole: a column that one
    operation drops and the next one adds again is there for both.
    """

    migration: Migration
    operations: tuple[ReviewedOperation, ...]
    before: Schema
    after: Schema
    phase: Phase
    reversal: Reversal
    old_release: tuple[Breakage, ...] = ()
    new_release: tuple[Breakage, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.migration.app_label}.{self.migration.name}"

    @property
    def atomic(self) -> bool:
        return bool(self.migration.atomic)

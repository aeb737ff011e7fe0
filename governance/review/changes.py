"""Migrations → the tables that they touch, for those who ask whose they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.migrations import Migration, operations
from django.db.migrations.state import ProjectState

from governance.ownership.names import table_key
from governance.postgres.ddl.actions import (
    AlterType,
    AttachPartition,
    CallFunction,
    CreateTable,
    DropTable,
    LockTable,
    Maintain,
    Reindex,
    RenameTable,
    Truncate,
    Unreadable,
    WriteRows,
)
from governance.postgres.ddl.schema import Schema
from governance.review.connecting import postgres_connection
from governance.review.deferring import Taken
from governance.review.historical import HistoricalModel
from governance.review.releases import Releases, models_with_tables
from governance.review.scripts import table_of
from governance.review.steps import Step
from governance.review.walking import Walk

SCHEMA = frozenset({"create", "alter", "drop"})
"""Operations on the structure of a table; all others are on its rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One table that one operation touches, or something in it that can't be read."""

    table: str
    operation: str
    """create, alter or drop; insert, update, delete… for rows; unknown when not readable."""
    kind: str
    """Class name of the operation."""
    number: int = 0
    """Place of the operation in the migration, from 1."""
    unreadable: str = ""
    model: str = ""
    """Label of the model that is created; of the field whose column is retyped along."""

    @property
    def of_schema(self) -> bool:
        return self.operation in SCHEMA


def changes_of(migration: Migration, before: ProjectState) -> list[Change]:
    """Return what a migration does; ``before`` is left as it is."""
    connection = postgres_connection()
    walk = Walk(migration, before, Schema(), connection, Releases(connection))
    found: dict[Change, None] = {}
    for number, step in enumerate(walk.steps, start=1):
        if number in walk.mistakes:
            found |= dict.fromkeys(_of_its_model(step, number))
            continue
        taken = [taken for taken in walk.taken if taken.operation == number]
        found |= dict.fromkeys(_told_once(c for one in taken for c in _of_action(one, step)))
    return list(found)


def _told_once(changes: Iterable[Change]) -> Iterator[Change]:
    """What is altered along with its creation is not told, nor what is told more precisely."""
    found = list(dict.fromkeys(changes))
    created = {change.table for change in found if change.operation == "create"}
    precise = {(change.table, change.operation) for change in found if change.model}
    for change in found:
        along = change.operation == "alter" and change.table in created
        vague = not change.model and (change.table, change.operation) in precise
        if not along and not vague:
            yield change


def _of_its_model(step: Step, number: int) -> Iterator[Change]:
    """What does not fit, as in ``makemigrations --update``, is still about its model."""
    name = getattr(step.operation, "model_name", None)
    if isinstance(name, str):
        table = table_of(step.before, step.app_label, name)
        kind = type(step.operation).__name__
        yield Change(table=table, operation="alter", kind=kind, number=number)


def _of_action(taken: Taken, step: Step) -> Iterator[Change]:
    kind, number = type(taken.source).__name__, taken.operation
    for table, operation in _touched(taken):
        model = ""
        if operation == "create" and isinstance(taken.source, operations.CreateModel):
            model = f"{step.app_label}.{taken.source.name}"
        elif isinstance(taken.action, AlterType):
            model = _retyped_along(taken.action, taken.source, step)
        yield Change(table=table, operation=operation, kind=kind, number=number, model=model)
    match taken.action:
        case Unreadable(why=why):
            yield Change(table="", operation="unknown", kind=kind, number=number, unreadable=why)
        case CallFunction(name=name):
            why = f"calls {name}, whose body is not known here"
            yield Change(table="", operation="unknown", kind=kind, number=number, unreadable=why)


def _touched(taken: Taken) -> Iterator[tuple[str, str]]:
    match taken.action:
        case Unreadable() | CallFunction() | LockTable() | Maintain() | Reindex():
            return
        case CreateTable(table=table):
            yield table, "create"
        case DropTable(table=table):
            yield table, "drop"
        case RenameTable(table=table, to=to):
            yield table, "alter"
            if isinstance(taken.source, operations.AlterModelTable):
                yield to, "alter"
        case AttachPartition(table=table, partition=partition):
            yield from ((table, "alter"), (partition, "alter"))
        case WriteRows(table=table, operation=operation):
            if not isinstance(taken.source, operations.AlterField):
                yield table, operation
        case Truncate(table=table):
            yield table, "truncate"
        case action if action.table:
            yield action.table, "alter"


def _retyped_along(action: AlterType, source: object, step: Step) -> str:
    """Return the field whose column gets a new type because the key that it points to does."""
    if not isinstance(source, operations.AlterField):
        return ""
    if action.table == table_of(step.after, step.app_label, source.model_name):
        return ""
    for known in step.after.models.values():
        for model in models_with_tables(HistoricalModel(step.after, known)):
            field = model.by_column.get(action.column)
            if field is not None and table_key(model.table) == action.table:
                return f"{model.label}.{field.name}"
    return ""

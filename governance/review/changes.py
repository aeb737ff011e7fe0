"""Migration operations → the tables they touch. The one place that matches operation types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import connections
from django.db.backends.utils import truncate_name
from django.db.migrations import Migration, operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.fields import FieldOperation
from django.db.migrations.operations.models import ModelOperation
from django.db.migrations.state import ProjectState

from governance.ownership.names import table_key
from governance.postgres.classification import classify
from governance.review import data_migrations

SCHEMA = frozenset({"create", "alter", "drop"})
"""Operations on the structure of a table; all others are on its rows."""

_LONGEST_NAME = 63
_NOTHING = frozenset(
    {"AlterModelOptions", "AlterModelManagers", "CreateExtension", "CollationOperation"}
)
"""Operations, by name (those for PostgreSQL import psycopg), that touch no table."""


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
    """Label of the model that is created, altered or dropped."""

    @property
    def of_schema(self) -> bool:
        return self.operation in SCHEMA


def changes_of(migration: Migration, before: ProjectState) -> list[Change]:
    """Return what a migration does; ``before`` is left as it is."""
    state = before.clone()
    found = []
    for number, operation in enumerate(migration.operations, start=1):
        after = _advanced(state, operation, migration.app_label)
        found += [
            replace(change, number=number)
            for change in _changes(operation, migration.app_label, state, after)
        ]
        state = after
    return found


def table_of(state: ProjectState, app_label: str, model: str) -> str:
    """Return the table of a model as it is named at this point of history."""
    known = state.models.get((app_label, model.lower()))
    name = known.options.get("db_table") if known else None
    return table_key(str(name or truncate_name(f"{app_label}_{model.lower()}", _LONGEST_NAME)))


def _changes(
    operation: Operation, app_label: str, before: ProjectState, after: ProjectState
) -> Iterator[Change]:
    kind = type(operation).__name__
    match operation:
        case operations.SeparateDatabaseAndState():
            yield from _separate(operation, app_label, before)
        case operations.RunSQL():
            yield from _sql(operation)
        case operations.RunPython():
            yield from _python(operation, before)
        case _ if _NOTHING.intersection(base.__name__ for base in type(operation).__mro__):
            return
        case operations.CreateModel():
            yield from _model(after, app_label, operation.name, "create", kind)
        case operations.DeleteModel():
            yield from _model(before, app_label, operation.name, "drop", kind)
        case operations.RenameModel():
            yield from _model(before, app_label, operation.old_name, "alter", kind)
            yield from _joined_tables(before, app_label, operation.old_name, kind)
        case operations.AlterModelTable():
            yield from _model(before, app_label, operation.name, "alter", kind)
            yield from _model(after, app_label, operation.name, "alter", kind)
        case FieldOperation():
            yield from _field(operation, app_label, before, after)
        case ModelOperation():
            yield from _model(before, app_label, operation.name, "alter", kind)
        case _:
            yield from _other(operation, app_label, before)


def _model(
    state: ProjectState, app_label: str, model: str, operation: str, kind: str
) -> Iterator[Change]:
    known = state.models.get((app_label, model.lower()))
    options = known.options if known else {}
    if options.get("proxy") or not options.get("managed", True):
        return
    label = f"{app_label}.{known.name if known else model}"
    table = table_of(state, app_label, model)
    yield Change(table=table, operation=operation, kind=kind, model=label)
    if operation == "create" and known:
        for name, field in known.fields.items():
            through = _through_table(field, table, name)
            if through:
                yield Change(table=through, operation=operation, kind=kind, model=label)


def _field(
    operation: FieldOperation, app_label: str, before: ProjectState, after: ProjectState
) -> Iterator[Change]:
    kind = type(operation).__name__
    state = before if isinstance(operation, operations.RemoveField) else after
    known = state.models.get((app_label, operation.model_name_lower))
    field = known.fields.get(operation.name) if known else None
    table = table_of(state, app_label, operation.model_name)
    through = _through_table(field, table, operation.name)
    if through:
        yield Change(table=through, operation="alter", kind=kind)
        return
    yield from _model(before, app_label, operation.model_name, "alter", kind)
    if isinstance(operation, operations.AlterField):
        yield from _retyped_references(operation, app_label, before, after)


def _through_table(field: Any, table: str, name: str) -> str:
    """Return the table behind an M2M field that Django makes itself."""
    if not getattr(field, "many_to_many", False) or field.remote_field.through:
        return ""
    return table_key(field.db_table or truncate_name(f"{table}_{name.lower()}", _LONGEST_NAME))


def _retyped_references(
    operation: operations.AlterField, app_label: str, before: ProjectState, after: ProjectState
) -> Iterator[Change]:
    """A new type of a referenced column retypes every foreign key column that points to it."""
    if not (operation.field.primary_key or operation.field.unique):
        return
    key = (app_label, operation.model_name_lower)
    old = before.apps.get_model(*key)._meta.get_field(operation.name)
    new = after.apps.get_model(*key)._meta.get_field(operation.name)
    connection = connections["default"]
    if old.rel_db_type(connection) == new.rel_db_type(connection):
        return
    kind = type(operation).__name__
    for relation in new.model._meta.get_fields(include_hidden=True):
        reference = getattr(relation, "field", None)
        if not relation.is_relation or reference is None or not reference.concrete:
            continue
        if not reference.model._meta.managed or reference.many_to_many:
            continue
        if new in getattr(reference, "foreign_related_fields", ()):
            table = table_key(reference.model._meta.db_table)
            label = f"{reference.model._meta.label}.{reference.name}"
            yield Change(table=table, operation="alter", kind=kind, model=label)


def _joined_tables(state: ProjectState, app_label: str, model: str, kind: str) -> Iterator[Change]:
    """Renaming a model renames its column in every M2M table that Django made for it."""
    target = f"{app_label}.{model}".lower()
    for (label, name), known in state.models.items():
        for field_name, field in known.fields.items():
            related = str(getattr(field.remote_field, "model", "")).lower()
            through = _through_table(field, table_of(state, label, name), field_name)
            if through and related == target:
                yield Change(table=through, operation="alter", kind=kind)


def _separate(
    operation: operations.SeparateDatabaseAndState, app_label: str, before: ProjectState
) -> Iterator[Change]:
    state = before
    for inner in operation.database_operations:
        after = _advanced(state, inner, app_label)
        yield from _changes(inner, app_label, state, after)
        state = after


def _sql(operation: operations.RunSQL) -> Iterator[Change]:
    for text in data_migrations.sql_texts(operation.sql):
        statement = classify(text)
        for write in statement.writes:
            yield Change(table=write.table, operation=write.operation, kind="RunSQL")
        if statement.unreadable:
            yield _unreadable("RunSQL", statement.unreadable)


def _python(operation: operations.RunPython, state: ProjectState) -> Iterator[Change]:
    for found in data_migrations.writes_of(operation.code):
        if found.unreadable:
            yield _unreadable("RunPython", found.unreadable)
        elif found.table:
            yield Change(table=found.table, operation=found.operation, kind="RunPython")
        else:
            table = table_of(state, found.app_label, found.model)
            yield Change(table=table, operation=found.operation, kind="RunPython")


def _other(operation: Operation, app_label: str, state: ProjectState) -> Iterator[Change]:
    """An operation of somebody else's: by its model if it names one, else unknown."""
    kind = type(operation).__name__
    model = getattr(operation, "model_name", None)
    if isinstance(model, str):
        yield from _model(state, app_label, model, "alter", kind)
    else:
        yield _unreadable(kind, "is an operation that governance does not know")


def _unreadable(kind: str, why: str) -> Change:
    return Change(table="", operation="unknown", kind=kind, unreadable=why)


def _advanced(state: ProjectState, operation: Operation, app_label: str) -> ProjectState:
    """Return the state after an operation; unchanged when it does not fit, as in ``--update``."""
    after = state.clone()
    try:
        operation.state_forwards(app_label, after)
    except (LookupError, ValueError, FieldDoesNotExist):
        return state
    return after

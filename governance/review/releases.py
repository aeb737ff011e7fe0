"""What a release can't do on a schema: its models' columns against the tables.

The old release is written for the state before, the new one for the state after. What a release
could not do before already is not told again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import connection as default_connection
from django.db.migrations.state import ProjectState

from governance.ownership.names import clipped, table_key
from governance.postgres.ddl.actions import Column, Constraint, ConstraintKind
from governance.postgres.ddl.schema import Schema, Table
from governance.review import narrowing, phases
from governance.review.columns import type_name
from governance.review.historical import HistoricalModel, through_of
from governance.review.reviewed import Breakage

Breakages = tuple[Breakage, ...]
_READS = ("select", "insert", "update")
_WRITES = ("insert", "update")


def breakages(
    old: ProjectState, new: ProjectState, before: Schema, after: Schema
) -> tuple[Breakages, Breakages]:
    """Return what the old and the new release can't do after, and could do before."""
    tables = _changed_tables(before, after) | _changed_models(old, new)
    if not tables:
        return (), ()
    known = {b for b in _all(old, before, before, tables)}
    broken_old = _all(old, after, before, tables)
    broken_new = _all(new, after, after, tables)
    return (
        tuple(b for b in dict.fromkeys(broken_old) if b not in known),
        tuple(b for b in dict.fromkeys(broken_new) if b not in known),
    )


def _changed_tables(before: Schema, after: Schema) -> set[str]:
    names = {*before.tables, *after.tables}
    changed = {n for n in names if before.tables.get(n) is not after.tables.get(n)}
    triggers = set(before.triggers.items()) ^ set(after.triggers.items())
    return changed | {key.rpartition(".")[0] for key, _ in triggers}


def _changed_models(old: ProjectState, new: ProjectState) -> set[str]:
    if old is new:
        return set()
    found = set()
    for state, other in ((old, new), (new, old)):
        for key, known in state.models.items():
            if other.models.get(key) is not known:
                model = HistoricalModel(state, known)
                found |= {t.table for t in tables_of(model)}
    return {table_key(name) for name in found}


def tables_of(model: HistoricalModel) -> Iterator[HistoricalModel]:
    """Yield a model and those of its M2M tables, as far as they have tables."""
    if model.options.get("proxy") or not (model.migrates or not model.options.get("managed", True)):
        return
    yield model
    for field in model.many_to_many:
        try:
            through = through_of(model, field)
        except LookupError:
            continue
        if through is not None:
            yield through


def _all(
    state: ProjectState, schema: Schema, before: Schema, tables: set[str]
) -> Iterator[Breakage]:
    for known in state.models.values():
        owner = HistoricalModel(state, known)
        for model in tables_of(owner):
            table = table_key(model.table)
            if table in tables:
                yield from _of_model(model, table, schema, before)


def _of_model(
    model: HistoricalModel, table: str, schema: Schema, before: Schema
) -> Iterator[Breakage]:
    known = schema.tables.get(table)
    if known is None:
        for verb in (*_READS, "delete"):
            yield Breakage(verb=verb, table=table, reason=_gone(table, schema, before))
        return
    if not known.complete:
        return
    try:
        fields = {clipped(f.column): f for f in model.fields if f.column}
    except (LookupError, FieldDoesNotExist):
        return
    for name, field in fields.items():
        column = known.columns.get(name)
        if column is None:
            verbs = ("select",) if field.generated else _READS
            for verb in verbs:
                yield Breakage(verb=verb, table=table, reason=f"has no column {name}")
        else:
            yield from _of_column(table, field, column)
    for name, column in known.columns.items():
        if name not in fields and _demanded(column, schema):
            yield Breakage(verb="insert", table=table, reason=f"demands a value for {name}")
    earlier = before.tables.get(table)
    if earlier is not None and earlier is not known:
        yield from _of_constraints(table, earlier, known, set(fields))
    yield from _of_triggers(table, schema, before)


def _gone(table: str, schema: Schema, before: Schema) -> str:
    earlier = before.tables.get(table)
    for name, other in schema.tables.items():
        if earlier is not None and name not in before.tables and other.columns == earlier.columns:
            return f"is called {name} now"
    return "is gone" if earlier is not None else "is not there"


def _demanded(column: Column, schema: Schema) -> bool:
    given = column.default or column.generated or column.identity or column.serial
    return column.not_null and not given


def _of_column(table: str, field: Any, column: Column) -> Iterator[Breakage]:
    if field.generated:
        return
    if column.generated and not field.primary_key:
        for verb in _WRITES:
            yield Breakage(verb=verb, table=table, reason=f"computes {column.name} itself")
        return
    if column.not_null and field.null:
        for verb in _WRITES:
            yield Breakage(
                verb=verb,
                table=table,
                reason=f"demands a value for {column.name}",
                certain=False,
            )
    if field.has_db_default() and column.not_null and not column.default and not column.generated:
        reason = f"has no default for {column.name}"
        yield Breakage(verb="insert", table=table, reason=reason)
    if field.db_type_suffix(default_connection) and not (column.identity or column.serial):
        if not column.default:
            reason = f"gives no number to {column.name}"
            yield Breakage(verb="insert", table=table, reason=reason)
    wanted = type_name(field.db_parameters(default_connection)["type"] or "")
    if wanted != column.type and column.type:
        yield from _of_type(table, column, wanted)


def _of_type(table: str, column: Column, wanted: str) -> Iterator[Breakage]:
    if not narrowing.fits(wanted, column.type):
        for verb in _WRITES:
            reason = f"takes only {column.type} for {column.name}"
            yield Breakage(verb=verb, table=table, reason=reason, certain=False)
    if narrowing.family(wanted) != narrowing.family(column.type):
        reason = f"has {column.type} in {column.name} where {wanted} is expected"
        yield Breakage(verb="select", table=table, reason=reason, certain=False)


def _of_constraints(
    table: str, before: Table, after: Table, fields: set[str]
) -> Iterator[Breakage]:
    """What the table refuses since, of rows that this release may write."""
    known = set(phases.signatures(before))
    backing = set(after.constraints)
    things = [*after.constraints.values()]
    for constraint in things:
        if phases.signature(constraint) in known:
            continue
        reason = _refusal(constraint)
        touched = not constraint.columns or _writes(constraint.columns, fields, after)
        if reason and touched and constraint.enforced:
            for verb in _WRITES:
                yield Breakage(verb=verb, table=table, reason=reason, certain=False)
    for name, index in after.indexes.items():
        fresh = index.unique and name not in backing and phases.signature(index) not in known
        if fresh and _writes(index.columns, fields, after):
            reason = f"refuses a second row with the same {', '.join(index.columns)}"
            for verb in _WRITES:
                yield Breakage(verb=verb, table=table, reason=reason, certain=False)


def _writes(columns: tuple[str, ...], fields: set[str], table: Table) -> bool:
    """Tell whether a release that writes these fields can break a rule on these columns.

    A column that it does not know gets its default; NULL keeps any rule.
    """
    for name in columns:
        column = table.columns.get(name)
        if column is not None and name not in fields and column.default is None:
            return False
    return True


def _refusal(constraint: Constraint) -> str:
    names = ", ".join(constraint.columns)
    match constraint.kind:
        case ConstraintKind.UNIQUE | ConstraintKind.PRIMARY_KEY:
            return f"refuses a second row with the same {names}"
        case ConstraintKind.CHECK:
            if constraint.not_null_of:
                return f"demands a value for {constraint.not_null_of}"
            return f"refuses rows that are not: {constraint.expression}"
        case ConstraintKind.EXCLUDE:
            return f"refuses rows that collide in {names}" if names else "refuses rows that collide"
        case ConstraintKind.FOREIGN_KEY if constraint.reference:
            return f"takes only rows of {constraint.reference.table} for {names}"
    return ""


def _of_triggers(table: str, schema: Schema, before: Schema) -> Iterator[Breakage]:
    for key, function in schema.triggers.items():
        owner, _, trigger = key.rpartition(".")
        if owner == table and before.triggers.get(key) != function:
            for verb in _WRITES:
                reason = f"runs the trigger {trigger} on what is written"
                yield Breakage(verb=verb, table=table, reason=reason, certain=False)

"""Which part of expand → migrate → contract an operation is."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Any

from django.db.migrations import operations

from governance.postgres.ddl.actions import (
    Action,
    AddConstraint,
    AttachPartition,
    CallFunction,
    ChangeGeneration,
    ChangeObject,
    Constraint,
    ConstraintKind,
    CreateIndex,
    DetachPartition,
    Index,
    LockTable,
    Maintain,
    Reindex,
    RenameColumn,
    RenameTable,
    SetOption,
    SetSchema,
    SetSession,
    Transaction,
    Truncate,
    Unreadable,
    WriteRows,
)
from governance.postgres.ddl.schema import Schema, Table
from governance.review.reviewed import Phase

ORDER = (Phase.NONE, Phase.EXPAND, Phase.MIGRATE, Phase.CONTRACT)

_WITHOUT_TRACE = (LockTable, Maintain, Reindex, SetSession, Transaction)
_TIGHTER = frozenset({"row security", "rule"})


def phase_of(
    operation: Any,
    actions: Sequence[Action],
    before: Schema,
    after: Schema,
    *,
    breaks_old: bool,
) -> Phase:
    """Return the phase; of several, the one that a running release feels most."""
    if breaks_old or takes_away(before, after) or any(map(_tightens, actions)):
        return Phase.CONTRACT
    if _moves_rows(operation, actions):
        return Phase.MIGRATE
    structural = [a for a in actions if not isinstance(a, _WITHOUT_TRACE)]
    return Phase.EXPAND if structural else Phase.NONE


def _moves_rows(operation: Any, actions: Iterable[Action]) -> bool:
    if isinstance(operation, operations.RunPython):
        return operation.code is not operations.RunPython.noop
    moving = WriteRows | Truncate | CallFunction | Unreadable
    return any(isinstance(action, moving) for action in actions)


def _tightens(action: Action) -> bool:
    """Tell whether an action on something that is no table demands more, or takes it away."""
    match action:
        case ChangeObject(kind="comment"):
            return False
        case ChangeObject(kind="privileges" | "default privileges", detail=detail):
            return "REVOKE" in detail.upper()
        case ChangeObject(verb="create", kind="trigger" | "policy" | "rule" | "domain constraint"):
            return True
        case ChangeObject(verb="drop" | "rename"):
            return True
        case SetOption(option=option):
            return option in _TIGHTER
        case SetSchema() | DetachPartition():
            return True
        case ChangeGeneration(change=change):
            return change.startswith("drop")
    return False


def takes_away(before: Schema, after: Schema) -> bool:
    """Tell whether a table, column, constraint or index of before is not there any more."""
    if before.tables is after.tables:
        return False
    for name, table in before.tables.items():
        now = after.tables.get(name)
        if now is table:
            continue
        if now is None or _lost(table, now):
            return True
    return False


def _lost(before: Table, after: Table) -> bool:
    if set(before.columns) - set(after.columns):
        return True
    return bool(set(signatures(before)) - set(signatures(after)))


def signatures(table: Table) -> Iterator[tuple[Any, ...]]:
    """Yield constraints and indexes by what they demand, whatever their names are."""
    backing = set(table.constraints)
    for constraint in table.constraints.values():
        if constraint.kind is not ConstraintKind.NOT_NULL:
            yield signature(constraint)
    for name, index in table.indexes.items():
        if name not in backing:
            yield signature(index)


def signature(thing: Constraint | Index) -> tuple[Any, ...]:
    if isinstance(thing, Constraint):
        reference = thing.reference
        target = (reference.table, reference.columns) if reference else ()
        return (thing.kind, thing.columns, thing.expression, target)
    return (thing.unique, thing.method, thing.columns, thing.condition)


def renamed(before: Schema, actions: Iterable[Action]) -> Schema:
    """Return the schema under the names that it gets, to compare the rest by name."""
    for action in actions:
        if isinstance(action, RenameTable | RenameColumn):
            before = before.after(action)
    return before


def demands(action: Action, before: Schema, created: Container[str] = ()) -> bool:
    """Tell whether rows may break what an action adds, where ``before`` had it not already."""
    match action:
        case AddConstraint(table=name, constraint=constraint):
            thing: Constraint | Index = constraint
        case CreateIndex(table=name, index=Index(unique=True) as index):
            thing = index
        case AttachPartition():
            return True
        case _:
            return False
    table = before.tables.get(name)
    if table is None:
        return name not in created
    return signature(thing) not in set(signatures(table))

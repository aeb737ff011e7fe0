"""Which part of expand → migrate → contract an operation is."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Any

from governance.postgres.ddl.actions import (
    Action,
    AddColumn,
    AddConstraint,
    AttachPartition,
    CallFunction,
    ChangeGeneration,
    ChangeObject,
    Constraint,
    ConstraintKind,
    CreateIndex,
    CreateTable,
    DetachPartition,
    DropColumn,
    DropIndex,
    DropTable,
    Index,
    LockTable,
    Maintain,
    Reindex,
    RenameColumn,
    RenameIndex,
    RenameTable,
    SetOption,
    SetSchema,
    SetSession,
    Transaction,
    Truncate,
    Unreadable,
    WriteRows,
)
from governance.postgres.ddl.parts import GOES_ON
from governance.postgres.ddl.relations import bare, owner_of_index
from governance.postgres.ddl.schema import Schema, Table
from governance.review.reviewed import Phase

ORDER = (Phase.NONE, Phase.EXPAND, Phase.MIGRATE, Phase.CONTRACT)

_WITHOUT_TRACE = (LockTable, Maintain, Reindex, SetSession, Transaction)
_OF_TABLES = (AddColumn, AddConstraint, CreateIndex, CreateTable, DropColumn, DropTable)
"""The schema tells all that they change."""
_NO_ACTION = ("NO ACTION", "RESTRICT")
_HARMLESS_TRIGGERS = frozenset({"tsvector_update_trigger", "tsvector_update_trigger_column"})
_TIGHTER = frozenset({"row security", "rule", "disable trigger"})


def phase_of(
    actions: Sequence[Action],
    before: Schema,
    after: Schema,
    *,
    breaks_old: bool,
) -> Phase:
    """Return the phase; of several, the one that a running release feels most."""
    if breaks_old or takes_away(before, after):
        return Phase.CONTRACT
    made = {a.table for a in actions if isinstance(a, CreateTable)}
    made |= {a.to for a in actions if isinstance(a, RenameTable | RenameIndex)}
    made |= {a.index.name for a in actions if isinstance(a, CreateIndex)}
    if any(_tightens(a, after) or _takes_unknown(a, before, made) for a in actions):
        return Phase.CONTRACT
    if any(map(_moves_rows, actions)):
        return Phase.MIGRATE
    structural = [a for a in actions if not isinstance(a, _WITHOUT_TRACE)]
    if all(isinstance(a, _OF_TABLES) for a in structural) and before.tables == after.tables:
        return Phase.NONE
    return Phase.EXPAND


def _moves_rows(action: Action) -> bool:
    if isinstance(action, Maintain):
        return action.verb.startswith("refresh")
    return isinstance(action, WriteRows | Truncate | CallFunction | Unreadable)


def _tightens(action: Action, after: Schema) -> bool:
    """Tell whether an action demands more, or takes away what the schema does not show."""
    match action:
        case ChangeObject(kind="comment"):
            return False
        case ChangeObject(kind="privileges" | "default privileges", detail=detail):
            return "REVOKE" in detail.upper()
        case ChangeObject(verb="create", kind="policy", detail="permissive"):
            return False
        case ChangeObject(verb="create" | "replace", kind="trigger", detail=function):
            return not lets_go_on(function, after)
        case ChangeObject(verb="replace", kind="function", name=name):
            return name in after.triggers.values() and not lets_go_on(name, after)
        case ChangeObject(verb="drop", kind="domain constraint"):
            return False
        case ChangeObject(verb="create" | "alter", kind="policy"):
            return True
        case ChangeObject(verb="create" | "replace", kind="rule" | "domain constraint"):
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


def lets_go_on(function: str, schema: Schema) -> bool:
    """Tell whether a trigger with this function surely refuses and skips nothing."""
    return schema.functions.get(function) == GOES_ON or function in _HARMLESS_TRIGGERS


def _takes_unknown(action: Action, before: Schema, made: Container[str]) -> bool:
    """Tell whether an action drops what the schema does not know, so that it can't be missed."""
    match action:
        case DropTable(table=name):
            return name not in before.tables and name not in made
        case DropColumn(table=name, column=column):
            table = before.tables.get(name)
            known = table is not None and (table.complete or column in table.columns)
            return not known and name not in made
        case DropIndex(name=name):
            return bare(name) not in made and owner_of_index(before.tables, name) is None
    return False


def takes_away(before: Schema, after: Schema) -> bool:
    """Tell whether a table, column, key or index of before is not there any more.

    A constraint that goes demands less, whatever index goes with it; a view may stand where a
    table was.
    """
    if before.tables is after.tables:
        return False
    for name, table in before.tables.items():
        now = after.tables.get(name)
        if now is table:
            continue
        if now is None or (_lost(table, now) and not _shows(now, table, after)):
            return True
    return False


def _lost(before: Table, after: Table) -> bool:
    if set(before.columns) - set(after.columns):
        return True
    kept = set(signatures(after))
    things: list[Constraint | Index] = [*before.constraints.values(), *_own_indexes(before)]
    gone = [thing for thing in things if signature(thing) not in kept]
    freed = {thing.columns for thing in gone if _is_unique(thing)}
    return any(_relied_on(thing) for thing in gone if thing.columns not in freed)


def _is_unique(thing: Constraint | Index) -> bool:
    return thing.unique if isinstance(thing, Index) else thing.kind is ConstraintKind.UNIQUE


def _relied_on(thing: Constraint | Index) -> bool:
    """Tell whether statements work with something, rather than against it."""
    if isinstance(thing, Index):
        return not thing.unique
    acts = thing.reference is not None and thing.reference.on_delete not in ("", *_NO_ACTION)
    return acts or thing.kind is ConstraintKind.PRIMARY_KEY


def _shows(view: Table, table: Table, after: Schema) -> bool:
    """Tell whether a view has all columns of the table whose name it has, from one other table."""
    if view.kind != "view" or not view.plain or view.reads[0] not in after.tables:
        return False
    shown = view.columns_read & {"*"} or table.columns.keys() <= view.columns_read
    return bool(shown) and table.columns.keys() <= after.tables[view.reads[0]].columns.keys()


def _own_indexes(table: Table) -> Iterator[Index]:
    """Yield indexes that are not behind a constraint."""
    return (index for name, index in table.indexes.items() if name not in table.constraints)


def signatures(table: Table) -> Iterator[tuple[Any, ...]]:
    """Yield constraints and indexes by what they demand, whatever their names are."""
    for constraint in table.constraints.values():
        if constraint.kind is not ConstraintKind.NOT_NULL:
            yield signature(constraint)
    for index in _own_indexes(table):
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

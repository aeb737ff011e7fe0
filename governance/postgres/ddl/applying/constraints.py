"""Constraints, and the indexes behind them."""

from __future__ import annotations

import re
from dataclasses import replace

from governance.postgres.ddl.actions import (
    AddConstraint,
    AlterConstraint,
    Column,
    Constraint,
    ConstraintKind,
    DropConstraint,
    Index,
    RenameConstraint,
    ValidateConstraint,
)
from governance.postgres.ddl.applying.draft import Draft
from governance.postgres.ddl.applying.names import name_of_constraint
from governance.postgres.ddl.relations import WITH_INDEX, family, incoming, needs

_INHERITED = frozenset({ConstraintKind.CHECK, ConstraintKind.NOT_NULL})
_METHOD = re.compile(r"\busing\s+(\w+)", re.ASCII | re.IGNORECASE)
_CONDITION = re.compile(r"\)\s*where\s*\((.*)\)", re.ASCII | re.IGNORECASE | re.DOTALL)
_ORDER = (
    ConstraintKind.NOT_NULL,
    ConstraintKind.CHECK,
    ConstraintKind.PRIMARY_KEY,
    ConstraintKind.UNIQUE,
    ConstraintKind.EXCLUDE,
    ConstraintKind.FOREIGN_KEY,
)


def add_all(draft: Draft, table: str, constraints: list[Constraint]) -> None:
    """Add the constraints of one statement, in the order in which PostgreSQL makes them.

    Two equal ones become one, as in CREATE TABLE.
    """
    rank = {kind: min(number, 3) for number, kind in enumerate(_ORDER)}
    rank[ConstraintKind.FOREIGN_KEY] = 4
    kept: list[Constraint] = []
    for constraint in sorted(constraints, key=lambda c: rank[c.kind]):
        twin = next((k for k in kept if _is_twin(k, constraint)), None)
        if twin is None:
            kept.append(constraint)
        elif not twin.name:
            kept[kept.index(twin)] = replace(twin, name=constraint.name)
    for constraint in kept:
        add(draft, table, constraint)


def _is_twin(one: Constraint, other: Constraint) -> bool:
    keys = {ConstraintKind.UNIQUE, ConstraintKind.PRIMARY_KEY}
    return one.kind in keys and other.kind in keys and one.columns == other.columns


def add(draft: Draft, table: str, constraint: Constraint) -> None:
    """Add a constraint to one table, with its index, and what it says of columns."""
    before = draft.table(table)
    if constraint.using_index:
        constraint = _adopted(draft, table, constraint)
        before = draft.table(table)
    constraint = replace(constraint, name=name_of_constraint(draft, table, constraint))
    fields: dict[str, object] = {"constraints": {**before.constraints, constraint.name: constraint}}
    if constraint.kind in WITH_INDEX:
        fields["indexes"] = {**before.indexes, constraint.name: index_behind(constraint)}
    draft.change(table, **fields)
    if constraint.kind in {ConstraintKind.PRIMARY_KEY, ConstraintKind.NOT_NULL}:
        for column in constraint.columns:
            set_column(draft, table, column, not_null=True)


def index_behind(constraint: Constraint) -> Index:
    method, condition = "btree", ""
    if constraint.kind is ConstraintKind.EXCLUDE:
        found = _METHOD.search(constraint.expression)
        method = found[1].lower() if found else "btree"
        where = _CONDITION.search(constraint.expression)
        condition = where[1] if where else ""
    return Index(
        name=constraint.name,
        columns=constraint.columns,
        unique=constraint.kind is not ConstraintKind.EXCLUDE,
        method=method,
        condition=condition,
    )


def _adopted(draft: Draft, table: str, constraint: Constraint) -> Constraint:
    """USING INDEX: the index is renamed after the constraint, or the other way round."""
    before = draft.table(table)
    index = before.indexes.get(constraint.using_index)
    rest = {n: i for n, i in before.indexes.items() if n != constraint.using_index}
    draft.change(table, indexes=rest)
    return replace(
        constraint,
        name=constraint.name or constraint.using_index,
        columns=index.columns if index else constraint.columns,
    )


def set_column(draft: Draft, table: str, name: str, **fields: object) -> None:
    """Change a column; one that nobody has heard of is there from now on."""
    before = draft.table(table)
    column = before.columns.get(name)
    if column is None and before.complete:
        return
    changed = replace(column or Column(name=name), **fields)  # type: ignore[arg-type]
    draft.change(table, columns={**before.columns, name: changed})


def add_constraint(draft: Draft, action: AddConstraint) -> None:
    """A constraint of a partitioned table is one of its partitions as well."""
    kind = action.constraint.kind
    for member in family(draft.tables, action.table):
        below = member != action.table
        if below and not (kind in _INHERITED or draft.table(member).partition_of):
            continue
        keeps_name = kind in _INHERITED or kind is ConstraintKind.FOREIGN_KEY
        name = _named(draft, action) if below and keeps_name else action.constraint.name
        constraint = replace(action.constraint, name="" if below and not keeps_name else name)
        if not (constraint.name and constraint.name in draft.table(member).constraints):
            add(draft, member, constraint)


def _named(draft: Draft, action: AddConstraint) -> str:
    """Return the name that the table on top has given it."""
    return action.constraint.name or list(draft.table(action.table).constraints)[-1]


def validate_constraint(draft: Draft, action: ValidateConstraint) -> None:
    for member in family(draft.tables, action.table):
        _change(draft, member, action.name, valid=True)


def alter_constraint(draft: Draft, action: AlterConstraint) -> None:
    words = action.change
    if "enforced" in words:
        enforced = "not" not in words
        _change(draft, action.table, action.name, enforced=enforced, valid=enforced)
    elif "deferrable" in words:
        _change(draft, action.table, action.name, deferrable=not words.startswith("not"))


def _change(draft: Draft, table: str, name: str, **fields: object) -> None:
    before = draft.table(table)
    constraint = before.constraints.get(name)
    if constraint is not None:
        changed = replace(constraint, **fields)  # type: ignore[arg-type]
        draft.change(table, constraints={**before.constraints, name: changed})


def drop_constraint(draft: Draft, action: DropConstraint) -> None:
    dropped = draft.table(action.table).constraints.get(action.name)
    for member in family(draft.tables, action.table):
        name = action.name
        if member != action.table and dropped is not None and dropped.kind in WITH_INDEX:
            same = draft.table(member).constraints.values()
            name = next(
                (c.name for c in same if (c.kind, c.columns) == (dropped.kind, dropped.columns)), ""
            )
        remove(draft, member, name, cascade=action.cascade)


def remove(draft: Draft, table: str, name: str, *, cascade: bool = False) -> None:
    """Take a constraint away with its index; CASCADE takes the foreign keys that need it."""
    before = draft.table(table)
    gone = before.constraints.get(name)
    draft.change(
        table,
        constraints={n: c for n, c in before.constraints.items() if n != name},
        indexes={n: i for n, i in before.indexes.items() if n != name},
    )
    if gone is not None and cascade and gone.kind in WITH_INDEX:
        for other, constraint in list(incoming(draft.tables, table)):
            if needs(constraint, gone):
                remove(draft, other.name, constraint.name)


def rename_constraint(draft: Draft, action: RenameConstraint) -> None:
    before = draft.table(action.table)
    constraint = before.constraints.get(action.name)
    if constraint is None:
        return
    renamed = {n: c for n, c in before.constraints.items() if n != action.name}
    renamed[action.to] = replace(constraint, name=action.to)
    indexes = dict(before.indexes)
    if action.name in indexes:
        indexes[action.to] = replace(indexes.pop(action.name), name=action.to)
    draft.change(action.table, constraints=renamed, indexes=indexes)

"""Columns that are added: what PostgreSQL reads or writes anew to do so."""

from __future__ import annotations

from collections.abc import Iterator

from governance.findings import Finding
from governance.postgres.ddl.actions import (
    AddColumn,
    AddConstraint,
    Column,
    Constraint,
    ConstraintKind,
    CreateTable,
)
from governance.review.policy.cases import ActionRules, Case
from governance.review.policy.safer import GAP, numbered, plain_type

_HELD = "under ACCESS EXCLUSIVE: nobody can read or write the table meanwhile"


def _numbering(case: Case, action: AddColumn) -> Iterator[Finding]:
    column = action.column
    if not (column.serial or column.identity) or case.is_quiet():
        return
    what = "a serial" if column.serial else "an identity"
    table, name, sequence = case.table, column.name, f"{case.table}_{column.name}_seq"
    yield case.finding(
        "numbering-column",
        f"rewrites {table}{case.size()} to number its rows in {name}, {what} column, {_HELD}",
        numbered(
            "Three migrations instead:",
            f"ALTER TABLE {table} ADD COLUMN {name} {plain_type(column)}; "
            f"CREATE SEQUENCE {sequence} OWNED BY {table}.{name}",
            f"ALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT nextval('{sequence}')",
            "number the old rows in batches, then make it NOT NULL by a validated CHECK",
        ),
        part=name,
    )


def _stored(case: Case, action: AddColumn) -> Iterator[Finding]:
    column = action.column
    if column.generated != "stored" or case.is_quiet():
        return
    yield case.finding(
        "stored-generated-column",
        f"rewrites {case.table}{case.size()} to compute {column.name}, {_HELD}",
        numbered(
            f"On PostgreSQL 18 make {column.name} virtual (db_persist=False), which rewrites "
            "nothing. Before, three migrations:",
            f"ALTER TABLE {case.table} ADD COLUMN {column.name} {column.type or GAP}",
            f"a trigger that sets {column.name} in each INSERT and UPDATE",
            "an UPDATE of the old rows in batches",
        ),
        part=column.name,
    )


def _constrained_domain(case: Case, action: AddColumn) -> Iterator[Finding]:
    """Also without a default: PostgreSQL asks the domain whether it accepts NULL."""
    column = action.column
    if not case.step.before.domains.get(column.type.removesuffix("[]"), False) or case.is_quiet():
        return
    table, name = case.table, f"{column.name}_check"
    yield case.finding(
        "constrained-domain-column",
        f"rewrites {table}{case.size()} to check {column.name} against the constraint of "
        f"{column.type}, {_HELD}",
        numbered(
            f"The type below {column.type} and a CHECK instead, in three migrations:",
            f"ALTER TABLE {table} ADD COLUMN {column.name} {GAP}",
            f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({GAP}) NOT VALID",
            f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}",
        ),
        part=column.name,
    )


def _json(case: Case, action: AddColumn) -> Iterator[Finding]:
    yield from _of_json(case, action.column, f"ALTER TABLE {case.table} ADD COLUMN ")


def _json_of_table(case: Case, action: CreateTable) -> Iterator[Finding]:
    for column in action.columns:
        yield from _of_json(case, column, "")


def _of_json(case: Case, column: Column, statement: str) -> Iterator[Finding]:
    if column.type not in {"json", "json[]"}:
        return
    better = column.type.replace("json", "jsonb")
    yield case.finding(
        "json-column",
        f"adds {column.name} to {case.table} as {column.type}, which knows no equality: SELECT "
        "DISTINCT and GROUP BY over all columns fail",
        f"Use jsonb:\n{statement}{column.name} {better}",
        part=column.name,
    )


def _reference_column(case: Case, action: AddColumn) -> Iterator[Finding]:
    for constraint in action.column.constraints:
        if constraint.kind is ConstraintKind.FOREIGN_KEY:
            yield from _unindexed(case, constraint, (action.column.name,))


def _reference(case: Case, action: AddConstraint) -> Iterator[Finding]:
    if action.constraint.kind is ConstraintKind.FOREIGN_KEY:
        yield from _unindexed(case, action.constraint, action.constraint.columns)


def _references_of_table(case: Case, action: CreateTable) -> Iterator[Finding]:
    for column in action.columns:
        for constraint in column.constraints:
            if constraint.kind is ConstraintKind.FOREIGN_KEY:
                yield from _unindexed(case, constraint, (column.name,))
    for constraint in action.constraints:
        if constraint.kind is ConstraintKind.FOREIGN_KEY:
            yield from _unindexed(case, constraint, constraint.columns)


def _unindexed(case: Case, reference: Constraint, columns: tuple[str, ...]) -> Iterator[Finding]:
    table = case.migration.after.tables.get(case.table)
    if table is None or not table.complete or not columns:
        return
    whole = (index for index in table.indexes.values() if not index.condition)
    if any(index.columns[:1] == columns[:1] for index in whole):
        return
    parent, names = _parent((reference,)), ", ".join(columns)
    yield case.finding(
        "reference-without-index",
        f"lets {case.table}.{names} point to {parent}, and no index begins with it: each DELETE "
        f"in {parent} reads all of {case.table}",
        "Add an index, in a migration with atomic = False:\n"
        f"CREATE INDEX CONCURRENTLY ON {case.table} ({names})",
        part=names,
    )


def _parent(constraints: tuple[Constraint, ...]) -> str:
    found = (c.reference.table for c in constraints if c.reference is not None)
    return next(found, "")


ADDITION_RULES: ActionRules = {
    AddColumn: (
        _numbering,
        _stored,
        _constrained_domain,
        _json,
        _reference_column,
    ),
    AddConstraint: (_reference,),
    CreateTable: (_references_of_table, _json_of_table),
}

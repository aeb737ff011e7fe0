"""What a table refuses since a migration, of rows that a release may write."""

from __future__ import annotations

from collections.abc import Iterator

from governance.postgres.ddl.actions import Column, Constraint, ConstraintKind, Volatility
from governance.postgres.ddl.expressions import columns_in
from governance.postgres.ddl.parts import REFUSES
from governance.postgres.ddl.schema import Schema, Table
from governance.review import phases
from governance.review.implying import follows
from governance.review.reviewed import Breakage

_WRITES = ("insert", "update")


def of_constraints(table: str, before: Table, after: Table, fields: set[str]) -> Iterator[Breakage]:
    """What the table refuses since, of rows that this release may write."""
    known = set(phases.signatures(before))
    backing = set(after.constraints)
    for constraint in after.constraints.values():
        if phases.signature(constraint) in known or not constraint.enforced:
            continue
        reason = _refusal(constraint)
        if reason and _is_felt(constraint, before, after, fields):
            for verb in _WRITES:
                yield Breakage(verb=verb, table=table, reason=reason, certain=False)
    for name, index in after.indexes.items():
        fresh = index.unique and name not in backing and phases.signature(index) not in known
        if fresh and _writes(index.columns, fields, after):
            reason = f"refuses a second row with the same {', '.join(index.columns)}"
            for verb in _WRITES:
                yield Breakage(verb=verb, table=table, reason=reason, certain=False)


def _is_felt(constraint: Constraint, before: Table, after: Table, fields: set[str]) -> bool:
    """Tell whether a row of a release that writes these fields may break a new constraint."""
    if constraint.kind is not ConstraintKind.CHECK:
        return not constraint.columns or _writes(constraint.columns, fields, after)
    old = [
        c.expression
        for c in before.constraints.values()
        if c.kind is ConstraintKind.CHECK and c.enforced
    ]
    if follows(constraint.expression, old):
        return False
    columns = constraint.columns or tuple(columns_in(constraint.expression))
    unknown = [after.columns[c] for c in columns if c in after.columns and c not in fields]
    if not columns or len(unknown) < len(columns):
        return _writes(columns, fields, after, null=not constraint.not_null_of)
    return not all(_is_proved(column, constraint) for column in unknown)


def _is_proved(column: Column, constraint: Constraint) -> bool:
    """Tell whether the rows that are there have proved what a column left alone gets."""
    if column.default is None:
        return not constraint.not_null_of
    return constraint.valid and column.default.volatility is Volatility.CONSTANT


def _writes(columns: tuple[str, ...], fields: set[str], table: Table, *, null: bool = True) -> bool:
    """Tell whether a release that writes these fields can break a rule on these columns.

    A column that it does not know gets its default; NULL keeps any rule, unless told.
    """
    for name in columns:
        column = table.columns.get(name)
        if column is not None and name not in fields and column.default is None:
            return not null
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


def of_triggers(table: str, kept: Schema, after: Schema) -> Iterator[Breakage]:
    for key, function in after.triggers.items():
        owner, _, trigger = key.rpartition(".")
        known = kept.triggers.get(key) == function and (
            kept.functions.get(function) == after.functions.get(function)
        )
        if owner == table and not known and not phases.lets_go_on(function, after):
            for verb in _WRITES:
                yield Breakage(
                    verb=verb,
                    table=table,
                    reason=f"runs the trigger {trigger} on what is written",
                    certain=after.functions.get(function) == REFUSES,
                )

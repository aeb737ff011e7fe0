"""Columns: added, dropped, and what is set on them."""

from __future__ import annotations

from collections.abc import Iterable

from governance.postgres.ddl.actions import (
    AddColumn,
    ChangeGeneration,
    DropColumn,
    DropDefault,
    DropNotNull,
    RenameColumn,
    SetDefault,
    SetNotNull,
)
from governance.postgres.ddl.depending import constraint_uses, index_uses
from governance.postgres.ddl.expressions import columns_in
from governance.postgres.ddl.facts.account import Account
from governance.postgres.ddl.facts.references import (
    DEPENDED_UPON,
    drop_incoming,
    drop_views,
    lock_referenced,
)
from governance.postgres.ddl.parts import Column, ConstraintKind, Volatility
from governance.postgres.ddl.relations import WITH_INDEX, family, schema_of
from governance.postgres.locks import Lock

_NULL_VALUE = "23502"
_NOT_POSSIBLE = "42P16"
_IS_IDENTITY = "42601"


def add_column(account: Account, action: AddColumn) -> None:
    column = action.column
    for member in family(account.tables, action.table):
        if action.if_not_exists and column.name in account.table(member).columns:
            account.lock(member)
        elif _rewrites(account, column):
            account.rewrite(member)
        else:
            account.lock(member)
    if not (action.if_not_exists and account.column(action.table, column.name)):
        _fill(account, action)


def _rewrites(account: Account, column: Column) -> bool:
    """Tell whether each row gets a value of its own, so that all are written anew."""
    if column.serial or column.identity or column.generated == "stored":
        return True
    if account.schema.domains.get(column.type.removesuffix("[]"), False):
        return True
    if column.default is None or column.generated:
        return False
    if column.default.volatility is Volatility.UNKNOWN:
        account.doubt(f"computes {column.name} by a function that is not PostgreSQL's own")
    return column.default.volatility is not Volatility.CONSTANT


def _fill(account: Account, action: AddColumn) -> None:
    """Tell what NOT NULL and the constraints of a new column ask of the rows that are there."""
    column = action.column
    valued = column.default is not None or column.serial or column.identity
    demanded = column.not_null or any(
        c.kind is ConstraintKind.PRIMARY_KEY for c in column.constraints
    )
    if demanded and not valued and not column.generated:
        account.fail(_NULL_VALUE)
    if demanded and column.generated == "virtual":
        account.lock(action.table, scan=True)
    for constraint in column.constraints:
        if constraint.kind is ConstraintKind.FOREIGN_KEY:
            finds = valued and action.table not in account.empty
            lock_referenced(account, constraint, Lock.SHARE_ROW_EXCLUSIVE, scan=finds)
        for member in family(account.tables, action.table):
            scans = constraint.kind is not ConstraintKind.FOREIGN_KEY or valued
            account.lock(member, scan=scans)


def drop_column(account: Account, action: DropColumn) -> None:
    if action.column in account.table(action.table).partition_key:
        account.fail(_NOT_POSSIBLE)
    for member in family(account.tables, action.table):
        drop_one(account, member, action.column, cascade=action.cascade)


def drop_one(account: Account, table: str, column: str, *, cascade: bool) -> None:
    """Drop a column with all that needs it."""
    known = account.table(table)
    account.lock(table)
    for name, index in known.indexes.items():
        if index_uses(index, column):
            account.lock(schema_of(table) + name)
    for constraint in known.constraints.values():
        if constraint_uses(constraint, column):
            lock_referenced(account, constraint, Lock.ACCESS_EXCLUSIVE)
            if constraint.kind in WITH_INDEX:
                drop_incoming(account, table, constraint, cascade=cascade)
    if column in known.sequences:
        account.lock(known.sequences[column])
    drop_views(account, table, column, cascade=cascade)
    if not cascade and generated_from(known.columns.values(), column):
        account.fail(DEPENDED_UPON)
    if not known.complete and column not in known.columns:
        account.doubt(f"drops {table}.{column}, whose foreign keys are not known here")


def generated_from(columns: Iterable[Column], name: str) -> bool:
    """Tell whether a generated column is computed with another one."""
    return any(
        column.generated and column.default and name in columns_in(column.default.text)
        for column in columns
    )


def alter_column(account: Account, action: RenameColumn | SetDefault | DropDefault) -> None:
    for member in family(account.tables, action.table):
        account.lock(member)


def set_not_null(account: Account, action: SetNotNull) -> None:
    """The rows are read, unless a valid CHECK says already that none is NULL."""
    if _holds(account, action.table, action.column):
        account.lock(action.table)
        return
    for member in family(account.tables, action.table):
        promised = any(
            c.kind is ConstraintKind.CHECK and c.valid and c.not_null_of == action.column
            for c in account.table(member).constraints.values()
        )
        account.lock(member, scan=not promised and not _holds(account, member, action.column))


def _holds(account: Account, table: str, name: str) -> bool:
    """Tell whether a column is NOT NULL for all rows, not for those alone that are new."""
    column = account.column(table, name)
    pending = any(
        c.kind is ConstraintKind.NOT_NULL and not c.valid and name in c.columns
        for c in account.table(table).constraints.values()
    )
    return column is not None and column.not_null and not pending


def drop_not_null(account: Account, action: DropNotNull) -> None:
    column = account.column(action.table, action.column)
    if column is not None and column.identity:
        account.fail(_IS_IDENTITY)
    for member in family(account.tables, action.table):
        account.lock(member)
    for constraint in account.table(action.table).constraints.values():
        if constraint.kind is ConstraintKind.PRIMARY_KEY and action.column in constraint.columns:
            account.fail(_NOT_POSSIBLE)


def change_generation(account: Account, action: ChangeGeneration) -> None:
    column = account.column(action.table, action.column)
    sequence = account.table(action.table).sequences.get(action.column, "")
    for member in family(account.tables, action.table):
        if action.change == "set expression" and not (column and column.generated == "virtual"):
            account.rewrite(member)
        else:
            account.lock(member)
    if action.change == "drop identity" and sequence:
        account.lock(sequence)
    elif action.change == "set identity" and sequence:
        account.lock(sequence, Lock.SHARE_ROW_EXCLUSIVE)

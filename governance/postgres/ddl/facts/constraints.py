"""Constraints: added, validated, dropped."""

from __future__ import annotations

from governance.postgres.ddl.actions import (
    AddConstraint,
    AlterConstraint,
    DropConstraint,
    RenameConstraint,
    ValidateConstraint,
)
from governance.postgres.ddl.facts.account import Account
from governance.postgres.ddl.facts.references import drop_incoming, lock_referenced
from governance.postgres.ddl.parts import Constraint, ConstraintKind
from governance.postgres.ddl.relations import WITH_INDEX, family, partition_tree, schema_of
from governance.postgres.locks import Lock


def add_constraint(account: Account, action: AddConstraint) -> None:
    constraint = action.constraint
    looks = constraint.valid and constraint.enforced
    if constraint.kind is ConstraintKind.FOREIGN_KEY:
        for member in partition_tree(account.tables, action.table):
            account.lock(member, Lock.SHARE_ROW_EXCLUSIVE, scan=looks)
        finds = looks and action.table not in account.empty
        lock_referenced(account, constraint, Lock.SHARE_ROW_EXCLUSIVE, scan=finds)
    elif constraint.using_index:
        _use_index(account, action.table, constraint)
    elif constraint.kind in WITH_INDEX:
        for member in partition_tree(account.tables, action.table):
            account.lock(member, scan=not account.table(member).partitioned)
    else:
        for member in family(account.tables, action.table):
            account.lock(member, scan=looks)


def _use_index(account: Account, table: str, constraint: Constraint) -> None:
    """Nothing is built; for a primary key the rows are read where a column may be NULL."""
    known = account.table(table)
    index = known.indexes.get(constraint.using_index)
    nullable = any(
        not column.not_null
        for name in (index.columns if index else ())
        if (column := known.columns.get(name)) is not None
    )
    account.lock(table, scan=constraint.kind is ConstraintKind.PRIMARY_KEY and nullable)
    if constraint.name and constraint.name != constraint.using_index:
        account.lock(schema_of(table) + constraint.using_index, Lock.SHARE_UPDATE_EXCLUSIVE)


def validate_constraint(account: Account, action: ValidateConstraint) -> None:
    constraint = account.constraint(action.table, action.name)
    scan = constraint is None or not constraint.valid
    for member in family(account.tables, action.table):
        account.lock(member, Lock.SHARE_UPDATE_EXCLUSIVE, scan=scan)
    if constraint is not None and scan:
        finds = action.table not in account.empty
        lock_referenced(account, constraint, Lock.ROW_SHARE, scan=finds)
    elif constraint is None:
        account.doubt(f"validates {action.name}, which is not known here")


def drop_constraint(account: Account, action: DropConstraint) -> None:
    """A foreign key is also dropped from the table that it points to."""
    constraint = account.constraint(action.table, action.name)
    if constraint is None:
        account.lock(action.table)
        if not account.table(action.table).complete:
            account.doubt(f"drops {action.name}, which may be a foreign key")
        return
    for member in family(account.tables, action.table):
        account.lock(member)
        if constraint.kind in WITH_INDEX and action.name in account.table(member).indexes:
            account.lock(schema_of(member) + action.name)
    lock_referenced(account, constraint, Lock.ACCESS_EXCLUSIVE)
    if constraint.kind in WITH_INDEX:
        drop_incoming(account, action.table, constraint, cascade=action.cascade)


def rename_constraint(account: Account, action: RenameConstraint) -> None:
    account.lock(action.table)
    if action.name in account.table(action.table).indexes:
        account.lock(schema_of(action.table) + action.name, Lock.SHARE_UPDATE_EXCLUSIVE)


def alter_constraint(account: Account, action: AlterConstraint) -> None:
    """To enforce what was not enforced is to validate it."""
    constraint = account.constraint(action.table, action.name)
    enforces = action.change == "enforced"
    account.lock(action.table, scan=enforces)
    if constraint is not None and "enforced" in action.change:
        lock = Lock.SHARE_ROW_EXCLUSIVE if enforces else Lock.ACCESS_EXCLUSIVE
        lock_referenced(account, constraint, lock, scan=enforces)

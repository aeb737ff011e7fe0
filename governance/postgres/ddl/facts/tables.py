"""Tables: created, dropped, renamed, attached to others."""

from __future__ import annotations

from governance.postgres.ddl.actions import (
    AttachPartition,
    CreateTable,
    DetachPartition,
    DropTable,
    RenameTable,
    SetSchema,
)
from governance.postgres.ddl.facts.account import Account
from governance.postgres.ddl.facts.implying import implied
from governance.postgres.ddl.facts.references import (
    DEPENDED_UPON,
    drop_incoming,
    drop_views,
    lock_referenced,
    read_tables,
)
from governance.postgres.ddl.parts import ConstraintKind
from governance.postgres.ddl.relations import family, incoming, partition_tree, schema_of, twins
from governance.postgres.locks import Lock

NOT_IN_TRANSACTION = "25001"
_WRONG_STATE = "55000"


def create_table(account: Account, action: CreateTable) -> None:
    """A new table costs those that it points to, and those that it becomes a part of."""
    if action.if_not_exists and action.table in account.tables:
        return
    constraints = [c for column in action.columns for c in column.constraints]
    for constraint in [*constraints, *action.constraints]:
        if constraint.reference is not None and constraint.reference.table != action.table:
            lock_referenced(account, constraint, Lock.SHARE_ROW_EXCLUSIVE)
    for parent in action.inherits:
        account.lock(parent, Lock.SHARE_UPDATE_EXCLUSIVE)
    for like in action.like:
        account.lock(like.table, Lock.ACCESS_SHARE)
    read_tables(account, action.reads, scan=True)
    if action.partition_of:
        _join(account, action.partition_of, Lock.ACCESS_EXCLUSIVE, scan=False)


def _join(account: Account, parent: str, lock: Lock, *, scan: bool) -> None:
    """Add a partition: rows of the default partition may belong to the new one."""
    table = account.table(parent)
    account.lock(parent, lock)
    account.lock_indexes(parent, Lock.SHARE_UPDATE_EXCLUSIVE)
    if table.default_partition:
        account.lock(table.default_partition, scan=True)
    for constraint in table.constraints.values():
        lock_referenced(account, constraint, Lock.SHARE_ROW_EXCLUSIVE, scan=scan)


def drop_table(account: Account, action: DropTable) -> None:
    name = action.table
    if name not in account.tables:
        if not action.if_exists:
            account.lock(name)
            account.doubt(f"drops {name}, whose foreign keys are not known here")
        return
    table = account.table(name)
    if table.children and not action.cascade:
        account.fail(DEPENDED_UPON)
    for member in family(account.tables, name):
        _drop(account, member, cascade=action.cascade)
    if table.partition_of:
        account.lock(table.partition_of)
        default = account.table(table.partition_of).default_partition
        if default:
            account.lock(default)


def _drop(account: Account, name: str, *, cascade: bool) -> None:
    table = account.table(name)
    account.lock(name)
    account.lock_indexes(name)
    for sequence in table.sequences.values():
        account.lock(sequence)
    for constraint in table.constraints.values():
        lock_referenced(account, constraint, Lock.ACCESS_EXCLUSIVE)
    drop_incoming(account, name, None, cascade=cascade)
    drop_views(account, name, cascade=cascade)
    if not table.complete:
        account.doubt(f"drops {name}, whose foreign keys are not all known here")


def drop_schema(account: Account, name: str, *, cascade: bool) -> None:
    """Everything in a schema goes at once, so what is inside does not hold it up."""
    inside = [t for t in account.tables if t.startswith(f"{name}.")]
    if inside and not cascade:
        account.fail(DEPENDED_UPON)
    for table in inside:
        _drop(account, table, cascade=True)


def rename_table(account: Account, action: RenameTable) -> None:
    account.lock(action.table)


def set_schema(account: Account, action: SetSchema) -> None:
    account.lock(action.table)
    for sequence in account.table(action.table).sequences.values():
        account.lock(sequence)


def attach_partition(account: Account, action: AttachPartition) -> None:
    """The rows of a new partition are read, unless its constraints promise what is asked."""
    parent, partition = account.table(action.table), action.partition
    _join(account, action.table, Lock.SHARE_UPDATE_EXCLUSIVE, scan=True)
    promised = implied(parent, account.table(partition), action.bound)
    lacking = _lacks_index(account, action)
    foreign = any(
        c.kind is ConstraintKind.FOREIGN_KEY and c.name not in account.table(partition).constraints
        for c in parent.constraints.values()
    )
    for member in partition_tree(account.tables, partition):
        account.lock(member, scan=not promised or lacking or foreign)
    for other, _ in incoming(account.tables, action.table):
        account.lock(other.name, Lock.SHARE_ROW_EXCLUSIVE)


def _lacks_index(account: Account, action: AttachPartition) -> bool:
    """Tell whether an index of the partitioned table has to be built on the partition."""
    partition = account.table(action.partition)
    wanted = account.table(action.table).indexes.values()
    return any(not twins(partition, index) for index in wanted)


def detach_partition(account: Account, action: DetachPartition) -> None:
    default = account.table(action.table).default_partition
    if action.concurrently:
        if account.in_transaction:
            account.fail(NOT_IN_TRANSACTION)
        if default:
            account.fail(_WRONG_STATE)
        account.lock(action.table, Lock.SHARE_UPDATE_EXCLUSIVE)
    else:
        account.lock(action.table)
        if default:
            account.lock(default)
    account.lock(action.partition)
    for index in account.table(action.table).indexes.values():
        for twin in twins(account.table(action.partition), index):
            account.lock(schema_of(action.partition) + twin)
    for constraint in account.table(action.table).constraints.values():
        lock_referenced(account, constraint, Lock.SHARE_ROW_EXCLUSIVE)

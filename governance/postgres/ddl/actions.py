"""The terms: one value per thing that a statement can do to a database.

Names of tables are as ``governance.ownership.names.table_key`` gives them (``name``, or
``schema.name`` outside ``public``); names of columns and constraints are as PostgreSQL stores
them. An empty name is one that PostgreSQL chooses. Types are as ``format_type`` prints them
(``character varying(50)``, ``timestamp with time zone``), empty where not known.
"""

from __future__ import annotations

from dataclasses import dataclass

from governance.postgres.ddl.parts import (
    Column,
    Constraint,
    ConstraintKind,
    Expression,
    Index,
    Reference,
    Volatility,
)
from governance.postgres.locks import Lock

__all__ = [
    "Column",
    "Constraint",
    "ConstraintKind",
    "Expression",
    "Index",
    "Reference",
    "Volatility",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Base of all actions. ``table`` is empty for what concerns no table."""

    table: str = ""
    reads: tuple[str, ...] = ()
    """Other tables whose rows or columns it reads: of an INSERT … SELECT, of a view."""


# Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Like:
    """LIKE in CREATE TABLE; ``including``: constraints, defaults, generated, identity, indexes."""

    table: str
    including: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTable(Action):
    """CREATE TABLE, with the indexes that belong to it."""

    columns: tuple[Column, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    partition_of: str = ""
    inherits: tuple[str, ...] = ()
    like: tuple[Like, ...] = ()
    default: bool = False
    """The default partition of ``partition_of``."""
    partitioned: bool = False
    partition_key: tuple[str, ...] = ()
    """Plain columns; an expression stands as an empty text."""
    temporary: bool = False
    unlogged: bool = False
    if_not_exists: bool = False
    from_query: bool = False
    """CREATE TABLE AS, SELECT INTO: its columns are not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DropTable(Action):
    cascade: bool = False
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameTable(Action):
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSchema(Action):
    """The table moves to another schema; ``to`` is its new key."""

    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOption(Action):
    """ALTER TABLE for what no other action tells.

    ``option`` is one of: owner, storage parameters, storage, compression, statistics, cluster,
    replica identity, logged, unlogged, tablespace, access method, row security, rule, inherit,
    no inherit, of type, enable trigger, disable trigger.
    """

    option: str
    column: str = ""
    other: str = ""
    """The parent of INHERIT, the trigger of ENABLE TRIGGER, the new owner…"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachPartition(Action):
    """``table`` is the partitioned one."""

    partition: str
    default: bool = False
    bound: str = ""
    """What follows FOR VALUES."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetachPartition(Action):
    partition: str
    concurrently: bool = False


# Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class AddColumn(Action):
    column: Column
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropColumn(Action):
    column: str
    cascade: bool = False
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameColumn(Action):
    column: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterType(Action):
    column: str
    type: str
    using: str = ""
    collation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetNotNull(Action):
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropNotNull(Action):
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDefault(Action):
    column: str
    default: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class DropDefault(Action):
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeGeneration(Action):
    """``change``: set expression, drop expression, add identity, set identity, drop identity."""

    column: str
    change: str


# Constraints


@dataclass(frozen=True, slots=True, kw_only=True)
class AddConstraint(Action):
    constraint: Constraint


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateConstraint(Action):
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropConstraint(Action):
    name: str
    cascade: bool = False
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameConstraint(Action):
    name: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterConstraint(Action):
    """DEFERRABLE, ENFORCED and the like."""

    name: str
    change: str


# Indexes


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateIndex(Action):
    index: Index
    concurrently: bool = False
    if_not_exists: bool = False
    only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropIndex(Action):
    """``table`` is empty where only the schema knows it."""

    name: str
    concurrently: bool = False
    cascade: bool = False
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameIndex(Action):
    name: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reindex(Action):
    """``what``: index, table, schema, database, system; ``name`` is that of the index or schema."""

    what: str
    name: str = ""
    concurrently: bool = False


# Rows and locks


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteRows(Action):
    """``operation``: insert, update, delete, merge, copy."""

    operation: str
    whole_table: bool = False
    """An UPDATE or DELETE without a condition that limits it."""
    listed: bool = False
    """An INSERT whose rows stand in the migration, so they are few: VALUES, or one create()."""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Truncate(Action):
    cascade: bool = False
    only: bool = False
    """Not what inherits from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockTable(Action):
    lock: Lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintain(Action):
    """``verb``: vacuum, vacuum full, analyze, cluster, refresh, refresh concurrently."""

    verb: str


# Everything else


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeObject(Action):
    """An object that is no table: ``table`` is the one it hangs on, where it does.

    ``verb``: create, replace, alter, rename, drop. ``kind``: trigger, function, procedure, view,
    materialized view, sequence, type, enum, enum value, domain, domain constraint, extension,
    schema, policy, rule, publication, subscription, event trigger, statistics, collation,
    aggregate, operator, foreign table, comment, privileges, default privileges, role, database,
    index, other.
    """

    verb: str
    kind: str
    name: str = ""
    cascade: bool = False
    if_exists: bool = False
    detail: str = ""
    """What only this kind has: the new enum value, the function of a trigger, GRANT or REVOKE, the
    columns that a view gives its readers."""
    plain: bool = False
    """A view that shows columns of one table as they are, in every row of it."""
    columns: tuple[str, ...] = ()
    """Columns that a view, a policy or a trigger speaks of; ``*`` for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSession(Action):
    """SET: ``lock_timeout``, ``statement_timeout`` and others; value as SQL wrote it."""

    name: str
    value: str
    local: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction(Action):
    """``verb``: begin, commit, rollback, savepoint, release, rollback to."""

    verb: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFunction(Action):
    """A function that is not PostgreSQL's own is called; what it does is not known here."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable(Action):
    """``why`` is the predicate of a sentence: «composes its SQL»."""

    why: str

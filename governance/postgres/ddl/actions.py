"""The terms: one value per thing that a statement can do to a database.

Names of tables are as ``governance.ownership.names.table_key`` gives them (``name``, or
``schema.name`` outside ``public``); names of columns and constraints are as PostgreSQL stores
them. An empty name is one that PostgreSQL chooses. Types are as ``format_type`` prints them
(``character varying(50)``, ``timestamp with time zone``), empty where not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from governance.postgres.locks import Lock


class Volatility(Enum):
    """How often an expression has to be computed: once, or for each row."""

    CONSTANT = "constant"
    """Literals, and what is fixed within a statement: ``now()``."""
    VOLATILE = "volatile"
    UNKNOWN = "unknown"
    """Calls a function that is not PostgreSQL's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A default, a generated value, a condition."""

    text: str
    volatility: Volatility = Volatility.CONSTANT


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What a foreign key points to; no columns means the primary key."""

    table: str
    columns: tuple[str, ...] = ()
    on_delete: str = ""
    """CASCADE, SET NULL…; empty for NO ACTION."""


class ConstraintKind(Enum):
    """What a constraint demands."""

    FOREIGN_KEY = "foreign key"
    CHECK = "check"
    UNIQUE = "unique"
    PRIMARY_KEY = "primary key"
    EXCLUDE = "exclude"
    NOT_NULL = "not null"


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """A constraint of a table, by name or as part of a column."""

    kind: ConstraintKind
    name: str = ""
    columns: tuple[str, ...] = ()
    expression: str = ""
    """The condition of a CHECK or an EXCLUDE, as SQL."""
    not_null_of: str = ""
    """The column, when a CHECK says no more than ``column IS NOT NULL``."""
    reference: Reference | None = None
    valid: bool = True
    """False for NOT VALID: old rows are not looked at."""
    enforced: bool = True
    deferrable: bool = False
    using_index: str = ""
    """The index that is made into the constraint, instead of building one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column, as it is added or as a table has it."""

    name: str
    type: str = ""
    not_null: bool = False
    default: Expression | None = None
    generated: str = ""
    """stored or virtual."""
    identity: bool = False
    serial: bool = False
    collation: str = ""
    constraints: tuple[Constraint, ...] = ()
    """Those written with the column: UNIQUE, PRIMARY KEY, REFERENCES, CHECK."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """An index of a table."""

    name: str = ""
    columns: tuple[str, ...] = ()
    """Plain columns of the key; an expression stands as its SQL in parentheses."""
    unique: bool = False
    method: str = "btree"
    condition: str = ""
    include: tuple[str, ...] = ()
    opclasses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Base of all actions. ``table`` is empty for what concerns no table."""

    table: str = ""


# Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTable(Action):
    """CREATE TABLE, with the indexes that belong to it."""

    columns: tuple[Column, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    partition_of: str = ""
    inherits: tuple[str, ...] = ()
    partitioned: bool = False
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
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Truncate(Action):
    cascade: bool = False


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
    other.
    """

    verb: str
    kind: str
    name: str = ""
    cascade: bool = False
    if_exists: bool = False
    detail: str = ""
    """What only this kind has: the new enum value, the function of a trigger, GRANT or REVOKE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSession(Action):
    """SET: ``lock_timeout``, ``statement_timeout`` and others; value as SQL wrote it."""

    name: str
    value: str
    local: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction(Action):
    """``verb``: begin, commit, rollback, savepoint, release."""

    verb: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFunction(Action):
    """A function that is not PostgreSQL's own is called; what it does is not known here."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable(Action):
    """``why`` is the predicate of a sentence: «composes its SQL»."""

    why: str

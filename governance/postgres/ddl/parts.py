"""What tables are made of: columns, constraints, indexes. ``actions`` says what names mean."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

GOES_ON = "lets writers go on"
REFUSES = "refuses all rows"
"""What is sure of a function that a trigger calls."""
PLAIN = "shows all rows of one table"
"""What is sure of a view."""


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

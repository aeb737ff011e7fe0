"""What of a table needs one of its columns."""

from __future__ import annotations

from collections.abc import Iterable

from governance.postgres.ddl.actions import Constraint, ConstraintKind, Index
from governance.postgres.ddl.expressions import columns_in


def index_uses(index: Index, column: str) -> bool:
    """Tell whether an index needs a column: in its key, its rows or its condition."""
    return (
        column in index.columns
        or column in index.include
        or (bool(index.condition) and column in columns_in(index.condition))
        or any(column in columns_in(part) for part in expressions(index.columns))
    )


def expressions(columns: Iterable[str]) -> list[str]:
    """Return the parts of a key that are no plain columns."""
    return [part for part in columns if part.startswith("(")]


def constraint_uses(constraint: Constraint, column: str) -> bool:
    """Tell whether a constraint needs a column of its own table."""
    if column in constraint.columns:
        return True
    if constraint.kind is ConstraintKind.CHECK:
        return column in columns_in(constraint.expression)
    return any(column in columns_in(part) for part in expressions(constraint.columns))

"""The names that PostgreSQL chooses where a statement gives none."""

from __future__ import annotations

from itertools import count

from governance.ownership.names import clipped
from governance.postgres.ddl.actions import Constraint, ConstraintKind, Index
from governance.postgres.ddl.applying.draft import Draft
from governance.postgres.ddl.expressions import columns_in, label_of
from governance.postgres.ddl.relations import bare, schema_of

_LONGEST = 63  # bytes
_LABELS = {
    ConstraintKind.CHECK: "check",
    ConstraintKind.FOREIGN_KEY: "fkey",
    ConstraintKind.UNIQUE: "key",
    ConstraintKind.PRIMARY_KEY: "pkey",
    ConstraintKind.EXCLUDE: "excl",
    ConstraintKind.NOT_NULL: "not_null",
}


def name_of_constraint(draft: Draft, table: str, constraint: Constraint) -> str:
    """Return the name of a constraint, chosen where it has none."""
    if constraint.name:
        return constraint.name
    second = _addition(constraint.columns)
    if constraint.kind is ConstraintKind.PRIMARY_KEY:
        second = ""
    elif constraint.kind is ConstraintKind.CHECK:
        mentioned = columns_in(constraint.expression)
        second = next(iter(mentioned)) if len(mentioned) == 1 else ""
    return _chosen(draft, table, second, _LABELS[constraint.kind])


def name_of_index(draft: Draft, table: str, index: Index) -> str:
    """Return the name of an index, chosen where it has none."""
    return index.name or _chosen(draft, table, _addition(index.columns + index.include), "idx")


def name_of_sequence(draft: Draft, table: str, column: str) -> str:
    """Return the key of the sequence behind a serial or identity column."""
    return schema_of(table) + _chosen(draft, table, column, "seq")


def _addition(columns: tuple[str, ...]) -> str:
    """Join columns; an expression gives the name of its function, and each is there once."""
    found: list[str] = []
    for column in columns:
        word = label_of(column) if column.startswith("(") else column
        numbered = (f"{word}{number}" for number in count(1))
        found.append(word if word not in found else next(n for n in numbered if n not in found))
    text = ""
    for word in found:
        text = f"{text}_{word}" if text else word
        if len(text.encode()) > _LONGEST:
            break
    return text


def _chosen(draft: Draft, table: str, second: str, label: str) -> str:
    """Return the first name that is free: ``t_a_key``, ``t_a_key1``, ``t_a_key2``."""
    schema = schema_of(table)
    for number in count():
        name = _object_name(bare(table), second, f"{label}{number or ''}")
        if not _is_taken(draft, schema, name):
            break
    return name


def _object_name(first: str, second: str, label: str) -> str:
    """Join the parts; the longer of the first two is cut until the name fits."""
    room = _LONGEST - len(label) - 1 - (1 if second else 0)
    sizes = [len(first.encode()), len(second.encode())]
    while sum(sizes) > room:
        sizes[0 if sizes[0] > sizes[1] else 1] -= 1
    parts = [_cut(first, sizes[0])]
    if second:
        parts.append(_cut(second, sizes[1]))
    return clipped("_".join([*parts, label]))


def _cut(text: str, size: int) -> str:
    return text.encode()[:size].decode(errors="ignore")


def _is_taken(draft: Draft, schema: str, name: str) -> bool:
    """Relations and constraints of a schema share their names."""
    if f"{schema}{name}" in draft.tables:
        return True
    for table in draft.tables.values():
        if schema_of(table.name) == schema and (
            name in table.indexes
            or name in table.constraints
            or f"{schema}{name}" in table.sequences.values()
        ):
            return True
    return False

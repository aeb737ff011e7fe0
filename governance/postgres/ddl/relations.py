"""How the tables of a structure belong together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from governance.postgres.ddl.parts import Constraint, ConstraintKind, Index
from governance.postgres.ddl.table import Table

Tables = Mapping[str, Table]

WITH_INDEX = frozenset({ConstraintKind.UNIQUE, ConstraintKind.PRIMARY_KEY, ConstraintKind.EXCLUDE})


def schema_of(key: str) -> str:
    """Return the schema of a key with its dot; empty for ``public``."""
    schema, dot, _ = key.rpartition(".")
    return schema + dot


def bare(key: str) -> str:
    return key.rpartition(".")[2]


def family(tables: Tables, name: str) -> list[str]:
    """Return a table and all below it: partitions and tables that inherit."""
    found: list[str] = []
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.append(current)
            table = tables.get(current)
            if table is not None:
                waiting += [*reversed(table.children), *reversed(table.partitions)]
    return found


def partition_tree(tables: Tables, name: str) -> list[str]:
    """Return a table and the partitions below it, not what inherits."""
    return [n for n in family(tables, name) if n == name or _is_partition(tables, n)]


def _is_partition(tables: Tables, name: str) -> bool:
    return name in tables and bool(tables[name].partition_of)


def owner_of_index(tables: Tables, key: str) -> Table | None:
    """Return the table of an index that is named by its key."""
    name, schema = bare(key), schema_of(key)
    for table in tables.values():
        if name in table.indexes and schema_of(table.name) == schema:
            return table
    return None


def incoming(tables: Tables, name: str) -> Iterator[tuple[Table, Constraint]]:
    """Yield the foreign keys of other tables that point to one."""
    for table in list(tables.values()):
        if table.name == name:
            continue
        for constraint in table.constraints.values():
            if constraint.reference is not None and constraint.reference.table == name:
                yield table, constraint


def twins(table: Table, index: Index) -> list[str]:
    """Return the indexes of a partition that are its part of one of the table above."""
    return [n for n, other in table.indexes.items() if shape(other) == shape(index)]


def shape(index: Index) -> tuple[object, ...]:
    """Return what an index is, whatever its name."""
    return (index.columns, index.method, index.condition, index.unique, index.include)


def needs(constraint: Constraint, key: Constraint) -> bool:
    """Tell whether a foreign key to a table needs this unique or primary key of it."""
    columns = constraint.reference.columns if constraint.reference else ()
    if not columns:
        return key.kind is ConstraintKind.PRIMARY_KEY
    return key.kind in WITH_INDEX and sorted(columns) == sorted(key.columns)

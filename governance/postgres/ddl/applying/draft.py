"""The structure while an action is applied to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from governance.postgres.ddl.actions import Constraint, ConstraintKind
from governance.postgres.ddl.table import Table


def schema_of(key: str) -> str:
    """Return the schema of a key with its dot; empty for ``public``."""
    schema, dot, _ = key.rpartition(".")
    return schema + dot


def bare(key: str) -> str:
    return key.rpartition(".")[2]


@dataclass(slots=True, kw_only=True)
class Draft:
    """Tables are values and are put back when they change."""

    tables: dict[str, Table] = field(default_factory=dict)
    domains: dict[str, bool] = field(default_factory=dict)
    triggers: dict[str, str] = field(default_factory=dict)
    time_zone: str = "UTC"

    def table(self, name: str) -> Table:
        """Return a table; one that nobody has heard of is known in part from now on."""
        return self.tables.get(name) or Table(name=name, complete=False)

    def put(self, table: Table) -> None:
        self.tables[table.name] = table

    def change(self, name: str, **fields: Any) -> None:
        self.put(replace(self.table(name), **fields))

    def family(self, name: str) -> list[str]:
        """Return a table and all below it: partitions and tables that inherit."""
        found, waiting = [], [name]
        while waiting:
            current = waiting.pop()
            if current not in found:
                found.append(current)
                table = self.table(current)
                waiting += [*reversed(table.children), *reversed(table.partitions)]
        return found

    def owner_of_index(self, key: str) -> Table | None:
        """Return the table of an index that is named by its key."""
        name, schema = bare(key), schema_of(key)
        for table in self.tables.values():
            if name in table.indexes and schema_of(table.name) == schema:
                return table
        return None

    def incoming(self, name: str) -> Iterator[tuple[Table, Constraint]]:
        """Yield the foreign keys of other tables that point to one."""
        for table in list(self.tables.values()):
            for constraint in table.constraints.values():
                if constraint.kind is ConstraintKind.FOREIGN_KEY:
                    reference = constraint.reference
                    if reference and reference.table == name and table.name != name:
                        yield table, constraint

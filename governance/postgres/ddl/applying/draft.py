"""The structure while an action is applied to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from governance.postgres.ddl.table import Table


@dataclass(slots=True, kw_only=True)
class Draft:
    """Tables are values and are put back when they change."""

    tables: dict[str, Table] = field(default_factory=dict)
    domains: dict[str, bool] = field(default_factory=dict)
    triggers: dict[str, str] = field(default_factory=dict)
    functions: dict[str, str] = field(default_factory=dict)
    time_zone: str = "UTC"

    def table(self, name: str) -> Table:
        """Return a table; one that nobody has heard of is known in part from now on."""
        return self.tables.get(name) or Table(name=name, complete=False)

    def put(self, table: Table) -> None:
        self.tables[table.name] = table

    def change(self, name: str, **fields: Any) -> None:
        self.put(replace(self.table(name), **fields))

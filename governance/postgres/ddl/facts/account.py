"""What an action costs, as it is added up."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field

from governance.postgres.ddl.effects import Effect, Effects
from governance.postgres.ddl.parts import Column, Constraint
from governance.postgres.ddl.relations import Tables, schema_of
from governance.postgres.ddl.schema import Schema
from governance.postgres.ddl.table import Table
from governance.postgres.locks import Lock


@dataclass(slots=True, kw_only=True)
class Account:
    """Only the strongest lock on a relation counts, and the first error."""

    schema: Schema
    in_transaction: bool = False
    empty: Container[str] = ()
    found: dict[str, Effect] = field(default_factory=dict)
    error: str = ""
    unknown: str = ""

    @property
    def tables(self) -> Tables:
        return self.schema.tables

    def lock(
        self,
        relation: str,
        lock: Lock = Lock.ACCESS_EXCLUSIVE,
        *,
        rewrite: bool = False,
        scan: bool = False,
    ) -> None:
        known = self.found.get(relation, Effect(relation=relation))
        has_rows = not self.table(relation).partitioned
        self.found[relation] = Effect(
            relation=relation,
            lock=max(lock, known.lock),
            rewrite=(rewrite and has_rows) or known.rewrite,
            scan=(scan and has_rows) or known.scan,
        )

    def lock_indexes(self, table: str, lock: Lock = Lock.ACCESS_EXCLUSIVE) -> None:
        for index in self.table(table).indexes:
            self.lock(schema_of(table) + index, lock)

    def rewrite(self, table: str, *, scan: bool = True) -> None:
        """Write a table and all its indexes anew; a partitioned one has nothing to write."""
        self.lock(table, rewrite=True, scan=scan)
        if not self.table(table).partitioned:
            self.lock_indexes(table)

    def fail(self, sqlstate: str) -> None:
        self.error = self.error or sqlstate

    def doubt(self, why: str) -> None:
        self.unknown = self.unknown or why

    def table(self, name: str) -> Table:
        return self.tables.get(name) or Table(name=name, complete=False)

    def column(self, table: str, name: str) -> Column | None:
        return self.table(table).columns.get(name)

    def constraint(self, table: str, name: str) -> Constraint | None:
        return self.table(table).constraints.get(name)

    def effects(self) -> Effects:
        return Effects(relations=tuple(self.found.values()), error=self.error, unknown=self.unknown)

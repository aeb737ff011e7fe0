"""The tables of a database as its catalogue has them: what rows obey, and what to compare."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from governance.postgres.catalog import ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column; ``base`` is the type its values have, below any domain."""

    name: str
    number: int
    type: str
    base: str
    labels: tuple[str, ...] = ()
    """Those of an enum."""
    not_null: bool = False
    default: str = ""
    identity: str = ""
    """ALWAYS or BY DEFAULT."""
    generated: bool = False
    collation: str = ""

    @property
    def counts_itself(self) -> bool:
        """Whether PostgreSQL gives it a new number for each row."""
        return bool(self.identity) or self.default.startswith("nextval(")


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey:
    name: str
    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """One table."""

    oid: int
    name: str
    is_partition: bool
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    uniques: tuple[tuple[str, ...], ...] = ()
    """Columns of each unique constraint, unique index or exclusion, the primary key included."""
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: Mapping[str, tuple[tuple[str, ...], str]]
    """By name: the columns it reads and its definition."""
    keys: Mapping[str, tuple[str, ...]]
    """Name of a constraint or unique index → its columns."""
    definitions: frozenset[str] = frozenset()
    """Everything about the table in words, without names that PostgreSQL or Django choose."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


def structures(driver: Any) -> dict[str, Structure]:
    """Return every table by its name: ``name``, or ``schema.name`` outside ``public``."""
    columns: dict[int, list[Column]] = defaultdict(list)
    tables: dict[int, tuple[str, bool]] = {}
    for oid, table, partition, *facts in ask(driver, query("columns")):
        tables[oid] = (table, partition)
        columns[oid].append(_column(facts))
    constraints, indexes = defaultdict(list), defaultdict(list)
    for row in ask(driver, query("constraints")):
        constraints[row[0]].append(row[1:])
    for row in ask(driver, query("indexes")):
        indexes[row[0]].append(row[1:])
    return {
        name: _structure(
            (oid, name, partition), columns[oid], constraints[oid], indexes[oid], tables
        )
        for oid, (name, partition) in tables.items()
    }


def _column(facts: Sequence[Any]) -> Column:
    name, number, kind, base, labels, not_null, default, identity, generated, collation = facts
    return Column(
        name=name,
        number=number,
        type=kind,
        base=base,
        labels=tuple(labels),
        not_null=not_null,
        default=default,
        identity=identity,
        generated=generated,
        collation=collation,
    )


def _structure(
    table: tuple[int, str, bool],
    columns: list[Column],
    constraints: list[tuple[Any, ...]],
    indexes: list[tuple[Any, ...]],
    tables: Mapping[int, tuple[str, bool]],
) -> Structure:
    oid, name, partition = table
    unique = {tuple(c[2]) for c in constraints if c[0] in "pux" and c[2]}
    unique |= {tuple(i[1]) for i in indexes if i[0] and i[1]}
    return Structure(
        oid=oid,
        name=name,
        is_partition=partition,
        columns=tuple(columns),
        primary_key=next((tuple(c[2]) for c in constraints if c[0] == "p"), ()),
        uniques=tuple(sorted(unique)),
        foreign_keys=tuple(_foreign_key(c, tables) for c in constraints if c[0] == "f"),
        checks={c[1]: (tuple(c[2]), c[5]) for c in constraints if c[0] == "c"},
        keys={
            **{i[4]: tuple(i[1]) for i in indexes},
            **{c[1]: tuple(c[2]) for c in constraints},
        },
        definitions=frozenset(_definitions(columns, constraints, indexes)),
    )


def _foreign_key(constraint: tuple[Any, ...], tables: Mapping[int, tuple[str, bool]]) -> ForeignKey:
    _, name, columns, target, targets, _ = constraint
    return ForeignKey(
        name=name,
        columns=tuple(columns),
        table=tables[target][0] if target in tables else "",
        targets=tuple(targets),
    )


def _definitions(
    columns: list[Column], constraints: list[tuple[Any, ...]], indexes: list[tuple[Any, ...]]
) -> list[str]:
    lines = []
    for column in columns:
        parts = [f"column {column.name} {column.type}"]
        parts += [f'COLLATE "{column.collation}"'] if column.collation else []
        parts += ["NOT NULL"] if column.not_null else []
        parts += [f"DEFAULT {column.default}"] if column.default and not column.generated else []
        parts += [f"GENERATED AS ({column.default})"] if column.generated else []
        parts += [f"GENERATED {column.identity} AS IDENTITY"] if column.identity else []
        lines.append(" ".join(parts))
    lines += [f"constraint {definition}" for *_, definition in constraints]
    lines += [f"index {_nameless(i[2])}{'' if i[3] else ' (invalid)'}" for i in indexes]
    return lines


def _nameless(definition: str) -> str:
    """CREATE INDEX … ON … USING btree (a) without the name, which may differ."""
    head, _, rest = definition.partition(" USING ")
    return f"{'UNIQUE ' if ' UNIQUE ' in head else ''}{rest}"


@cache
def query(name: str) -> str:
    """Return the text of a question to the catalogue."""
    place = files("governance.rehearsal") / "queries" / f"{name}.sql"
    return place.read_text(encoding="utf-8")

"""Which values would a row have? Proposals for one table, of every kind it may hold."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from governance.postgres.identifiers import quoted, quoted_parts
from governance.rehearsal.structure import Column, ForeignKey, Structure
from governance.rehearsal.values import edges, plain

Choices = Mapping[tuple[str, str], tuple[Any, ...]]
"""Table and column → the values that the project allows."""
Row = dict[str, Any]
"""Column → value; a column that is left out takes its default."""

_TEXT = re.compile(r"'((?:[^']|'')*)'::")
_NUMBER = re.compile(r"(?<![\w'.])-?\d+(?:\.\d+)?(?![\w'.])")
_MOST_REFERRED = 200
_WHOLE_NUMBERS = {"smallint", "integer", "bigint"}


class NothingToRefer(Exception):
    """A column has to refer to a row, and there is none left. The text names the other table."""


@dataclass(slots=True, kw_only=True)
class Proposals:
    """Proposes rows for one table; knows what there is to refer to when it is made."""

    structure: Structure
    referred: Mapping[str, list[tuple[Any, ...]]]
    """Name of a foreign key → rows that it may point to."""
    choices: Choices = field(default_factory=dict)
    only_plain: bool = False
    """Leave out NULL, duplicates and all edges."""

    def row(
        self, number: int, *, attempt: int = 0, blamed: Collection[str] = (), full: bool = False
    ) -> Row:
        """Return the proposal with a number: 0 is plain, 1 has every NULL, then all is mixed.

        After a refusal, another ``attempt`` changes the ``blamed`` columns, or all. ``full``
        names every column, whatever default it has.
        """
        row: Row = {}
        for place, column in enumerate(self.structure.columns):
            shift = attempt if not blamed or column.name in blamed else 0
            if column.generated or (column.counts_itself and not full):
                continue
            if column.default and number % 5 == 4 and not full and not shift:
                continue
            row[column.name] = self._value(column, number, place, shift)
        for key in self.structure.foreign_keys:
            shift = attempt if not blamed or set(key.columns) & set(blamed) else 0
            row.update(self._reference(key, number, shift))
        return row

    def _value(self, column: Column, number: int, place: int, shift: int) -> Any:
        if any(column.name in unique for unique in self.structure.uniques):
            return _plain(column, number + 997 * shift)
        pool = self._pool(column)
        if number == 0 or self.only_plain:
            return pool[shift % len(pool)] if shift else self._first(column, number, pool)
        if number == 1 and not column.not_null and not shift:
            return None
        return pool[(number + place + shift * (1 + place % 3)) % len(pool)]

    def _first(self, column: Column, number: int, pool: list[Any]) -> Any:
        """What is least likely to be refused."""
        limited = self._limited(column)
        if limited:
            return limited[number % len(limited)]
        value = _plain(column, number)
        return pool[0] if value is None else value

    def _limited(self, column: Column) -> list[Any]:
        chosen = self.choices.get((self.structure.name, column.name), ())
        return list(chosen or column.labels or self._from_checks(column))

    def _pool(self, column: Column) -> list[Any]:
        chosen = list(self.choices.get((self.structure.name, column.name), ()) or column.labels)
        pool = chosen or [*self._from_checks(column), *(_plain(column, n) for n in range(3))]
        if not self.only_plain:
            pool += [] if chosen else edges(column.base)
            pool += [None] if not column.not_null else []
        pool = pool if not column.not_null else [value for value in pool if value is not None]
        return pool or [None]

    def _from_checks(self, column: Column) -> list[Any]:
        """Values that stand in the conditions of a column, and those beside numbers."""
        found: list[Any] = []
        for columns, definition in self.structure.checks.values():
            if column.name not in columns:
                continue
            numbers = [Decimal(text) for text in _NUMBER.findall(definition)]
            if column.base in _WHOLE_NUMBERS:
                found += [int(number) + step for number in numbers for step in (1, 0, -1)]
            elif column.base.startswith(("numeric", "double", "real")):
                found += [number + step for number in numbers for step in (1, 0, -1)]
            else:
                found += [text.replace("''", "'") for text in _TEXT.findall(definition)]
        return list(dict.fromkeys(found))

    def _reference(self, key: ForeignKey, number: int, shift: int) -> Row:
        columns = [self.structure.column(name) for name in key.columns]
        optional = all(column is not None and not column.not_null for column in columns)
        rows = self.referred.get(key.name, [])
        nothing = dict.fromkeys(key.columns)
        if optional and (not rows or (number % 4 == 1 and not self.only_plain)):
            return nothing
        if self._is_unique(key):
            place = number % 1_000 + shift
            if place >= len(rows):
                if optional:
                    return nothing
                raise NothingToRefer(key.table)
        elif not rows:
            raise NothingToRefer(key.table)
        else:
            place = (number + shift * (1 + len(rows) // 3)) % len(rows)
        return dict(zip(key.columns, rows[place], strict=True))

    def _is_unique(self, key: ForeignKey) -> bool:
        return any(set(unique) <= set(key.columns) for unique in self.structure.uniques)


def proposals(
    cursor: Any, structure: Structure, *, choices: Choices, only_plain: bool = False
) -> Proposals:
    """Look at what the foreign keys of a table may point to, and propose rows from then on."""
    referred = {key.name: _referred(cursor, structure, key) for key in structure.foreign_keys}
    return Proposals(structure=structure, referred=referred, choices=choices, only_plain=only_plain)


def _referred(cursor: Any, structure: Structure, key: ForeignKey) -> list[tuple[Any, ...]]:
    """Rows to point to; where only one may point to each, those that nobody points to."""
    if not key.table:
        return []
    mine, theirs = ((", ".join(map(quoted_parts, names))) for names in (key.columns, key.targets))
    text = f"SELECT {theirs} FROM {quoted(key.table)}"
    if any(set(unique) <= set(key.columns) for unique in structure.uniques):
        some = " AND ".join(f"{quoted_parts(name)} IS NOT NULL" for name in key.columns)
        table = quoted(structure.name)
        text += f" WHERE ({theirs}) NOT IN (SELECT {mine} FROM {table} WHERE {some})"
    return list(cursor.execute(f"{text} ORDER BY {theirs} LIMIT {_MOST_REFERRED}").fetchall())


def _plain(column: Column, number: int) -> Any:
    if column.labels:
        return column.labels[number % len(column.labels)]
    return plain(column.base, number)

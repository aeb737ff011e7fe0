"""What is different after going forwards and back: rows, values, structure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from governance.postgres.catalog import ask
from governance.postgres.identifiers import quoted, quoted_parts
from governance.rehearsal.structure import Structure

Values = tuple[str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The rows of one table at one moment, as text."""

    structure: Structure
    rows: Mapping[Values, Values]
    """Primary key → values in the order of the columns; without a key each row is its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Values of a table that are gone."""

    table: str
    column: str
    """Empty for whole rows."""
    number: int
    of: int
    example: str = ""
    became: str = ""


_NOT_VALID = " NOT VALID"


def keep(driver: Any, known: Mapping[str, Structure], tables: Collection[str]) -> dict[str, Kept]:
    """Read all rows of tables."""
    return {name: _kept(driver, known[name]) for name in sorted(tables) if name in known}


def lost(before: Mapping[str, Kept], after: Mapping[str, Kept]) -> Iterator[Loss]:
    """Yield what tables of the same name no longer hold; a NULL that got a value is no loss."""
    for name, kept in before.items():
        if not kept.rows:
            continue
        now = after.get(name)
        if now is None:
            yield Loss(table=name, column="", number=len(kept.rows), of=len(kept.rows))
        else:
            yield from _lost(name, kept, now)


def dropped(before: Mapping[str, Kept], known: Mapping[str, Structure]) -> Iterator[Loss]:
    """Yield tables and columns with values that are no longer there under any name."""
    by_oid = {structure.oid: structure for structure in known.values()}
    for name, kept in before.items():
        now = by_oid.get(kept.structure.oid)
        if now is None:
            if kept.rows:
                yield Loss(table=name, column="", number=len(kept.rows), of=len(kept.rows))
            continue
        numbers = {column.number for column in now.columns}
        for place, column in enumerate(kept.structure.columns):
            values = [row[place] for row in kept.rows.values() if row[place] is not None]
            if column.number not in numbers and values:
                yield Loss(table=name, column=column.name, number=len(values), of=len(kept.rows))


def differences(
    before: Mapping[str, Structure], after: Mapping[str, Structure]
) -> Iterator[tuple[str, str]]:
    """Yield a table and what it has too much or too little: «lacks index btree (a)».

    A constraint that was validated may stay so: it demands the same of whoever writes.
    """
    for name in sorted(before.keys() - after.keys()):
        yield name, "is missing"
    for name in sorted(after.keys() - before.keys()):
        yield name, "is left over"
    for name in sorted(before.keys() & after.keys()):
        was, now = before[name].definitions, after[name].definitions
        validated = {line for line in was - now if line.endswith(_NOT_VALID)}
        validated = {line for line in validated if line.removesuffix(_NOT_VALID) in now}
        for line in sorted(was - now - validated):
            yield name, f"lacks {line}"
        for line in sorted(now - was - {line.removesuffix(_NOT_VALID) for line in validated}):
            yield name, f"has {line}"


def _kept(driver: Any, structure: Structure) -> Kept:
    names = structure.names
    columns = ", ".join(f"{quoted_parts(name)}::text" for name in names) or "NULL"
    rows = ask(driver, f"SELECT {columns} FROM {quoted(structure.name)}")
    places = [names.index(name) for name in structure.primary_key]
    if not places:
        counted = Counter(rows)
        return Kept(
            structure=structure,
            rows={(*row, str(n)): row for row, most in counted.items() for n in range(most)},
        )
    return Kept(structure=structure, rows={tuple(row[p] for p in places): row for row in rows})


def _lost(name: str, kept: Kept, now: Kept) -> Iterator[Loss]:
    missing = [key for key in kept.rows if key not in now.rows]
    if missing and kept.structure.primary_key != now.structure.primary_key:
        return
    if missing:
        example = ", ".join(str(part) for part in missing[0])
        yield Loss(table=name, column="", number=len(missing), of=len(kept.rows), example=example)
    places = {column: place for place, column in enumerate(now.structure.names)}
    for place, column in enumerate(kept.structure.names):
        if column not in places:
            continue
        pairs = [
            (row[place], now.rows[key][places[column]])
            for key, row in kept.rows.items()
            if key in now.rows
        ]
        changed = [(old, new) for old, new in pairs if old is not None and old != new]
        if changed:
            old, new = changed[0]
            yield Loss(
                table=name,
                column=column,
                number=len(changed),
                of=len(kept.rows),
                example=_shown(old),
                became=_shown(new),
            )


def _shown(value: str | None) -> str:
    if value is None:
        return "NULL"
    return f"'{value}'" if len(value) <= 24 else f"'{value[:20]}…'"

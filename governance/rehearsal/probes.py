"""Speak to a database as a release does, and see what it answers; nothing stays.

The statements are those of Django's ORM: every column by its name, values with the types of the
models. They are sent past Django, so that no signal is fired and no guard asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import psycopg

from governance.postgres.identifiers import quoted, quoted_parts
from governance.rehearsal.proposing import Choices, NothingToRefer, proposals
from governance.rehearsal.releases import Known, KnownTable, Release
from governance.rehearsal.rows import first_line
from governance.rehearsal.structure import Column, Structure
from governance.rehearsal.values import plain

FIRST = 5_000
"""Numbers of proposals for probes, so that their values are not among the rows."""
KINDS = 16
_NOT_COMPARABLE = ("json", "xml", "point", "hstore", "bytea")


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One statement of a release."""

    verb: str
    """select, insert, update or delete."""
    table: str
    sql: str
    values: tuple[Any, ...] = ()
    plain: bool = False
    """Whether it writes an ordinary row, or whatever row there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What PostgreSQL answered to a probe that it did not accept."""

    probe: Probe
    sqlstate: str
    message: str
    column: str = ""
    statement: str = ""
    """The SQL with its values."""


def probes(
    driver: Any,
    release: Release,
    known: Mapping[str, Structure],
    tables: Collection[str],
    *,
    choices: Choices,
) -> list[Probe]:
    """Return what a release would send about tables, with rows of every kind."""
    cursor = psycopg.ClientCursor(driver)
    found: list[Probe] = []
    for name in sorted(tables):
        table = release.get(name)
        if table is not None and table.columns:
            found += _reads(table)
            found += _writes(cursor, table, known.get(name), choices)
    return found


def refusals(driver: Any, asked: Sequence[Probe]) -> list[Refusal]:
    """Send probes, each in a transaction that is rolled back, and return what was refused.

    Each goes with its transaction in one message; a refusal leaves that open.
    """
    found = []
    cursor = psycopg.ClientCursor(driver)
    for probe in asked:
        statement = ""
        try:
            statement = cursor.mogrify(probe.sql, probe.values or None)
            cursor.execute(f"BEGIN; SET CONSTRAINTS ALL IMMEDIATE; {statement}; ROLLBACK")
        except psycopg.Error as error:
            if not statement:  # a value of the project's that only Django can write
                continue
            driver.rollback()
            found.append(
                Refusal(
                    probe=probe,
                    sqlstate=error.sqlstate or "",
                    message=first_line(error),
                    column=error.diag.column_name or "",
                    statement=statement,
                )
            )
    return found


def _reads(table: KnownTable) -> Iterator[Probe]:
    """Everything, and then only rows with certain values."""
    columns = ", ".join(map(quoted_parts, table.names))
    text = f"SELECT {columns} FROM {quoted(table.table)}"
    yield Probe(verb="select", table=table.table, sql=f"{text} LIMIT 100")
    for column in table.columns:
        value = plain(column.type, 1)
        if value is None or column.type.startswith(_NOT_COMPARABLE) or "[" in column.type:
            continue
        condition = f"{quoted_parts(column.name)} = %s"
        sql = f"{text} WHERE {condition} LIMIT 1"
        yield Probe(verb="select", table=table.table, sql=sql, values=(value,))


def _writes(
    cursor: Any, table: KnownTable, structure: Structure | None, choices: Choices
) -> Iterator[Probe]:
    if structure is None:
        structure = Structure(
            oid=0, name=table.table, is_partition=False, columns=(), checks={}, keys={}
        )
    seen = _as_release_sees(structure, table)
    made = proposals(cursor, seen, choices=choices)
    sent = [column for column in table.columns if column.sent]
    try:
        ordinary = replace(made, only_plain=True).row(FIRST, full=True)
        rows = [made.row(number, full=True) for number in (1, *range(FIRST, FIRST + KINDS))]
    except NothingToRefer:
        return
    fresh = {name for names in seen.uniques for name in names} & ordinary.keys()
    yield _insert(table, sent, ordinary, plain=True)
    yield from _update(table, seen, sent, ordinary, plain=True)
    for row in rows:
        yield _insert(table, sent, row | {name: ordinary[name] for name in fresh})
    for row in rows[:4]:
        yield from _update(table, seen, sent, row)
    yield from _copy(table, sent, ordinary, fresh)
    if table.key:
        key = quoted_parts(table.key)
        name = quoted(table.table)
        sql = f"DELETE FROM {name} WHERE {key} IN (SELECT {key} FROM {name} WHERE false)"
        yield Probe(verb="delete", table=table.table, sql=sql, plain=True)


def _as_release_sees(structure: Structure, table: KnownTable) -> Structure:
    """The columns that the release knows, with the types that it sends."""
    by_name = {column.name: column for column in structure.columns}
    columns = tuple(_seen(known, by_name.get(known.name)) for known in table.columns)
    return Structure(
        oid=structure.oid,
        name=structure.name,
        is_partition=structure.is_partition,
        columns=columns,
        primary_key=structure.primary_key,
        uniques=structure.uniques,
        foreign_keys=tuple(
            key for key in structure.foreign_keys if set(key.columns) <= set(table.names)
        ),
        checks=structure.checks,
        keys=structure.keys,
    )


def _seen(known: Known, column: Column | None) -> Column:
    base = known.type.lower()
    if column is not None and (column.labels or plain(base, 0) is None):
        base = column.base
    return Column(
        name=known.name,
        number=column.number if column else 0,
        type=known.type,
        base=base,
        labels=column.labels if column else (),
        not_null=column.not_null if column else False,
        generated=not known.sent and not known.primary_key,
        identity="BY DEFAULT" if not known.sent and known.primary_key else "",
    )


def _insert(
    table: KnownTable, sent: Sequence[Known], row: Mapping[str, Any], *, plain: bool = False
) -> Probe:
    columns = ", ".join(quoted_parts(column.name) for column in sent)
    marks = ", ".join("DEFAULT" if column.by_database else "%s" for column in sent)
    values = tuple(row.get(column.name) for column in sent if not column.by_database)
    name = quoted(table.table)
    sql = f"INSERT INTO {name} ({columns}) VALUES ({marks})"
    return Probe(
        verb="insert",
        table=table.table,
        sql=sql if sent else f"INSERT INTO {name} DEFAULT VALUES",
        values=values,
        plain=plain,
    )


def _update(
    table: KnownTable,
    seen: Structure,
    sent: Sequence[Known],
    row: Mapping[str, Any],
    *,
    plain: bool = False,
) -> Iterator[Probe]:
    """Save a row that is there: every column but the key, and those that must not repeat."""
    unique = {name for names in seen.uniques for name in names}
    changed = [c for c in sent if not c.primary_key and c.name not in unique]
    if not changed or not table.key:
        return
    pairs = ", ".join(f"{quoted_parts(column.name)} = %s" for column in changed)
    name = quoted(table.table)
    sql = f"UPDATE {name} SET {pairs} WHERE ctid = (SELECT min(ctid) FROM {name})"
    values = tuple(row.get(column.name) for column in changed)
    yield Probe(verb="update", table=table.table, sql=sql, values=values, plain=plain)


def _copy(
    table: KnownTable, sent: Sequence[Known], row: Mapping[str, Any], fresh: Collection[str]
) -> Iterator[Probe]:
    """One more row like one that is there, where nothing forbids to have two."""
    values = tuple(row[column.name] for column in sent if column.name in fresh)
    if len(values) == len(sent):
        return
    name = quoted(table.table)
    columns = ", ".join(quoted_parts(column.name) for column in sent)
    taken = ", ".join("%s" if c.name in fresh else quoted_parts(c.name) for c in sent)
    sql = f"INSERT INTO {name} ({columns}) SELECT {taken} FROM {name} ORDER BY ctid LIMIT 1"
    yield Probe(verb="insert", table=table.table, sql=sql, values=values)

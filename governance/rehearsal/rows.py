"""Fill tables with rows of every kind, each as far as the table accepts it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from governance.postgres.identifiers import quoted, quoted_parts
from governance.rehearsal.proposing import Choices, NothingToRefer, Proposals, Row, proposals
from governance.rehearsal.structure import Structure

INERROR = TransactionStatus.INERROR
_ATTEMPTS = 24
_MESSAGES = 3
_HOPELESS = 3
"""Rows in a row that no attempt could write; then the table is given up."""


class Variety(Enum):
    """How much the rows may bother a migration."""

    ALL = "rows of every kind"
    PLAIN = "plain rows"
    NONE = "no rows"


@dataclass(slots=True, kw_only=True)
class Filled:
    """How many rows each table has, and why some have none."""

    rows: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)


def fill(
    driver: Any,
    known: Mapping[str, Structure],
    tables: Collection[str],
    *,
    number: int,
    choices: Choices,
    variety: Variety,
) -> Filled:
    """Write rows into tables and into those that they refer to; each table in its own order."""
    filled = Filled()
    cursor = psycopg.ClientCursor(driver)
    with driver.transaction():
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in in_order(known, closure(known, tables)):
            if variety is not Variety.NONE:
                only_plain = variety is Variety.PLAIN
                made = proposals(cursor, known[name], choices=choices, only_plain=only_plain)
                reason = _fill(driver, cursor, made, number)
                if reason:
                    filled.reasons[name] = reason
            count = cursor.execute(f"SELECT count(*) FROM {quoted(name)}").fetchone()
            filled.rows[name] = int(count[0]) if count else 0
    for name, rows in filled.rows.items():
        if rows:
            filled.reasons.pop(name, None)
    return filled


def closure(known: Mapping[str, Structure], tables: Iterable[str]) -> set[str]:
    """Return tables with all those that they refer to; partitions are filled through their root."""
    found: set[str] = set()
    waiting = [name for name in tables if name in known]
    while waiting:
        name = waiting.pop()
        if name not in found and not known[name].is_partition:
            found.add(name)
            waiting += [key.table for key in known[name].foreign_keys if key.table in known]
    return found


def in_order(known: Mapping[str, Structure], tables: Collection[str]) -> list[str]:
    """Return tables so that each comes after those that it refers to, where that is possible."""
    done: dict[str, None] = {}

    def visit(name: str, path: frozenset[str]) -> None:
        if name in done or name in path:
            return
        for key in known[name].foreign_keys:
            if key.table in tables:
                visit(key.table, path | {name})
        done[name] = None

    for name in sorted(tables):
        visit(name, frozenset())
    return list(done)


def _text(cursor: Any, table: str, row: Row) -> str:
    """The statement that writes one row, with its values in it."""
    if not row:
        return f"INSERT INTO {quoted(table)} DEFAULT VALUES"
    columns = ", ".join(map(quoted_parts, row))
    values = ", ".join(["%s"] * len(row))
    text = f"INSERT INTO {quoted(table)} ({columns}) VALUES ({values})"
    return str(cursor.mogrify(text, list(row.values())))


def _fill(driver: Any, cursor: Any, made: Proposals, number: int) -> str:
    """Write rows of one table; return why a row could not be written."""
    reason, failed = "", 0
    unique = [made.referred[k.name] for k in made.structure.foreign_keys if made._is_unique(k)]
    most = min([number, *(max(1, len(rows) // 2) for rows in unique)])
    if _filled_at_once(driver, cursor, made, most):
        return ""
    for place in range(most):
        refusal = write_somehow(cursor, made, place)
        failed = failed + 1 if refusal else 0
        reason = refusal or reason
        if failed == _HOPELESS:
            break
    return reason


def _filled_at_once(driver: Any, cursor: Any, made: Proposals, most: int) -> bool:
    """Send all rows in one message; tell whether they were accepted.

    Rows that are there already take the same values, so what has to be unique is tried again.
    """
    blamed = frozenset[str]()
    for attempt in range(_MESSAGES):
        try:
            rows = [made.row(place, attempt=attempt, blamed=blamed) for place in range(most)]
            with driver.transaction():
                cursor.execute(";".join(_text(cursor, made.structure.name, row) for row in rows))
        except psycopg.errors.UniqueViolation as error:
            blamed = _blamed(error, made.structure)
        except (NothingToRefer, psycopg.Error):
            return False
        else:
            return True
    return False


def write_somehow(cursor: Any, made: Proposals, number: int) -> str:
    """Try proposals until one is accepted; return the last refusal, empty for a success.

    Each goes with its savepoint in one message; a refusal leaves that open.
    """
    reason, blamed = "", frozenset[str]()
    for attempt in range(_ATTEMPTS):
        try:
            row = made.row(number, attempt=attempt, blamed=blamed)
            text = _text(cursor, made.structure.name, row)
            cursor.execute(f"SAVEPOINT one; {text}; RELEASE one")
        except NothingToRefer as missing:
            own = str(missing) == made.structure.name
            return (
                "each row has to refer to another" if own else f"{missing} has no row to refer to"
            )
        except psycopg.Error as error:
            if cursor.connection.info.transaction_status == INERROR:
                cursor.execute("ROLLBACK TO one; RELEASE one")
            reason = first_line(error)
            blamed = _blamed(error, made.structure)
        else:
            return ""
    return reason


def first_line(error: BaseException) -> str:
    """Return what PostgreSQL says, without context and position."""
    return str(error).strip().split("\n", 1)[0]


def _blamed(error: psycopg.Error, structure: Structure) -> frozenset[str]:
    """Columns that the refusal is about; empty when it does not tell."""
    name = error.diag.constraint_name or ""
    if name in structure.checks:
        return frozenset(structure.checks[name][0])
    columns = structure.keys.get(name, ())
    return frozenset(columns or filter(None, [error.diag.column_name]))

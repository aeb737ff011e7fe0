"""What came out of a rehearsal: values that can be written as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from governance.postgres.locks import Lock
from governance.postgres.tracing import Trace


class Kind(StrEnum):
    """What can come out, by the words of reports."""

    FAILS = "FAILS"
    FAILS_ON_ROWS = "FAILS ON ROWS"
    IRREVERSIBLE = "IRREVERSIBLE"
    REVERSE_FAILS = "REVERSE FAILS"
    REVERSE_DIFFERS = "REVERSE DIFFERS"
    LOSES_DATA = "LOSES DATA"
    BREAKS_OLD_READ = "BREAKS OLD READ"
    BREAKS_OLD_WRITE = "BREAKS OLD WRITE"
    BREAKS_NEW = "BREAKS NEW"
    REWRITES = "REWRITES"
    SCANS_UNDER_LOCK = "SCANS UNDER LOCK"
    WITHOUT_ROWS = "WITHOUT ROWS"
    NOT_REHEARSED = "NOT REHEARSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One thing that came out, with its evidence."""

    kind: Kind
    slug: str
    """The rule that tells it."""
    message: str
    hint: str
    table: str = ""
    statement: str = ""
    """The SQL that shows it."""
    sqlstate: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement of the migration, and what it did."""

    direction: str
    """forwards or backwards."""
    trace: Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """One migration, rehearsed."""

    app_label: str
    name: str
    postgres: str
    """Version of the server, such as 18.6."""
    verdicts: tuple[Verdict, ...] = ()
    statements: tuple[Statement, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    """Tables and the rows that were in them when the migration went forwards."""
    stages: Mapping[str, bool] = field(default_factory=dict)
    """What was done, in its order, and whether it went well."""
    tables: frozenset[str] = frozenset()
    """The tables that were there before."""
    seconds: float = 0.0
    database: str = ""
    """URL of the database, where it was kept."""

    @property
    def migration(self) -> str:
        return f"{self.app_label}.{self.name}"

    @property
    def locks(self) -> dict[str, Lock]:
        """The strongest lock on each table that was there before, going forwards."""
        found: dict[str, Lock] = {}
        for statement in self.statements:
            if statement.direction == "forwards":
                for table, lock in statement.trace.locks.items():
                    if table in self.tables:
                        found[table] = max(lock, found.get(table, Lock.NONE))
        return dict(sorted(found.items()))

    def as_data(self) -> dict[str, Any]:
        """Return everything as plain data for JSON."""
        return {
            "migration": self.migration,
            "postgres": self.postgres,
            "seconds": round(self.seconds, 3),
            "stages": dict(self.stages),
            "rows": dict(self.rows),
            "locks": {table: str(lock) for table, lock in self.locks.items()},
            "verdicts": [_verdict(verdict) for verdict in self.verdicts],
            "statements": [_statement(statement) for statement in self.statements],
            "database": self.database,
        }


def _verdict(verdict: Verdict) -> dict[str, str]:
    return {
        "verdict": verdict.kind.value,
        "slug": verdict.slug,
        "message": verdict.message,
        "table": verdict.table,
        "statement": verdict.statement,
        "sqlstate": verdict.sqlstate,
    }


def _statement(statement: Statement) -> dict[str, Any]:
    trace = statement.trace
    return {
        "direction": statement.direction,
        "sql": trace.sql,
        "locks": {name: str(lock) for name, lock in trace.locks.items()},
        "rewritten": list(trace.rewritten),
        "scanned": list(trace.scanned),
        "in_transaction": trace.in_transaction,
        "seconds": round(trace.seconds, 6),
        "error": trace.error,
    }

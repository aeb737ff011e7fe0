"""SQL text → which tables it writes.

The shapes that Django's ORM emits are recognised by their anchored beginning in about a
microsecond, whatever their length. Everything else is read by PostgreSQL's own grammar.
"""

import re
from dataclasses import dataclass

from governance.postgres.identifiers import key_of


@dataclass(frozen=True, slots=True)
class TableWrite:
    """One table that a statement writes or alters."""

    table: str
    """As written, unquoted: ``name`` or ``schema.name``."""
    operation: str
    """insert, update, delete, merge, copy, truncate (rows); create, alter, drop (schema)."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a text does to tables."""

    writes: tuple[TableWrite, ...] = ()
    temporary: frozenset[str] = frozenset()
    """Temporary tables it creates; they belong to whoever creates them."""
    unreadable: str = ""
    """Why some of it can't be read, as the predicate of a sentence; empty when all was read."""


READ = Statement()
"""A text that writes nothing."""

_NAME = r'((?:"[^"]+"\.)?"[^"]+")'
_ORM_WRITE = re.compile(
    rf"(?:(INSERT) INTO {_NAME} (?:\([^();]*\) (?:VALUES|SELECT) |DEFAULT VALUES)"
    rf"|(UPDATE) {_NAME} SET |(DELETE) FROM {_NAME}(?: WHERE |$)"
    rf"|(CREATE|ALTER|DROP) TABLE {_NAME}(?: |$))"
)
_ORM_READ = ("SELECT ", "(SELECT ")
_TRANSACTION = ("SAVEPOINT ", "RELEASE SAVEPOINT ", "ROLLBACK TO SAVEPOINT ")
_LEADING = re.compile(r"(?:\s+|/\*(?:[^*/]|\*(?!/)|/(?!\*))*\*/|--[^\n]*\n)+")


def classify(sql: str) -> Statement:
    """Tell which tables a text writes; placeholders may be ``%s``, ``%(name)s`` or ``$1``."""
    known = scan(sql)
    if known is not None:
        return known
    from governance.postgres.grammar import read

    return read(sql)


def scan(sql: str) -> Statement | None:
    """Classify the shapes that the ORM emits; None for any text that needs the grammar.

    Only the beginning is looked at, which is enough as long as no second statement follows:
    PostgreSQL accepts writing subqueries nowhere but in a leading WITH.
    """
    if ";" in sql:
        return None
    if sql[:1] in "/- \n\t\r":
        sql = _LEADING.sub("", sql, count=1) if _LEADING.match(sql) else sql
    if sql.startswith(_ORM_READ):
        return None if "into" in sql.lower() else READ
    found = _ORM_WRITE.match(sql)
    if found is not None:
        return Statement(writes=(_write(found),))
    return READ if sql.startswith(_TRANSACTION) else None


def _write(found: re.Match[str]) -> TableWrite:
    operation, name = (group for group in found.groups() if group)
    return TableWrite(table=key_of(name), operation=operation.lower())

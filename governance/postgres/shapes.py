"""The shapes of SQL that Django's ORM emits.

They are recognised by their anchored beginning in about a microsecond, whatever their length.
"""

import re

from governance.postgres.identifiers import key_of
from governance.postgres.statements import READ, Statement, TableWrite

_NAME = r'((?:"[^"]+"\.)?"[^"]+")'
_ORM_WRITE = re.compile(
    rf"(?:(INSERT) INTO {_NAME} (?:\([^();]*\) (?:VALUES|SELECT) |DEFAULT VALUES)"
    rf"|(UPDATE) {_NAME} SET |(DELETE) FROM {_NAME}(?: WHERE |$))"
)
_ORM_SCHEMA = re.compile(rf"(CREATE|ALTER|DROP) TABLE {_NAME}(?: |$)")
_ORM_READ = ("SELECT ", "(SELECT ")
_TRANSACTION = ("SAVEPOINT ", "RELEASE SAVEPOINT ", "ROLLBACK TO SAVEPOINT ")
_LEADING = re.compile(r"(?:\s+|/\*(?:[^*/]|\*(?!/)|/(?!\*))*\*/|--[^\n]*\n)+")


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


def scan_schema(sql: str) -> Statement | None:
    """Classify schema changes as Django writes them, for syntax newer than the grammar."""
    found = None if ";" in sql else _ORM_SCHEMA.match(sql)
    return Statement(writes=(_write(found),)) if found else None

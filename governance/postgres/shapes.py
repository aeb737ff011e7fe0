"""The shapes of SQL that Django's ORM emits.

They are recognised by their anchored beginning in about a microsecond, whatever their length.
"""

import re

from governance.postgres.calls import called
from governance.postgres.identifiers import key_of
from governance.postgres.statements import READ, Statement, TableWrite

_NAME = r'((?:"[^"]+"\.)?"[^"]+")'
_ORM_WRITE = re.compile(
    rf"(?:(INSERT) INTO {_NAME} (?:\([^();]*\) (?:VALUES|SELECT) |DEFAULT VALUES)"
    rf"|(UPDATE) {_NAME} SET |(DELETE) FROM {_NAME}(?: WHERE |$))"
)
_ORM_READ = ("SELECT ", "(SELECT ")
_TRANSACTION = ("SAVEPOINT ", "RELEASE SAVEPOINT ", "ROLLBACK TO SAVEPOINT ")
_LEADING = re.compile(r"(?:[ \t\n\r\f\v]++|/\*(?:[^*/]|\*(?!/)|/(?!\*))*+\*/|--[^\n\r]*+[\n\r])*+")
_WRITE_IN_WITH = re.compile(r"\b(?:insert|update|delete|merge)\b", re.ASCII)


def scan(sql: str) -> Statement | None:
    """Classify the shapes that the ORM emits; None for any text that needs the grammar.

    Only the beginning is looked at, which is enough as long as no second statement follows:
    PostgreSQL accepts writing subqueries nowhere but in a leading WITH. A read is also looked
    through for the functions that it calls.
    """
    if ";" in sql:
        return None
    if sql[:1] in "/- \n\t\r\f\v":
        leading = _LEADING.match(sql)
        sql = sql[leading.end() :] if leading else sql
    if sql.startswith(_ORM_READ):
        return _read(sql)
    found = _ORM_WRITE.match(sql)
    if found is not None:
        if found[0].endswith("SELECT ") and "into" in sql[found.end() :].lower():
            return None
        return Statement(writes=(_write(found),))
    return READ if sql.startswith(_TRANSACTION) else None


def _read(sql: str) -> Statement | None:
    lower = sql.lower()
    if "into" in lower or 'u&"' in lower or ("with" in lower and _WRITE_IN_WITH.search(lower)):
        return None
    text = _without_comment(sql)
    if text is None:
        return None
    calls = called(text)
    return Statement(calls=calls) if calls else READ


def _without_comment(sql: str) -> str | None:
    """Cut a comment at the very end, as tracing adds it; None when there are others."""
    if sql.endswith("*/"):
        text, _, comment = sql.rpartition("/*")
        sql = text if "*/" not in comment[:-2] and "--" not in comment else sql
    return None if "/*" in sql or "--" in sql else sql


def _write(found: re.Match[str]) -> TableWrite:
    operation, name = (group for group in found.groups() if group)
    return TableWrite(table=key_of(name), operation=operation.lower())

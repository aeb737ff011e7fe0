"""SQL in the code: which calls send it, and which tables it writes."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from governance.postgres.classification import classify
from governance.postgres.statements import Statement, TableWrite
from governance.scan.engine import Engine
from governance.scan.values import HOLE, Many, Parts, Plain, Rows, Text, Values, joined

SENDING = frozenset(
    ["execute", "executemany", "copy", "copy_expert", "stream", "raw", "mogrify_and_execute"]
)
_SENDERS = {"cursor", "connection", "connections"}
_NAMED = re.compile(r"(?:^|_)(?:cur|curs|cursor|conn|connection|schema_editor|c)\d?$")
_SQL = re.compile(
    r"\s*(?:/\*.*?\*/\s*|--[^\n]*\n\s*|\(\s*)*(SELECT|INSERT|UPDATE|DELETE|WITH|TRUNCATE|COPY|MERGE|"
    r"ALTER|CREATE|DROP|LOCK|SET|DO|CALL|EXPLAIN|REFRESH|VACUUM|ANALYZE|GRANT|REVOKE|COMMENT|BEGIN|"
    r"COMMIT|ROLLBACK|SAVEPOINT|LISTEN|NOTIFY|SHOW|PREPARE|EXECUTE|VALUES|TABLE|REINDEX)\b",
    re.IGNORECASE | re.DOTALL,
)
_WRITING = re.compile(
    r"\b(?:INSERT\s+INTO|UPDATE\s+(?:ONLY\s+)?[\w\"]|DELETE\s+FROM|TRUNCATE|MERGE\s+INTO|COPY\s+\S+.*\bFROM\b)",
    re.IGNORECASE | re.DOTALL,
)
_READING = frozenset(
    [
        "SELECT",
        "EXPLAIN",
        "SHOW",
        "VALUES",
        "TABLE",
        "SET",
        "LISTEN",
        "NOTIFY",
        "LOCK",
        "BEGIN",
        "COMMIT",
    ]
)
_STAND_INS = (HOLE, "1", "(1)", "", "id = 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What is known of the SQL that a call sends."""

    writes: tuple[TableWrite, ...] = ()
    temporary: frozenset[str] = frozenset()
    """Temporary tables that it makes."""
    unreadable: str = ""
    """Why the text, which is known, can't be read."""
    text: str = ""
    composed: bool = False
    """Whether it looks like a write of a table that is only known once it runs."""
    unknown: bool = False
    """Whether nothing is known of the text."""


def sends(engine: Engine, node: ast.Call, receiver: Values) -> bool:
    """Tell whether a call of ``execute`` and the like sends SQL."""
    assert isinstance(node.func, ast.Attribute)
    if node.func.attr == "raw":
        return any(isinstance(v, Rows) for v in receiver)
    if any(isinstance(v, Plain) and v.what in _SENDERS for v in receiver):
        return True
    if receiver and not all(isinstance(v, Plain) for v in receiver):
        return False
    if _NAMED.search(_last(node.func.value)):
        return True
    given = engine.value(node.args[0]) if node.args else ()
    return any(isinstance(v, Text) and _is_sql(v.text) for v in given)


def _is_sql(text: str) -> bool:
    """Other things have a method ``execute`` as well: their texts only begin like SQL."""
    return _SQL.match(text) is not None and not _judge(text).unreadable


def sent(values: Values) -> list[Sent]:
    """Judge each text that may be sent."""
    texts = [v.text for v in values if isinstance(v, Text)]
    if not texts:
        return [Sent(unknown=True)]
    return list(dict.fromkeys(_judge(text) for text in texts))


def texts_of_migration(engine: Engine, node: ast.expr) -> Values:
    """Return the statements of a RunSQL: a text, or a list of texts and (text, parameters)."""
    found: list[Values] = []
    for value in engine.value(node):
        if isinstance(value, Text):
            found.append((value,))
        elif isinstance(value, Many | Parts):
            for inner in engine.items((value,)):
                if isinstance(inner, Parts) and inner.items:
                    found.append(inner.items[0])
                else:
                    found.append((inner,))
    return joined(*found)


def _judge(text: str) -> Sent:
    if text.strip() == HOLE or not text.strip():
        return Sent(unknown=bool(text.strip()))
    if HOLE not in text:
        statement = classify(text)
        return Sent(
            writes=statement.writes,
            temporary=statement.temporary,
            unreadable=statement.unreadable,
            text=text,
        )
    guess = _with_stand_in(text)
    if guess is not None:
        known = tuple(w for w in guess.writes if HOLE not in w.table)
        composed = len(known) < len(guess.writes)
        return Sent(writes=known, temporary=guess.temporary, text=text, composed=composed)
    return Sent(text=text, composed=bool(_WRITING.search(text)), unknown=not _reads(text))


def _with_stand_in(text: str) -> Statement | None:
    for stand_in in _STAND_INS:
        statement = classify(text.replace(HOLE, stand_in))
        if not statement.unreadable:
            return statement
    return None


def _reads(text: str) -> bool:
    found = _SQL.match(text)
    return found is not None and found[1].upper() in {*_READING, "WITH"}


def _last(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=func):
            return _last(func)
    return ""

"""What can be told for certain of a text that PostgreSQL's grammar does not read.

That is syntax of a newer PostgreSQL, a text too long or too deeply nested, or a platform
without the grammar. Strings and comments are taken out first; then the beginning of each
statement names its table, and words that could write more are looked for in the rest.
"""

from __future__ import annotations

import re

from governance.ownership.names import clipped
from governance.postgres.calls import called
from governance.postgres.lexing import WORD, without_literals
from governance.postgres.statements import Statement, TableWrite

_FLAGS = re.ASCII | re.IGNORECASE | re.DOTALL
_NAMES = re.compile(r'"(?:[^"]|"")*+"')
_STATEMENTS = re.compile(r'(?:[^";]+|"(?:[^"]|"")*+")+')
_ESCAPED_NAME = re.compile(r'\bU&"', re.IGNORECASE)
_PART = rf'(?:"(?:[^"]|"")+"|{WORD})'
_TABLE = rf"(?:{_PART}\s*\.\s*){{0,2}}{_PART}"
_ONLY = r"(?:ONLY\b\s*\(?\s*)?"
_HEADS = {
    "insert": rf"INSERT\s+INTO\s*({_TABLE})",
    "update": rf"UPDATE\s*{_ONLY}({_TABLE})",
    "delete": rf"DELETE\s+FROM\s*{_ONLY}({_TABLE})",
    "merge": rf"MERGE\s+INTO\s*{_ONLY}({_TABLE})",
    "copy": rf"COPY\s*(?:BINARY\s+)?({_TABLE})\s*(?:\([^()]*\)\s*)?FROM\b",
    "truncate": rf"TRUNCATE\s*(?:TABLE\b\s*)?{_ONLY}({_TABLE})",
    "create": rf"CREATE\s+(?:UNLOGGED\s+)?TABLE\s*(?:IF\s+NOT\s+EXISTS\b\s*)?({_TABLE})",
    "alter": rf"ALTER\s+TABLE\s*(?:IF\s+EXISTS\b\s*)?{_ONLY}({_TABLE})",
    "drop": rf"DROP\s+TABLE\s*(?:IF\s+EXISTS\b\s*)?({_TABLE})",
}
_HEAD = re.compile(
    r"\s*(?:" + "|".join(f"(?P<{name}>{head})" for name, head in _HEADS.items()) + ")", _FLAGS
)
_READ = re.compile(r"[\s(]*(?:SELECT|VALUES|TABLE|WITH)\b", _FLAGS)
_ROWS = re.compile(r"\b(?:INSERT|UPDATE|DELETE|MERGE|INTO|TRUNCATE|COPY|EXECUTE)\b", _FLAGS)
_TABLES = re.compile(r"\b(?:ATTACH|DETACH|INHERITS?|PARTITION\s+OF|RENAME)\b", _FLAGS)
_SAME_TABLE = re.compile(
    r"\b(?:DO|FOR|FOR\s+NO\s+KEY)\s+UPDATE\b|\bON\s+(?:UPDATE|DELETE)\b", _FLAGS
)
_ARM = re.compile(r"\bTHEN\s+(INSERT|UPDATE|DELETE)\b", _FLAGS)
_END = re.compile(r"[\s*)]*(?:CASCADE|RESTRICT)?\s*", _FLAGS)


def outline(sql: str, complaint: str) -> Statement:
    """Return what is certain; ``complaint`` says why the rest is unreadable, where there is one."""
    bare = without_literals(sql)
    if bare is None or _ESCAPED_NAME.search(bare):
        return Statement(unreadable=complaint)
    parts = [_part(text, complaint) for text in _STATEMENTS.findall(bare) if text.strip()]
    return Statement(
        writes=tuple(dict.fromkeys(write for part in parts for write in part.writes)),
        unreadable=next((part.unreadable for part in parts if part.unreadable), ""),
        calls=frozenset().union(*(part.calls for part in parts)),
    )


def _part(text: str, complaint: str) -> Statement:
    if _READ.match(text):
        words = _SAME_TABLE.sub(" ", _NAMES.sub(" ", text))
        return Statement(unreadable=complaint if _ROWS.search(words) else "", calls=called(text))
    head = _HEAD.match(text)
    if head is None or head.lastgroup is None:
        return Statement(unreadable=complaint)
    table = _key(next(group for group in head.groups()[1::2] if group))
    rest = _SAME_TABLE.sub(" ", _NAMES.sub(" ", text[head.end() :]))
    operations, certain = _operations(head.lastgroup, rest)
    writes = tuple(TableWrite(table=table, operation=name) for name in operations)
    return Statement(writes=writes, unreadable="" if certain else complaint)


def _operations(first: str, rest: str) -> tuple[list[str], bool]:
    """Return what is done to the first table, and whether that is all."""
    match first:
        case "insert" | "update" | "delete":
            return [first], not _ROWS.search(rest)
        case "merge":
            arms = {arm.lower() for arm in _ARM.findall(rest)}
            found = ["merge"] if arms - {"delete"} else []
            return found + sorted(arms & {"delete"}), not _ROWS.search(_ARM.sub(" ", rest))
        case "create" | "alter":
            return [first], not (_TABLES.search(rest) or _ROWS.search(rest))
        case "truncate":
            return [first], _END.fullmatch(rest) is not None and "cascade" not in rest.lower()
        case "drop":
            return [first], _END.fullmatch(rest) is not None
    return [first], True


def _key(table: str) -> str:
    parts = re.findall(_PART, table, _FLAGS)
    return ".".join(clipped(_plain(part)) for part in parts[-2:])


def _plain(part: str) -> str:
    if part.startswith('"'):
        return part[1:-1].replace('""', '"')
    return re.sub("[A-Z]+", lambda m: m[0].lower(), part)

"""Syntax that the grammar does not know yet, brought to an older form with the same structure.

PostgreSQL 18: NOT NULL as a constraint of a table, NOT ENFORCED, virtual generated columns,
WITHOUT OVERLAPS. What is replaced is marked, so that the reader of the tree knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from governance.postgres.ddl.expressions import walk
from governance.postgres.ddl.reading.constraints import MARK
from governance.postgres.lexing import WORD, masked
from governance.postgres.parsing import Node, parse_with_text

_FLAGS = re.ASCII | re.IGNORECASE
_NAME = rf'(?:"[^"]*"|{WORD})'
_NOT_NULL = re.compile(
    rf"(?P<before>(?:\badd|[,(])\s*(?:constraint\s+{_NAME}\s+)?)not\s+null\s+(?P<column>{_NAME})"
    r"(?P<no>\s+no\s+inherit)?",
    _FLAGS,
)
_ALTERED = re.compile(
    rf"\balter\s+constraint\s+({_NAME})\s+((?:not\s+)?enforced|(?:no\s+)?inherit)\b", _FLAGS
)
_ENFORCED = re.compile(r"\b(not\s+)?enforced\b", _FLAGS)
_VIRTUAL = re.compile(r"\)\s*(virtual)\b", _FLAGS)
_GENERATED = re.compile(r"\bgenerated\s+always\s+as\s*\(", _FLAGS)
_STORED = re.compile(r"\s*(?:stored|virtual)\b", _FLAGS)
_PERIODS = re.compile(rf"\s+without\s+overlaps\b|\bperiod\s+(?={_NAME}\s*[,)])", _FLAGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    start: int
    end: int
    text: str
    mark: str = ""
    name: str = ""
    """The constraint, where its node does not say where it stands."""


def parse_newer(sql: str) -> tuple[list[Node], str] | None:
    """Return what ``parse_with_text`` does, for a text that it refuses; None when it stays so."""
    changes = sorted(_changes(sql, masked(sql)), key=lambda change: change.start)
    if not changes:
        return None
    text, marks = _changed(sql, changes)
    parsed = parse_with_text(text)
    if isinstance(parsed, str):
        return None
    _annotate(parsed[0], text, marks)
    return parsed


def _changes(sql: str, mask: str) -> list[_Change]:
    found = [_not_null(sql, match) for match in _NOT_NULL.finditer(mask)]
    altered = list(_ALTERED.finditer(mask))
    for match in altered:
        found.append(_altered(sql, match))
    taken = {match.end() for match in altered}
    for match in _ENFORCED.finditer(mask):
        if match.end() not in taken:
            mark = "not enforced" if match[1] else ""
            found.append(_Change(start=match.start(), end=match.end(), text=" ", mark=mark))
    found += [_Change(start=m.start(), end=m.end(), text=" ") for m in _PERIODS.finditer(mask)]
    return [*found, *_virtual(mask)]


def _altered(sql: str, match: re.Match[str]) -> _Change:
    written = sql[match.start(1) : match.end(1)]
    name = written[1:-1].replace('""', '"') if written[0] == '"' else written.lower()
    words = " ".join(match[2].lower().split())
    return _Change(start=match.start(2), end=match.end(), text="deferrable", mark=words, name=name)


def _not_null(sql: str, match: re.Match[str]) -> _Change:
    column = sql[match.start("column") : match.end("column")]
    start = match.end("before")
    return _Change(
        start=start, end=match.end(), text=f"CHECK ({column} IS NOT NULL)", mark="not null"
    )


def _virtual(mask: str) -> list[_Change]:
    """A generated column that does not say STORED is virtual."""
    found = [
        _Change(start=match.start(1), end=match.end(1), text="stored", mark="virtual")
        for match in _VIRTUAL.finditer(mask)
    ]
    for match in _GENERATED.finditer(mask):
        end = _closing(mask, match.end() - 1) + 1
        if not _STORED.match(mask, end):
            found.append(_Change(start=end, end=end, text=" stored", mark="virtual"))
    return found


def _closing(mask: str, opening: int) -> int:
    depth = 0
    for at in range(opening, len(mask)):
        depth += {"(": 1, ")": -1}.get(mask[at], 0)
        if depth == 0:
            return at
    return len(mask) - 1


def _changed(sql: str, changes: list[_Change]) -> tuple[str, list[tuple[int, _Change]]]:
    """Return the new text, and where in it something is marked."""
    parts: list[str] = []
    marks: list[tuple[int, _Change]] = []
    at = length = 0
    for change in changes:
        if change.start < at:
            continue
        kept = sql[at : change.start]
        parts += [kept, change.text]
        length += len(kept)
        if change.mark:
            marks.append((length, change))
        length += len(change.text)
        at = change.end
    return "".join([*parts, sql[at:]]), marks


def _annotate(tree: object, text: str, marks: list[tuple[int, _Change]]) -> None:
    """Write each mark into the constraint that it stands in: the last that begins before it."""
    nodes: list[dict[str, Any]] = [node for kind, node in walk(tree) if kind == "Constraint"]
    for at, change in marks:
        place = len(text[:at].encode(errors="replace"))
        if change.name:
            found = [node for node in nodes if node.get("conname") == change.name]
        else:
            found = [node for node in nodes if 0 < node.get("location", 0) <= place + 1]
        if found:
            max(found, key=lambda node: int(node.get("location", 0)))[MARK] = change.mark

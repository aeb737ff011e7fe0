"""Read statements with PostgreSQL's own grammar."""

from __future__ import annotations

from collections.abc import Iterator

from governance.postgres.blocks import statements_of
from governance.postgres.outline import outline
from governance.postgres.parsing import Node, normalized, parse
from governance.postgres.statements import READ, Statement
from governance.postgres.trees import effects

__all__ = ["normalized", "read"]

_TOO_DEEP = "is nested too deeply to be read"


def read(sql: str) -> Statement:
    """Tell which tables any text writes. Text that the grammar refuses is unreadable.

    Of such a text, its beginning may still tell the table.
    """
    try:
        return _in_order(list(_steps(sql)))
    except RecursionError:
        return outline(sql, _TOO_DEEP)


def _steps(sql: str) -> Iterator[Statement]:
    """Yield what a text does, one statement after the other."""
    tree = parse(sql)
    if isinstance(tree, str):
        yield outline(sql, tree)
        return
    for entry in tree:
        yield from _step(entry.get("stmt", entry))


def _step(statement: Node) -> Iterator[Statement]:
    if "DoStmt" in statement:
        yield from statements_of(statement["DoStmt"], _steps)
        return
    effect = _together(list(effects(statement)))
    yield effect
    if _MAY_END.intersection(statement) or ("DropStmt" in statement and not effect.may_write):
        yield _END


_MAY_END = frozenset({"TransactionStmt", "DiscardStmt", "RenameStmt", "AlterObjectSchemaStmt"})
_END = Statement(unreadable="ends temporary tables")
"""Marks, between the steps, a place after which a name may mean another table than before."""


def _in_order(steps: list[Statement]) -> Statement:
    """Join statements; a table that is temporary at that point is left out."""
    now: frozenset[str] = frozenset()
    kept, made = [], frozenset[str]()
    for step in steps:
        if step is _END:
            now = frozenset()
            continue
        writes = tuple(w for w in step.writes if w.table not in now or w.operation == "create")
        kept.append(Statement(writes, unreadable=step.unreadable, calls=step.calls))
        now = (now - {w.table for w in step.writes if w.operation == "drop"}) | step.temporary
        made |= step.temporary
    joined = _together(kept)
    return Statement(joined.writes, made, joined.unreadable, joined.calls) if made else joined


def _together(parts: list[Statement]) -> Statement:
    if not parts:
        return READ
    if len(parts) == 1:
        return parts[0]
    return Statement(
        writes=tuple(dict.fromkeys(write for part in parts for write in part.writes)),
        temporary=frozenset().union(*(part.temporary for part in parts)),
        unreadable=next((part.unreadable for part in parts if part.unreadable), ""),
        calls=frozenset().union(*(part.calls for part in parts)),
    )

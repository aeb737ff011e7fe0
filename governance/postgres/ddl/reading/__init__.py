"""Text in SQL → actions, by PostgreSQL's own grammar."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from governance.postgres.blocks import queries_of
from governance.postgres.ddl.actions import Action, ChangeObject, Unreadable
from governance.postgres.ddl.reading.altering import alter_table
from governance.postgres.ddl.reading.indexes import alter_index, create_index, reindex
from governance.postgres.ddl.reading.naming import is_temporary
from governance.postgres.ddl.reading.newer import parse_newer
from governance.postgres.ddl.reading.objects import OBJECT_READERS, TABLES
from governance.postgres.ddl.reading.rows import ROW_READERS, query
from governance.postgres.ddl.reading.sources import Source
from governance.postgres.ddl.reading.tables import create_table
from governance.postgres.ddl.reading.types import TYPE_READERS, alter_composite, anything
from governance.postgres.parsing import Node, parse_with_text

__all__ = ["actions_of"]

_QUERIES = frozenset(
    {
        "SelectStmt",
        "InsertStmt",
        "UpdateStmt",
        "DeleteStmt",
        "MergeStmt",
        "CopyStmt",
        "DeclareCursorStmt",
    }
)
_READS = frozenset({"VariableShowStmt", "FetchStmt", "ClosePortalStmt"})
_READERS: dict[str, Callable[[Node], Iterator[Action]]] = {
    **OBJECT_READERS,
    **TYPE_READERS,
    **ROW_READERS,
    "ReindexStmt": reindex,
}
_WITH_TEXT: dict[str, Callable[[Node, Source], Iterator[Action]]] = {
    "CreateStmt": create_table,
    "CreateForeignTableStmt": create_table,
    "IndexStmt": create_index,
}


def actions_of(sql: str) -> list[Action]:
    """Return what a text does, in its order: none for what only reads, never none for the rest.

    What can't be read is told as ``Unreadable``. A DO gives the statements of its body, whatever
    the conditions around them.
    """
    try:
        return list(_actions(sql))
    except RecursionError:
        return [Unreadable(why="is nested too deeply to be read")]


def _actions(sql: str) -> Iterator[Action]:
    parsed = parse_with_text(sql)
    if isinstance(parsed, str):
        newer = parse_newer(sql) if "NUL" not in parsed else None
        if newer is None:
            yield Unreadable(why=parsed)
            return
        parsed = newer
    trees, text = parsed
    source = Source.of(text)
    for entry in trees:
        yield from _statement(entry.get("stmt", entry), source)


def _statement(statement: Node, source: Source) -> Iterator[Action]:
    kind, node = next(iter(statement.items()), ("", {}))
    if kind in _QUERIES:
        yield from query(statement)
    elif kind in _WITH_TEXT:
        yield from _WITH_TEXT[kind](node, source)
    elif kind == "AlterTableStmt":
        yield from _alter(node, source)
    elif kind == "DoStmt":
        yield from _block(node)
    elif kind == "CreateSchemaStmt":
        yield from _schema(node, source)
    elif kind in _READERS:
        yield from _READERS[kind](node)
    elif kind and kind not in _READS:
        yield from anything(statement)


def _alter(node: Node, source: Source) -> Iterator[Action]:
    kind = node.get("objtype", "OBJECT_TABLE")
    if kind in TABLES | {"OBJECT_MATVIEW"}:
        yield from alter_table(node, source)
    elif kind == "OBJECT_INDEX":
        yield from alter_index(node)
    else:
        yield from alter_composite(node)


def _block(node: Node) -> Iterator[Action]:
    queries = queries_of(node, constants=True)
    if isinstance(queries, str):
        yield Unreadable(why=queries)
        return
    for text in queries:
        if text:
            yield from _actions(text)
        else:
            yield Unreadable(why="runs an anonymous block that composes its SQL")


def _schema(node: Node, source: Source) -> Iterator[Action]:
    """What is created along with a schema stands in it, without saying so."""
    name = str(node.get("schemaname", ""))
    exists = bool(node.get("if_not_exists", False))
    yield ChangeObject(verb="create", kind="schema", name=name, if_exists=exists)
    for element in node.get("schemaElts", ()):
        for value in element.values():
            for key in ("relation", "view"):
                if key in value and not is_temporary(value[key]):
                    value[key].setdefault("schemaname", name)
        yield from _statement(element, source)

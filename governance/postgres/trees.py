"""Syntax tree → what it does to tables: rows here, the schema in ``schema_trees``."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from governance.postgres.calls import is_harmless
from governance.postgres.parsing import Node
from governance.postgres.schema_trees import SCHEMA_READERS, Found, strings, write
from governance.postgres.statements import Statement

_NOT_RUN = frozenset({"CreateFunctionStmt", "ViewStmt", "RuleStmt", "CreatePolicyStmt"})
"""Statements that keep other statements for later: to create is not to run."""


def effects(tree: object) -> Found:
    """Find writes wherever they stand: at the top, in a WITH, below EXPLAIN ANALYZE."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += reversed(node)
        elif isinstance(node, dict):
            for kind, value in node.items():
                if kind == "ExplainStmt" and not _runs(value):
                    continue
                reader = _READERS.get(kind)
                if reader is not None:
                    yield from reader(value)
                if kind not in _NOT_RUN:
                    waiting.append(value)


def _runs(node: Node) -> bool:
    """EXPLAIN runs its statement only with ANALYZE; the last one counts."""
    runs = False
    for entry in node.get("options", ()):
        option = entry["DefElem"]
        if option["defname"] == "analyze":
            value = option.get("arg", {})
            text = value.get("String", {}).get("sval", "true").lower()
            number = value.get("Integer", {"ival": 1}).get("ival", 0)
            runs = text not in {"false", "off", "0"} and number != 0
    return runs


def _rows(operation: str) -> Callable[[Node], Found]:
    return lambda node: write(node.get("relation"), operation)


def _merge(node: Node) -> Found:
    arms = [entry["MergeWhenClause"].get("commandType") for entry in node["mergeWhenClauses"]]
    if "CMD_INSERT" in arms or "CMD_UPDATE" in arms:
        yield from write(node["relation"], "merge")
    if "CMD_DELETE" in arms:
        yield from write(node["relation"], "delete")


def _truncate(node: Node) -> Found:
    for entry in node["relations"]:
        yield from write(entry["RangeVar"], "truncate")
    if node.get("behavior") == "DROP_CASCADE":
        yield Statement(unreadable="truncates with CASCADE tables that are not named here")


def _copy(node: Node) -> Found:
    if node.get("is_from"):
        yield from write(node.get("relation"), "copy")


def _into(node: Node) -> Found:
    into = node.get("intoClause") or node.get("into")
    if into:
        yield from write(into["rel"], "create")


def _function(node: Node) -> Found:
    names = strings(node["funcname"])
    if not is_harmless(names):
        yield Statement(calls=frozenset({".".join(names)}))


def _fetch(node: Node) -> Found:
    """A cursor's query runs while its rows are fetched, and so do the functions in it."""
    yield Statement(calls=frozenset({f"FETCH {node['portalname']}"}))


def _call(node: Node) -> Found:
    name = ".".join(strings(node["funccall"]["funcname"]))
    yield Statement(unreadable=f"calls the procedure {name}, whose body is not known here")


def _execute(node: Node) -> Found:
    name = node["name"]
    yield Statement(unreadable=f"runs the prepared statement {name}, whose text is not known here")


_READERS: dict[str, Callable[[Node], Iterator[Statement]]] = {
    **SCHEMA_READERS,
    "InsertStmt": _rows("insert"),
    "UpdateStmt": _rows("update"),
    "DeleteStmt": _rows("delete"),
    "MergeStmt": _merge,
    "TruncateStmt": _truncate,
    "CopyStmt": _copy,
    "SelectStmt": _into,
    "larg": _into,  # the arms of a UNION stand there without their kind
    "rarg": _into,
    "CreateTableAsStmt": _into,
    "FuncCall": _function,
    "FetchStmt": _fetch,
    "CallStmt": _call,
    "ExecuteStmt": _execute,
}

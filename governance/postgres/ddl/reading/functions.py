"""What a function does to the statements that it is a trigger of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from governance.postgres.blocks import text_of_query
from governance.postgres.ddl.actions import Action, CallFunction, ChangeObject
from governance.postgres.ddl.expressions import walk
from governance.postgres.ddl.parts import GOES_ON, REFUSES
from governance.postgres.ddl.reading.naming import joined, strings
from governance.postgres.ddl.reading.queries import calls
from governance.postgres.parsing import Node, parse, parse_block

_ERROR = 21
"""The level of a RAISE that ends the statement."""
_DOUBTFUL = frozenset({"PLpgSQL_stmt_dynexecute", "PLpgSQL_stmt_assert", "PLpgSQL_stmt_call"})


def create_function(node: Node) -> Iterator[Action]:
    yield ChangeObject(
        verb="replace" if node.get("replace") else "create",
        kind="procedure" if node.get("is_procedure") else "function",
        name=joined(strings(node["funcname"])),
        detail=_of_trigger(node) if _is_trigger(node) else "",
    )


def _is_trigger(node: Node) -> bool:
    names = node.get("returnType", {}).get("names", ())
    return strings(names)[-1:] == ["trigger"]


def _of_trigger(node: Node) -> str:
    """Tell what is sure: that every row passes, or that none does; empty for what is not."""
    options = {o["DefElem"]["defname"]: o["DefElem"].get("arg", {}) for o in node["options"]}
    body = strings(options.get("as", {}).get("List", {}).get("items", ()))
    language = options.get("language", {}).get("String", {}).get("sval", "")
    tree = parse_block(body[0], returns="trigger") if body and language == "plpgsql" else ""
    if isinstance(tree, str):
        return ""
    if _refuses_all(tree):
        return REFUSES
    return "" if any(_may_stop(kind, value) for kind, value in walk(tree)) else GOES_ON


def _refuses_all(tree: list[Node]) -> bool:
    """Tell whether no row gets past a RAISE."""
    for statement in _first_statements(tree):
        if _raises(statement.get("PLpgSQL_stmt_raise", {})):
            return True
        if any(kind == "PLpgSQL_stmt_return" for kind, _ in walk(statement)):
            return False
    return False


def _first_statements(tree: list[Node]) -> list[Node]:
    """Return the statements that run whatever happens, unless an error is caught."""
    block: Any = tree[0]["PLpgSQL_function"]["action"]
    while "PLpgSQL_stmt_block" in block and "exceptions" not in block["PLpgSQL_stmt_block"]:
        body = block["PLpgSQL_stmt_block"].get("body", [{}])
        if "PLpgSQL_stmt_block" not in body[0]:
            return list(body)
        block = body[0]
    return []


def _raises(node: Node) -> bool:
    return bool(node.get("elog_level", 0) >= _ERROR)


def _may_stop(kind: str, node: Node) -> bool:
    """RETURN NULL skips the row; what is called or composed may well fail."""
    match kind:
        case "PLpgSQL_stmt_return" if node:
            returned = node.get("expr", {}).get("PLpgSQL_expr", {}).get("query", "")
            return returned.lower() not in {"new", "old"}
        case "PLpgSQL_stmt_raise":
            return _raises(node)
        case "PLpgSQL_expr":
            trees = parse(text_of_query(node))
            return isinstance(trees, str) or any(isinstance(c, CallFunction) for c in calls(trees))
    return kind in _DOUBTFUL

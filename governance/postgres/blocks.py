"""The statements of an anonymous block in PL/pgSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from governance.postgres.constants import text_of
from governance.postgres.parsing import Node, parse_block
from governance.postgres.statements import Statement

_COMPOSED = Statement(unreadable="runs an anonymous block that composes its SQL")
_WHOLE_STATEMENT = 0
"""Parse mode of a query in PL/pgSQL that is a statement; others are expressions."""
_ASSIGNMENTS = {3, 4, 5}


def statements_of(node: Node, read: Callable[[str], Iterator[Statement]]) -> Iterator[Statement]:
    """Yield what each statement of a DO does, in the order of the text."""
    queries = queries_of(node)
    if isinstance(queries, str):
        yield Statement(unreadable=queries)
        return
    for query in queries:
        yield from read(query) if query else (_COMPOSED,)


def queries_of(node: Node, *, constants: bool = False) -> list[str] | str:
    """Return the queries of a DO, an empty text for one that it composes; or why there is none.

    ``constants``: what EXECUTE is given as a constant is read as if it stood there.
    """
    options = {entry["DefElem"]["defname"]: entry["DefElem"]["arg"] for entry in node["args"]}
    language = options.get("language", {}).get("String", {}).get("sval", "plpgsql")
    if language != "plpgsql":
        return f"runs an anonymous block in {language}"
    tree = parse_block(options["as"]["String"]["sval"])
    if isinstance(tree, str):
        return f"runs an anonymous block that can't be read: {tree}"
    return list(_queries(tree, text_of if constants else _unknown))


def _unknown(_: str) -> None:
    return None


def _queries(tree: object, constant: Callable[[str], str | None]) -> Iterator[str]:
    """Yield the text of each query; an expression as one, and nothing for a composed one."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += reversed(node)
        elif isinstance(node, dict):
            found = []
            for kind, value in node.items():
                if kind.startswith("PLpgSQL_stmt_dyn") or kind == "dynquery":
                    yield constant(_expression(value)) or ""
                if kind == "PLpgSQL_expr":
                    yield text_of_query(value)
                else:
                    found.append(value)
            waiting += reversed(found)


def _expression(node: Node) -> str:
    """Return the expression that EXECUTE is given."""
    return str(node.get("query", node).get("PLpgSQL_expr", {}).get("query", "NULL"))


def text_of_query(expression: Node) -> str:
    """Return an expression of PL/pgSQL as a statement."""
    mode, text = expression.get("parseMode", 0), str(expression["query"])
    if mode == _WHOLE_STATEMENT:
        return text
    if mode in _ASSIGNMENTS:
        text = text.replace(":=", "=", 1)
    return f"SELECT {text}"

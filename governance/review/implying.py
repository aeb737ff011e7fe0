"""Whether a CHECK allows all that others allow already: a wider range, a longer list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

from governance.postgres.parsing import Node, parse

_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}
Term = tuple[str, str, Any]
"""A column, an operator and what it is compared with: a number, or a set of values."""


def follows(wanted: str, promised: Iterable[str]) -> bool:
    """Tell whether every row that keeps the promised conditions keeps the wanted one.

    Conditions are compared term by term; what is not understood follows from its like only.
    """
    known = [term for text in promised for term in _terms(text)]
    terms = _terms(wanted)
    return bool(terms) and all(any(_implies(one, term) for one in known) for term in terms)


def _implies(one: Term, other: Term) -> bool:
    if one == other:
        return True
    (column, operator, value), (name, wanted, limit) = one, other
    if column != name or not operator or not wanted:
        return False
    if wanted == "in":
        return operator == "in" and value <= limit
    values = value if operator == "in" else {value}
    if operator == "in" or operator[0] == wanted[0]:
        strict = wanted in {"<", ">"} and operator not in {"<", ">"}
        return all(isinstance(v, Decimal) and _keeps(v, wanted, limit, strict) for v in values)
    return False


def _keeps(value: Decimal, operator: str, limit: Decimal, strict: bool) -> bool:
    if value == limit:
        return not strict
    return value > limit if operator[0] == ">" else value < limit


@lru_cache(maxsize=1024)
def _terms(text: str) -> tuple[Term, ...]:
    tree = parse(f"SELECT {text}")
    if isinstance(tree, str):
        return (("", "", text),)
    target = tree[0]["stmt"]["SelectStmt"]["targetList"][0]["ResTarget"]["val"]
    return tuple(_split(target))


def _split(node: Node) -> Iterator[Term]:
    match next(iter(node.items())):
        case "BoolExpr", {"boolop": "AND_EXPR", "args": parts}:
            for part in parts:
                yield from _split(part)
        case "A_Expr", value:
            yield from _compared(value)
        case kind, value:
            yield ("", "", _plain({kind: value}))


def _compared(node: Node) -> Iterator[Term]:
    operator = node["name"][0]["String"]["sval"]
    left, right = node["lexpr"], node["rexpr"]
    if node["kind"] == "AEXPR_OP" and _column(right):
        left, right, operator = right, left, _TURNED.get(operator, "")
    column = _column(left)
    parts = right["List"]["items"] if node["kind"] == "AEXPR_IN" and "List" in right else [right]
    values = [_constant(part) for part in parts]
    told = column and None not in values and operator in _TURNED
    told = told and node["kind"] in {"AEXPR_OP", "AEXPR_IN"}
    if told and operator == "=":
        yield (column, "in", frozenset(values))
    elif told and isinstance(values[0], Decimal):
        yield (column, operator, values[0])
    else:
        yield ("", "", _plain(node))


def _column(node: Node) -> str:
    fields = node.get("ColumnRef", {}).get("fields", ())
    return str(fields[-1]["String"]["sval"]) if fields and "String" in fields[-1] else ""


def _constant(node: Node) -> Decimal | str | None:
    constant: Any = node.get("A_Const", {})
    if "ival" in constant:
        return Decimal(constant["ival"].get("ival", 0))
    if "fval" in constant:
        return Decimal(constant["fval"]["fval"])
    if "sval" in constant:
        return str(constant["sval"].get("sval", ""))
    negated = node.get("A_Expr", {})
    if negated and "lexpr" not in negated and negated["name"][0]["String"]["sval"] == "-":
        value = _constant(negated["rexpr"])
        return -value if isinstance(value, Decimal) else None
    return None


def _plain(node: object) -> Any:
    """Return a tree that can be compared, without the places in the text."""
    if isinstance(node, dict):
        return tuple((k, _plain(v)) for k, v in sorted(node.items()) if k != "location")
    return tuple(map(_plain, node)) if isinstance(node, list) else node

"""The text that an expression of constants has, computed as PostgreSQL would."""

from __future__ import annotations

import re
from collections.abc import Sequence

from governance.postgres.parsing import Node, parse

_GAP = re.compile(r"%([sIL%])")
_TEXTS = frozenset({"text", "varchar", "bpchar", "name", "unknown"})


def text_of(expression: str) -> str | None:
    """Return what an expression gives; None for one with anything in it that is not constant."""
    tree = parse(f"SELECT {expression}")
    if isinstance(tree, str) or len(tree) != 1:
        return None
    select = tree[0]["stmt"].get("SelectStmt", {})
    targets = select.get("targetList", ())
    if len(targets) != 1 or "fromClause" in select or "whereClause" in select:
        return None
    return _text(targets[0]["ResTarget"]["val"])


def _text(node: Node) -> str | None:
    kind, value = next(iter(node.items()))
    match kind:
        case "A_Const" if "sval" in value:
            return str(value["sval"].get("sval", ""))
        case "A_Const" if "ival" in value:
            return str(value["ival"].get("ival", 0))
        case "TypeCast" if value["typeName"]["names"][-1]["String"]["sval"] in _TEXTS:
            return None if value["typeName"].get("typmods") else _text(value["arg"])
        case "A_Expr" if [name["String"]["sval"] for name in value["name"]] == ["||"]:
            return _joined([value["lexpr"], value["rexpr"]])
        case "FuncCall":
            return _called(value["funcname"][-1]["String"]["sval"], value.get("args", ()))
    return None


def _joined(nodes: Sequence[Node]) -> str | None:
    texts = [_text(node) for node in nodes]
    return None if None in texts else "".join(text or "" for text in texts)


def _called(name: str, arguments: Sequence[Node]) -> str | None:
    texts = [_text(argument) for argument in arguments]
    known = [text for text in texts if text is not None]
    if not known or len(known) < len(texts):
        return None
    match name, known:
        case "format", [template, *values]:
            return _formatted(template, values)
        case "concat", _:
            return "".join(known)
        case "quote_ident", [text]:
            return quoted(text, '"')
        case "quote_literal", [text]:
            return quoted(text, "'")
    return None


def _formatted(template: str, values: list[str]) -> str | None:
    """Fill the gaps of ``format()``; None where one says more than what to put there."""
    waiting, quotes = iter(values), {"I": '"', "L": "'", "s": ""}
    parts = _GAP.split(template)
    if any("%" in part for part in parts[::2]):
        return None
    if len([gap for gap in parts[1::2] if gap != "%"]) > len(values):
        return None
    filled = ["%" if gap == "%" else quoted(next(waiting), quotes[gap]) for gap in parts[1::2]]
    return "".join(text for pair in zip(parts[::2], [*filled, ""], strict=True) for text in pair)


def quoted(text: str, sign: str) -> str:
    """Put a text between quotes, with those inside doubled and backslashes as they are."""
    if not sign:
        return text
    escape = "E" if sign == "'" and "\\" in text else ""
    inside = text.replace("\\", "\\\\") if escape else text
    return f"{escape}{sign}{inside.replace(sign, sign * 2)}{sign}"

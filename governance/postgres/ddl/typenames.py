"""Names of types as ``format_type`` prints them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from governance.postgres.parsing import Node, parse

_PRINTED = {
    "int": "integer",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "bool": "boolean",
    "varchar": "character varying",
    "bpchar": "character",
    "decimal": "numeric",
    "varbit": "bit varying",
    "serial": "integer",
    "serial2": "smallint",
    "serial4": "integer",
    "serial8": "bigint",
    "smallserial": "smallint",
    "bigserial": "bigint",
}
_SERIAL = frozenset({"serial", "serial2", "serial4", "serial8", "smallserial", "bigserial"})
_ZONES = {
    "time": ("time", " without time zone"),
    "timetz": ("time", " with time zone"),
    "timestamp": ("timestamp", " without time zone"),
    "timestamptz": ("timestamp", " with time zone"),
}
_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*")
_INTERVAL_FIELDS = (
    (1 << 2, "year"),
    (1 << 1, "month"),
    (1 << 3, "day"),
    (1 << 10, "hour"),
    (1 << 11, "minute"),
    (1 << 12, "second"),
)
_ALL_FIELDS = 0x7FFF


@lru_cache(maxsize=4096)
def canonical(type_name: str) -> str:
    """Return a type as ``format_type`` prints it; unchanged where the grammar refuses it.

    ``varchar(5)`` becomes ``character varying(5)``, a ``serial`` its integer.
    """
    tree = parse(f"SELECT NULL::{type_name}")
    if isinstance(tree, str):
        return type_name
    try:
        target = tree[0]["stmt"]["SelectStmt"]["targetList"][0]["ResTarget"]["val"]
        return printed(target["TypeCast"]["typeName"])
    except (KeyError, IndexError):
        return type_name


def is_serial(node: Node) -> bool:
    """Tell whether a type stands for an integer with a sequence."""
    names = _names(node)
    return len(names) == 1 and names[0] in _SERIAL and not node.get("arrayBounds")


def printed(node: Node) -> str:
    """Return the name of the type of a syntax tree."""
    names = _names(node)
    own = names[:-1] in ([], ["pg_catalog"])
    name, arguments = names[-1], [_argument(entry) for entry in node.get("typmods", ())]
    text = _own(name, arguments) if own else _foreign(names, arguments)
    return f"{text}[]" if node.get("arrayBounds") else text


def _names(node: Node) -> list[str]:
    return [str(entry["String"]["sval"]) for entry in node["names"]]


def _own(name: str, arguments: list[str]) -> str:
    if name in _ZONES:
        first, last = _ZONES[name]
        return f"{first}{_bracketed(arguments)}{last}"
    if name == "interval":
        return _interval(arguments)
    if name == "numeric" and len(arguments) == 1:
        arguments = [*arguments, "0"]
    if name == "bpchar" and not arguments:
        return "bpchar"
    return f"{_PRINTED.get(name) or _quoted(name)}{_bracketed(arguments)}"


def _foreign(names: list[str], arguments: list[str]) -> str:
    shown = names[1:] if names[0] == "public" else names
    return ".".join(map(_quoted, shown)) + _bracketed(arguments)


def _quoted(name: str) -> str:
    if name == "char":
        return '"char"'
    return name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'


def _bracketed(arguments: list[str]) -> str:
    return f"({','.join(arguments)})" if arguments else ""


def _interval(arguments: list[str]) -> str:
    """The first argument is a set of fields, as bits."""
    if not arguments or not arguments[0].isdigit():
        return f"interval{_bracketed(arguments)}"
    bits, precision = int(arguments[0]), _bracketed(arguments[1:])
    named = [field for bit, field in _INTERVAL_FIELDS if bits & bit and bits != _ALL_FIELDS]
    words = f" {' to '.join(dict.fromkeys((named[0], named[-1])))}" if named else ""
    return f"interval{words}{precision}"


def _argument(node: Node) -> str:
    """Return a number, a word or a text between the brackets of a type."""
    constant: Any = node.get("A_Const")
    if constant is not None:
        for kind, key in (("ival", "ival"), ("fval", "fval"), ("sval", "sval")):
            if kind in constant:
                return str(constant[kind].get(key, 0))
    if "ColumnRef" in node:
        return ".".join(
            str(f["String"]["sval"]) for f in node["ColumnRef"]["fields"] if "String" in f
        )
    if "A_Expr" in node and "rexpr" in node["A_Expr"]:
        return f"-{_argument(node['A_Expr']['rexpr'])}"
    return "?"

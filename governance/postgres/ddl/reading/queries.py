"""Which tables a query reads, and which functions it calls that are not PostgreSQL's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from governance.postgres.calls import is_harmless
from governance.postgres.ddl.actions import (
    Action,
    CallFunction,
    ChangeObject,
    LockTable,
    SetSession,
)
from governance.postgres.ddl.expressions import walk
from governance.postgres.ddl.reading.naming import joined, key, strings
from governance.postgres.locks import Lock
from governance.postgres.parsing import Node

_WRITTEN = frozenset({"relation", "into", "rel"})


def reads(tree: object) -> tuple[str, ...]:
    """Return the tables in the FROM of a query, wherever it stands; not those it names itself."""
    own = {str(node["ctename"]) for kind, node in walk(tree) if kind == "CommonTableExpr"}
    found = [key(node) for kind, node in walk(tree) if kind == "RangeVar"]
    return tuple(dict.fromkeys(name for name in reversed(found) if name not in own))


def outputs(query: Node) -> tuple[str, ...]:
    """Return the columns that a query gives; nothing where one has no name, as with ``*``."""
    select = query.get("SelectStmt", {})
    while "larg" in select:
        select = select["larg"]
    names = [_output(entry["ResTarget"]) for entry in select.get("targetList", ())]
    return tuple(names) if all(name and " " not in name for name in names) else ()


def _output(target: Node) -> str:
    if "name" in target:
        return str(target["name"])
    match target["val"]:
        case {"ColumnRef": {"fields": [*_, {"String": {"sval": name}}]}}:
            return str(name)
        case {"FuncCall": {"funcname": [*_, {"String": {"sval": name}}]}}:
            return str(name)
    return ""


def calls(tree: object) -> Iterator[Action]:
    """Yield what the functions and row locks of a query do."""
    seen: set[Action] = set()
    for kind, node in walk(tree):
        for action in _of(kind, node):
            if action not in seen:
                seen.add(action)
                yield action


def _of(kind: str, node: Node) -> Iterator[Action]:
    if kind == "FuncCall":
        yield from _function(strings(node["funcname"]), node.get("args", ()))
    elif kind == "SelectStmt" and node.get("lockingClause"):
        for table in reads(node.get("fromClause", [])):
            yield LockTable(table=table, lock=Lock.ROW_SHARE)


def _function(names: list[str], arguments: Any) -> Iterator[Action]:
    values = [text(argument) for argument in arguments]
    match names[-1]:
        case "setval":
            yield ChangeObject(verb="alter", kind="sequence", name=_first(values), detail="setval")
        case "set_config" if len(values) > 1:
            yield SetSession(name=values[0], value=values[1])
        case _ if not is_harmless(names):
            yield CallFunction(name=joined(names))


def _first(values: list[str]) -> str:
    """Return the key of a sequence that is given as a text."""
    return joined([part.strip('"') for part in values[0].split(".")]) if values else ""


def text(node: Node) -> str:
    """Return a constant as SQL means it; empty for anything that has to be computed."""
    if "TypeCast" in node:
        return text(node["TypeCast"]["arg"])
    constant: Any = node.get("A_Const", {})
    for kind, name in (
        ("sval", "sval"),
        ("ival", "ival"),
        ("fval", "fval"),
        ("boolval", "boolval"),
    ):
        if kind in constant:
            default: Any = {"ival": 0, "boolval": False}.get(kind, "")
            return str(constant[kind].get(name, default))
    return ""

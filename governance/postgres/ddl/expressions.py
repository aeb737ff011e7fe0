"""What an expression says: its columns, and how often it has to be computed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from governance.postgres.calls import is_harmless
from governance.postgres.ddl.actions import Expression, Volatility
from governance.postgres.ddl.typenames import printed
from governance.postgres.parsing import Node, parse

_VOLATILE = frozenset(
    """
    clock_timestamp timeofday random random_normal gen_random_uuid uuidv4 uuidv7 nextval currval
    lastval setval setseed set_config array_sample array_shuffle current_query currtid2 loread
    amvalidate txid_status pg_sleep pg_sleep_for pg_sleep_until pg_notify pg_is_in_recovery
    pg_relation_size pg_table_size pg_total_relation_size pg_indexes_size pg_database_size
    pg_current_wal_lsn pg_current_wal_insert_lsn pg_current_wal_flush_lsn
    pg_advisory_lock pg_advisory_xact_lock pg_try_advisory_lock pg_try_advisory_xact_lock
    uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 gen_random_bytes gen_salt
    """.split()  # noqa: SIM905
)
"""PostgreSQL's own and those of its usual extensions, as ``provolatile`` tells."""
_ORDER = (Volatility.CONSTANT, Volatility.UNKNOWN, Volatility.VOLATILE)


def expression_of(text: str) -> Expression:
    """Return an expression with the volatility that its functions give it."""
    return Expression(text=text, volatility=volatility_of(text))


@lru_cache(maxsize=4096)
def volatility_of(text: str) -> Volatility:
    """Tell how often an expression has to be computed; unknown where the grammar refuses it."""
    tree = _tree(text)
    return Volatility.UNKNOWN if tree is None else volatility(tree)


def volatility(tree: object) -> Volatility:
    """Tell the same of a syntax tree: the worst of its functions."""
    found = [Volatility.CONSTANT]
    for kind, node in walk(tree):
        if kind == "FuncCall":
            found.append(_of_function([str(p["String"]["sval"]) for p in node["funcname"]]))
        elif kind == "SubLink":
            found.append(Volatility.UNKNOWN)
    return max(found, key=_ORDER.index)


def _of_function(names: list[str]) -> Volatility:
    if names[-1] in _VOLATILE:
        return Volatility.VOLATILE
    return Volatility.CONSTANT if is_harmless(names) else Volatility.UNKNOWN


@lru_cache(maxsize=4096)
def columns_in(text: str) -> frozenset[str]:
    """Return the columns that an expression speaks of."""
    tree = _tree(text)
    return frozenset() if tree is None else frozenset(columns(tree))


def columns(tree: object) -> Iterator[str]:
    """Yield the last part of each name of a column, ``*`` for all."""
    for kind, node in walk(tree):
        if kind == "ColumnRef":
            last = node["fields"][-1]
            yield str(last["String"]["sval"]) if "String" in last else "*"


def walk(tree: object) -> Iterator[tuple[str, Any]]:
    """Yield each node of a syntax tree with its kind, in no order."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            for kind, value in node.items():
                if isinstance(value, dict):
                    yield kind, value
                waiting.append(value)


@lru_cache(maxsize=1024)
def cast_of(text: str) -> tuple[str, str]:
    """Return the column and the type, when an expression is a column, cast or not."""
    node, type_name = _tree(text) or {}, ""
    if "TypeCast" in node:
        type_name = printed(node["TypeCast"]["typeName"])
        node = node["TypeCast"]["arg"]
    return (next(columns(node), ""), type_name) if "ColumnRef" in node else ("", "")


@lru_cache(maxsize=4096)
def label_of(text: str) -> str:
    """Return the word that PostgreSQL puts for an expression into the name of an index."""
    tree = _tree(text)
    return _label(tree) or "expr" if tree is not None else "expr"


def _label(node: Node) -> str:
    """A column, a function or a type gives its name; an operator none."""
    match next(iter(node.items()), ("", {})):
        case "ColumnRef", value:
            return next(columns({"ColumnRef": value}), "")
        case "FuncCall", value:
            return str(value["funcname"][-1]["String"]["sval"])
        case "TypeCast", value:
            return _label(value["arg"]) or str(value["typeName"]["names"][-1]["String"]["sval"])
        case "CollateClause", value:
            return _label(value["arg"])
        case ("CoalesceExpr" | "MinMaxExpr" | "NullIfExpr" | "CaseExpr") as kind, value:
            least = value.get("op") == "IS_LEAST"
            return {"MinMaxExpr": "least" if least else "greatest"}.get(kind, kind[:-4].lower())
    return ""


def _tree(text: str) -> Node | None:
    tree = parse(f"SELECT {text}")
    if isinstance(tree, str) or len(tree) != 1:
        return None
    try:
        value: Node = tree[0]["stmt"]["SelectStmt"]["targetList"][0]["ResTarget"]["val"]
    except (KeyError, IndexError):
        return None
    return value

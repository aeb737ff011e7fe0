"""What Python's own functions do with rows: ``list``, ``zip``, ``next``, ``defaultdict``."""

from __future__ import annotations

import ast

from governance.scan.engine import Engine
from governance.scan.values import (
    PLAIN,
    UNKNOWN,
    Env,
    Function,
    Keyed,
    Known,
    Many,
    ModelClass,
    Parts,
    Row,
    Text,
    Values,
    joined,
)

_ITEMS_KEPT = frozenset(
    [
        "list",
        "set",
        "tuple",
        "sorted",
        "reversed",
        "iter",
        "frozenset",
        "deque",
        "islice",
        "shuffle",
    ]
)


def builtin(  # noqa: PLR0912 - a list of cases
    engine: Engine, name: str, node: ast.Call, first: Values, env: Env | None
) -> Values:
    if name in _ITEMS_KEPT:
        return (Many(engine.items(first)),)
    if name in {"next", "min", "max"}:
        return engine.items(first) if len(node.args) == 1 or name == "next" else first
    if name == "enumerate":
        return (Many((Parts((PLAIN, engine.items(first))),)),)
    if name in {"zip", "zip_longest", "product"}:
        parts = tuple(engine.items(engine.value(part, env)) for part in node.args)
        return (Many((Parts(parts),)),)
    if name == "filter" and len(node.args) > 1:
        return (Many(engine.items(engine.value(node.args[1], env))),)
    if name == "map" and len(node.args) > 1:
        return (Many(joined(*(engine.call(f, None, env) for f in first))),)
    if name == "chain":
        return (Many(joined(*(engine.items(engine.value(p, env)) for p in node.args))),)
    if name == "from_iterable":
        return (Many(engine.items(engine.items(first))),)
    if name == "groupby":
        return (Many((Parts((PLAIN, (Many(engine.items(first)),))),)),)
    if name == "dict":
        kept = tuple(v for v in first if isinstance(v, Keyed))
        return kept or (Keyed(UNKNOWN),)
    if name == "defaultdict":
        return (Keyed(joined(*(_made(engine, f, env) for f in first))),)
    if name in {"copy", "deepcopy", "cast"}:
        return first
    if name == "type" and len(node.args) == 1:
        return tuple(ModelClass(v.model) for v in first if isinstance(v, Row)) or UNKNOWN
    if name == "vars":
        return (Keyed(UNKNOWN),)
    if name == "str" and any(isinstance(v, Text) for v in first):
        return first
    return PLAIN


def _made(engine: Engine, factory: object, env: Env | None) -> Values:
    match factory:
        case Known(dotted):
            name = dotted.rpartition(".")[2]
            if name in {"list", "set"}:
                return (Many(()),)
            return (Keyed(()),) if name == "dict" else PLAIN
        case Function():
            return engine.call(factory, None, env)
    return UNKNOWN

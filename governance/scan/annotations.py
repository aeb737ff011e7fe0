"""What a type annotation says."""

from __future__ import annotations

import ast

from governance.scan.engine import Engine
from governance.scan.facts import concrete, default_rows, is_model
from governance.scan.syntax import Scope, Spot
from governance.scan.values import (
    PLAIN,
    UNKNOWN,
    ClassOf,
    Keyed,
    Known,
    Many,
    ModelClass,
    Object,
    Parts,
    Row,
    Rows,
    Value,
    Values,
    joined,
)

_COLLECTIONS = frozenset(
    [
        "list",
        "List",
        "set",
        "Set",
        "frozenset",
        "FrozenSet",
        "Sequence",
        "Iterable",
        "Iterator",
        "Collection",
        "Generator",
        "AsyncIterator",
        "AsyncIterable",
        "AsyncGenerator",
        "MutableSequence",
        "AbstractSet",
        "deque",
        "Deque",
    ]
)
_MAPPINGS = frozenset(
    ["dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict", "OrderedDict"]
)
_WRAPPERS = frozenset(
    [
        "Optional",
        "Annotated",
        "ClassVar",
        "Final",
        "Awaitable",
        "Required",
        "NotRequired",
        "ReadOnly",
    ]
)
_ROWS = frozenset(
    ["QuerySet", "Manager", "BaseManager", "RelatedManager", "ManyRelatedManager", "RawQuerySet"]
)
_NOTHING = frozenset(["Any", "object", "Self", "T", "Model", "TypeVar", "None"])
_PLAIN_BUILTINS = frozenset(
    ["str", "int", "float", "bool", "bytes", "complex", "Decimal", "date", "datetime"]
)


def annotated(engine: Engine, node: ast.expr, scope: Scope) -> Values:
    """Return what a value of this annotation may be; nothing for ``Any`` and the like."""
    match node:
        case ast.Constant(value=str(text)):
            parsed = _parsed(text, scope)
            return annotated(engine, parsed, scope) if parsed is not None else UNKNOWN
        case ast.Constant():
            return UNKNOWN
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            return joined(annotated(engine, left, scope), annotated(engine, right, scope))
        case ast.Subscript():
            return _generic(engine, node, scope)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            if name in _NOTHING - {"Model"}:
                return UNKNOWN
            return _plain_name(engine, node, name)
    return UNKNOWN


def instances(engine: Engine, values: Values) -> Values:
    """Return an instance of each class."""
    found: list[Value] = []
    for value in values:
        match value:
            case ModelClass(model):
                found += [Row(m) for m in concrete(model)]
            case ClassOf(klass) if klass.dotted == "django.db.models.base.Model":
                continue
            case ClassOf(klass) if klass.name in _ROWS and klass.module.startswith("django."):
                continue
            case ClassOf(klass) if klass.live is not None and klass.live.__name__ in _COLLECTIONS:
                found.append(Many(()))
            case ClassOf(klass):
                rows = _custom_rows(klass.live)
                found += rows or [Object(klass)]
            case Known(dotted):
                found += _of_known(dotted)
    del engine
    return tuple(found)


def _custom_rows(kind: object) -> list[Value]:
    from governance.scan.facts import models_managed_by

    if isinstance(kind, type) and any(
        b.__name__ in {"QuerySet", "BaseManager"} for b in kind.__mro__
    ):
        return [Rows(model, kind) for model in models_managed_by(kind)]
    return []


def _of_known(dotted: str) -> list[Value]:
    name = dotted.rpartition(".")[2]
    if name in _COLLECTIONS:
        return [Many(())]
    if name in _MAPPINGS:
        return [Keyed(())]
    if name in _NOTHING or name in _ROWS:
        return []
    return list(PLAIN)


def _plain_name(engine: Engine, node: ast.expr, name: str) -> Values:
    if name in _COLLECTIONS:
        return (Many(()),)
    if name in _MAPPINGS:
        return (Keyed(()),)
    if name in _PLAIN_BUILTINS:
        return PLAIN
    return instances(engine, engine.value(node))


def _generic(engine: Engine, node: ast.Subscript, scope: Scope) -> Values:
    name = getattr(node.value, "id", None) or getattr(node.value, "attr", "")
    inner = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
    first = annotated(engine, inner[0], scope) if inner else UNKNOWN
    if name in _ROWS:
        return tuple(default_rows(v.model) for v in first if isinstance(v, Row))
    if name in _WRAPPERS:
        return first
    if name in _COLLECTIONS:
        return (Many(first),)
    if name in _MAPPINGS:
        return (Keyed(annotated(engine, inner[-1], scope)),)
    if name in {"tuple", "Tuple"}:
        if len(inner) == 2 and isinstance(inner[1], ast.Constant) and inner[1].value is ...:
            return (Many(first),)
        return (Parts(tuple(annotated(engine, part, scope) for part in inner)),)
    if name == "Union":
        return joined(*(annotated(engine, part, scope) for part in inner))
    if name in {"type", "Type"}:
        return tuple(ModelClass(v.model) for v in first if isinstance(v, Row) and is_model(v.model))
    if name == "Coroutine":
        return annotated(engine, inner[-1], scope)
    if name in {"Callable", "Literal"}:
        return UNKNOWN if name == "Callable" else PLAIN
    found = instances(engine, engine.value(node.value))
    rows = [v for v in found if isinstance(v, Rows)]
    if rows and first:
        return tuple(Rows(v.model, rows[0].kind) for v in first if isinstance(v, Row))
    return found


def _parsed(text: str, scope: Scope) -> ast.expr | None:
    """Read an annotation given as a text; its names are looked up where it stands."""
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None
    spot = Spot(scope, float("inf"), ())
    for part in ast.walk(node):
        if isinstance(part, ast.Name | ast.Call | ast.Attribute):
            part.spot = spot  # type: ignore[union-attr]
    return node

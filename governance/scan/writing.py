"""Which tables a call of a method writes, once it is known on what it is called."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from governance.scan import facts, saving
from governance.scan.effects import NOTHING, Write, is_off, tables
from governance.scan.engine import Engine
from governance.scan.overrides import is_transparent, passes_on, passes_on_rows
from governance.scan.querysets import synchronous
from governance.scan.syntax import Scope
from governance.scan.values import (
    ClassOf,
    FileOf,
    MadeForm,
    ModelClass,
    Object,
    Related,
    Row,
    Rows,
    Super,
    Value,
    Values,
)

_MODEL = "django.db.models.base.Model"
OF_ROWS = {
    "create": "insert",
    "bulk_create": "insert",
    "get_or_create": "insert",
    "update_or_create": "save",
    "update": "update",
    "bulk_update": "update",
    "delete": "delete",
    "_raw_delete": "delete",
    "_update": "update",
    "_insert": "insert",
    "create_user": "insert",
    "create_superuser": "insert",
}
OF_ROW = {
    "save": "save",
    "delete": "delete",
    "save_base": "save",
}
OF_RELATION = {
    "add": "insert",
    "set": "insert",
    "remove": "delete",
    "clear": "delete",
}
NAMES = frozenset({*OF_ROWS, *OF_ROW, *OF_RELATION})


def looks_like_write(name: str) -> bool:
    """Tell whether a method of this name could write a table."""
    return synchronous(name) in NAMES or (name.startswith("set_") and name.endswith("_order"))


def writes_of(
    engine: Engine, value: Value, name: str, node: ast.Call | None, scope: Scope
) -> tuple[Write, ...]:
    """Return what calling the method on this value writes; nothing for what is no model."""
    plain = synchronous(name)
    match value:
        case Row(model):
            return _of_row(engine, model, name, plain, node)
        case ModelClass(model):
            return _of_class(engine, model, name, plain)
        case Rows(model, kind):
            return _of_rows(engine, model, kind, name, node)
        case Related():
            return _of_related(engine, value, name, plain, node)
        case FileOf(model) if plain in OF_ROW and not is_off(node, "save"):
            return tables(model, "save")
        case MadeForm(model, _, True) if plain == "save" and not is_off(node, "commit"):
            return tables(model, "save")
        case ClassOf(klass) if klass.dotted == _MODEL and plain in OF_ROW and node is not None:
            given = engine.value(node.args[0]) if node.args else ()
            rows = [v for v in given if isinstance(v, Row)]
            return tuple(w for v in rows for w in tables(v.model, OF_ROW[plain]))
        case Object():
            return saving.of_object(engine, value, plain, node)
        case Super(_, self_value):
            return _of_super(engine, self_value, name, node, scope)
    return NOTHING


def having_fields(values: Values, name: str, node: ast.Call | None) -> Values:
    """Of several possible models, keep those that have the fields that a call names."""
    models = {v.model for v in values if isinstance(v, Rows | Related)}
    plain = synchronous(name)
    if len(models) < 2 or plain not in {"update", "create", "get_or_create"}:
        return values
    names = {key.partition("__")[0] for key in _keywords(node)} - {"defaults", "create_defaults"}
    kept = [v for v in values if not isinstance(v, Rows | Related) or _has_all(v.model, names)]
    return tuple(kept) or values


def _has_all(model: Any, names: set[str]) -> bool:
    return all(facts.field_of(model, name) is not None for name in names)


def _of_row(
    engine: Engine, model: Any, name: str, plain: str, node: ast.Call | None
) -> tuple[Write, ...]:
    if plain in OF_ROW:
        if not passes_on(engine, model, plain) or not passes_on(engine, model, name):
            return NOTHING
        names = _named(node, "update_fields") if plain == "save" else None
        return tables(model, "update" if names else OF_ROW[plain], names)
    if plain.startswith("set_") and plain.endswith("_order"):
        related = plain.removeprefix("set_").removesuffix("_order")
        found = [m for m in facts.all_models() if m._meta.model_name == related]
        return tuple(w for m in found[:1] for w in tables(m, "update", frozenset()))
    return NOTHING


def _of_class(engine: Engine, model: Any, name: str, plain: str) -> tuple[Write, ...]:
    """``Order.save(order)``, unless the class method is the project's own."""
    if plain in OF_ROW and passes_on(engine, model, name) and not model._meta.abstract:
        return tables(model, OF_ROW[plain])
    return NOTHING


def _of_rows(
    engine: Engine, model: Any, kind: Any, name: str, node: ast.Call | None
) -> tuple[Write, ...]:
    plain = synchronous(name)
    operation = OF_ROWS.get(plain)
    if operation is None:
        return NOTHING
    if not passes_on_rows(engine, kind, name) or not passes_on_rows(engine, kind, plain):
        return NOTHING
    saves = plain in {"create", "get_or_create", "update_or_create"}
    if saves and not passes_on(engine, model, "save"):
        return NOTHING
    if plain in {"update", "bulk_update"}:
        given = _keywords(node) if plain == "update" else _listed(node, 1, "fields")
        return tables(model, operation, given)
    return tables(model, operation)


def _of_related(
    engine: Engine, value: Related, name: str, plain: str, node: ast.Call | None
) -> tuple[Write, ...]:
    own = facts.member(value.kind, name) if value.kind is not None else None
    is_own = own is not None and engine.is_own(own[0].__module__)
    if is_own and not passes_on_rows(engine, value.kind, name):
        return NOTHING
    operation = OF_RELATION.get(plain)
    if operation is None:
        found = _of_rows(engine, value.model, None, name, node)
        joins = plain in {"create", "get_or_create", "update_or_create"} and value.through
        return (*found, *(tables(value.through, "insert") if joins else ()))
    if value.through is not None:
        return tables(value.through, operation, frozenset())
    return tables(value.model, "update", frozenset())


def _of_super(
    engine: Engine, self_value: Sequence[Value], name: str, node: Any, scope: Scope
) -> tuple[Write, ...]:
    """In an override of the same name the caller writes; elsewhere the class itself."""
    orm = [v for v in self_value if isinstance(v, Row | Rows | ModelClass)]
    if orm:
        if is_transparent(scope, name):
            return NOTHING
        return tuple(w for v in orm for w in writes_of(engine, v, name, node, scope))
    others = [v for v in self_value if isinstance(v, Object)]
    return tuple(w for v in others for w in saving.above(engine, v, name, node))


def _named(node: ast.Call | None, option: str) -> frozenset[str] | None:
    for keyword in node.keywords if node is not None else ():
        if keyword.arg == option:
            return _constants(keyword.value)
    return None


def _listed(node: ast.Call | None, position: int, option: str) -> frozenset[str] | None:
    if node is not None and len(node.args) > position:
        return _constants(node.args[position])
    return _named(node, option)


def _constants(node: ast.expr) -> frozenset[str] | None:
    if not isinstance(node, ast.List | ast.Tuple | ast.Set):
        return None
    found = [e.value for e in node.elts if isinstance(e, ast.Constant)]
    complete = len(found) == len(node.elts) and found
    return frozenset(str(value) for value in found) if complete else None


def _keywords(node: ast.Call | None) -> frozenset[str]:
    given = [k.arg for k in node.keywords if k.arg] if node is not None else []
    return frozenset(given)

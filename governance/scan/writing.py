"""Which tables a call of a method writes, once it is known on what it is called."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from governance.scan import facts, framework
from governance.scan.classes import FORM, FORMSET, SERIALIZER, Klass
from governance.scan.engine import Engine
from governance.scan.overrides import calls_super, is_transparent, passes_on, passes_on_rows
from governance.scan.querysets import synchronous
from governance.scan.syntax import Scope
from governance.scan.values import (
    ClassOf,
    FileOf,
    MadeForm,
    Method,
    ModelClass,
    Object,
    Related,
    Row,
    Rows,
    Super,
    Value,
    Values,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Rows of a model's table, or a table by name, are written."""

    table: str
    operation: str
    by: Klass | None = None
    """The form or serializer in whose name it happens; None for the code itself."""


_MODEL = "django.db.models.base.Model"
NOTHING: tuple[Write, ...] = ()

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
        case FileOf(model) if plain in OF_ROW and not _is_off(node, "save"):
            return _tables(model, "save")
        case MadeForm(model, _, True) if plain == "save" and not _is_off(node, "commit"):
            return _tables(model, "save")
        case ClassOf(klass) if klass.dotted == _MODEL and plain in OF_ROW and node is not None:
            given = engine.value(node.args[0]) if node.args else ()
            rows = [v for v in given if isinstance(v, Row)]
            return tuple(w for v in rows for w in _tables(v.model, OF_ROW[plain]))
        case Object():
            return _of_object(engine, value, plain, node)
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


def _tables(model: Any, operation: str, names: frozenset[str] | None = None) -> tuple[Write, ...]:
    found = facts.written_tables(model, names)
    return tuple(Write(table=m._meta.db_table, operation=operation) for m in found if _has_table(m))


def _has_table(model: Any) -> bool:
    return not model._meta.abstract and not model._meta.swapped


def _of_row(
    engine: Engine, model: Any, name: str, plain: str, node: ast.Call | None
) -> tuple[Write, ...]:
    if plain in OF_ROW:
        if not passes_on(engine, model, plain) or not passes_on(engine, model, name):
            return NOTHING
        names = _named(node, "update_fields") if plain == "save" else None
        return _tables(model, "update" if names else OF_ROW[plain], names)
    if plain.startswith("set_") and plain.endswith("_order"):
        related = plain.removeprefix("set_").removesuffix("_order")
        found = [m for m in facts.all_models() if m._meta.model_name == related]
        return tuple(w for m in found[:1] for w in _tables(m, "update", frozenset()))
    return NOTHING


def _of_class(engine: Engine, model: Any, name: str, plain: str) -> tuple[Write, ...]:
    """``Order.save(order)``, unless the class method is the project's own."""
    if plain in OF_ROW and passes_on(engine, model, name) and not model._meta.abstract:
        return _tables(model, OF_ROW[plain])
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
        return _tables(model, operation, given)
    return _tables(model, operation)


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
        return (*found, *(_tables(value.through, "insert") if joins else ()))
    if value.through is not None:
        return _tables(value.through, operation, frozenset())
    return _tables(value.model, "update", frozenset())


def _of_object(
    engine: Engine, value: Object, plain: str, node: ast.Call | None
) -> tuple[Write, ...]:
    """A form or serializer that is saved acts for itself, unless its ``save`` is its own work."""
    klass = value.klass
    if plain != "save" or not framework.is_a(engine, klass, FORM, SERIALIZER, FORMSET):
        return NOTHING
    if _is_off(node, "commit") or not saves_by_itself(engine, value):
        return NOTHING
    models = framework.models_of(engine, klass)
    by = klass if engine.is_own(klass.module) else None
    return tuple(
        Write(table=w.table, operation=w.operation, by=by)
        for model in models
        for w in _tables(model, "save")
    )


def saves_by_itself(
    engine: Engine, value: Object, verbs: Sequence[str] = ("create", "update")
) -> bool:
    """Tell whether the framework's own ``save`` of a form or serializer writes its model.

    The project's ``save``, or a serializer's ``create`` and ``update``, is looked at by itself.
    """
    if not all(_commits(scope) for scope in _own_methods(engine, value, "save")):
        return False
    if not framework.is_a(engine, value.klass, SERIALIZER):
        return True
    own = {verb: _own_methods(engine, value, verb) for verb in verbs}
    return any(all(calls_super(s, verb) for s in scopes) for verb, scopes in own.items())


def _own_methods(engine: Engine, value: Object, name: str) -> list[Scope]:
    found = (v.scope for v in engine.attribute((value,), name) if isinstance(v, Method))
    return [scope for scope in found if engine.is_own(scope.unit.name)]


def _commits(scope: Scope) -> bool:
    """Tell whether an overridden ``save`` lets ``super().save()`` write."""
    for node in ast.walk(scope.node):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr="save")
            ):
                return not _is_off(node, "commit")
    return False


def _of_super(
    engine: Engine, self_value: Sequence[Value], name: str, node: Any, scope: Scope
) -> tuple[Write, ...]:
    """In an override of the same name the caller writes; elsewhere the class itself."""
    orm = [v for v in self_value if isinstance(v, Row | Rows | ModelClass)]
    if orm:
        if is_transparent(scope, name):
            return NOTHING
        return tuple(w for v in orm for w in writes_of(engine, v, name, node, scope))
    forms = [v for v in self_value if isinstance(v, Object)]
    if synchronous(name) != "save" or _is_off(node, "commit"):
        return NOTHING
    found = []
    for value in forms:
        if framework.is_a(engine, value.klass, FORM, SERIALIZER, FORMSET):
            for model in framework.models_of(engine, value.klass):
                found += [
                    Write(table=w.table, operation=w.operation, by=value.klass)
                    for w in _tables(model, "save")
                ]
    return tuple(found)


def _is_off(node: ast.Call | None, option: str) -> bool:
    """Tell whether a call says ``commit=False``."""
    for keyword in node.keywords if node is not None else ():
        if keyword.arg == option and isinstance(keyword.value, ast.Constant):
            return keyword.value.value is False
    if option == "commit" and node is not None and node.args:
        return isinstance(node.args[0], ast.Constant) and node.args[0].value is False
    return False


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

"""What a framework hands to a function of the project: ``request``, ``queryset``, ``instance``."""

from __future__ import annotations

import ast
from typing import Any

from governance.scan import facts, signals
from governance.scan.classes import (
    ADMIN_BASE,
    API_VIEW,
    FORM,
    FORM_VIEW,
    SERIALIZER,
    Klass,
)
from governance.scan.engine import Engine
from governance.scan.forms import form_instances, form_of_view, serializers_of
from governance.scan.framework import (
    FILTERSET,
    REQUEST,
    class_attribute,
    is_a,
    models_of,
)
from governance.scan.syntax import Scope
from governance.scan.values import (
    UNKNOWN,
    ClassOf,
    Cleaned,
    Function,
    MadeForm,
    ModelClass,
    Plain,
    Row,
    Rows,
    Values,
    joined,
)

_ROLES = (ADMIN_BASE, FORM_VIEW, API_VIEW, SERIALIZER, FORM)


def parameter(engine: Engine, scope: Scope, name: str) -> Values:
    """Return what a framework passes to a function of the project."""
    if name in {"request", "req"}:
        return (REQUEST,)
    if name in {"schema_editor", "apps"}:
        return (Plain("cursor" if name == "schema_editor" else name),)
    if name in {"instance", "sender"}:
        models = signals.senders(engine, scope)
        if models:
            return tuple((Row if name == "instance" else ModelClass)(m) for m in models)
    in_class = scope.parent is not None and scope.parent.kind == "class"
    if scope.kind == "function" and scope.parent is not None and in_class:
        value = engine.class_of(scope.parent)
        if isinstance(value, ClassOf):
            found = _of_method(engine, value.klass, scope.node.name, name)
            heirs = () if found or is_a(engine, value.klass, *_ROLES) else engine.heirs(value.klass)
            more = (_of_method(engine, heir, scope.node.name, name) for heir in heirs[:20])
            return found or joined(*more)
    if name in {"queryset", "qs"}:
        return tuple(Rows(m) for m in models_of_action(engine, scope))
    return UNKNOWN


def _of_method(engine: Engine, klass: Klass, method: str, name: str) -> Values:
    if is_a(engine, klass, ADMIN_BASE):
        models = models_of(engine, klass)
        if name in {"obj", "instance"}:
            return tuple(Row(m) for m in models)
        if name in {"queryset", "qs"}:
            return tuple(facts.default_rows(m) for m in models)
        if name == "form":
            return _form_of_admin(engine, klass)
    if name == "form" and is_a(engine, klass, FORM_VIEW):
        return form_of_view(engine, klass, as_class=False)
    if is_a(engine, klass, API_VIEW):
        return _of_api_view(engine, klass, method, name)
    if is_a(engine, klass, SERIALIZER, FILTERSET):
        return _of_serializer(engine, klass, name)
    return UNKNOWN


def _form_of_admin(engine: Engine, klass: Klass) -> Values:
    own = tuple(v for v in class_attribute(engine, klass, "form") if isinstance(v, ClassOf))
    own = tuple(v for v in own if engine.is_own(v.klass.module))
    return form_instances(own) or tuple(MadeForm(m, False, True) for m in models_of(engine, klass))


def _of_api_view(engine: Engine, klass: Klass, method: str, name: str) -> Values:
    if name == "serializer":
        action = method.removeprefix("perform_") if method.startswith("perform_") else ""
        return form_instances(tuple(serializers_of(engine, klass, action)))
    if name in {"instance", "obj"} and method.startswith("perform_"):
        return tuple(Row(m) for m in models_of(engine, klass))
    return (Plain(),) if name in {"pk", "format"} else UNKNOWN


def _of_serializer(engine: Engine, klass: Klass, name: str) -> Values:
    if name in {"validated_data", "attrs"}:
        return (Cleaned(klass),)
    models = models_of(engine, klass)
    if name in {"instance", "obj"}:
        return tuple(Row(m) for m in models)
    return tuple(Rows(m) for m in models) if name in {"queryset", "qs"} else UNKNOWN


def of_lambda(engine: Engine, scope: Scope, name: str, position: tuple[int, ...]) -> Values:
    """Return what ``map``, ``sorted`` and the like pass to a lambda, or a signal does."""
    host: ast.Call | None = getattr(scope.node, "host", None)
    if host is None:
        return UNKNOWN
    called_name = getattr(host.func, "attr", getattr(host.func, "id", ""))
    if called_name == "connect" and name in {"instance", "sender"}:
        models = signals.senders_of(engine, host)
        return tuple((Row if name == "instance" else ModelClass)(m) for m in models)
    if position != (0,):
        return UNKNOWN
    if called_name in {"map", "filter", "starmap"} and len(host.args) > 1:
        return engine.items(engine.value(host.args[1]))
    if called_name in {"sorted", "min", "max", "groupby"} and host.args:
        return engine.items(engine.value(host.args[0]))
    if called_name == "sort" and isinstance(host.func, ast.Attribute):
        return engine.items(engine.value(host.func.value))
    return UNKNOWN


def models_of_action(engine: Engine, scope: Scope) -> tuple[Any, ...]:
    """Return the models whose admin in the same file lists a function among its actions."""
    found: list[Any] = []
    for own in scope.unit.scopes.values():
        if own.kind != "class" or "actions" not in own.bindings:
            continue
        listed = engine.items(engine.bound(own.bindings["actions"], own, None))
        names = {v.scope for v in listed if isinstance(v, Function)}
        value = engine.class_of(own)
        if scope in names and isinstance(value, ClassOf):
            found += models_of(engine, value.klass)
    return tuple(dict.fromkeys(found))

"""Forms, serializers and formsets: what they hold, and what the views that use them give."""

from __future__ import annotations

import ast

from governance.scan import facts
from governance.scan.choosing import chosen
from governance.scan.classes import (
    FORM,
    FORMSET,
    SERIALIZER,
    Klass,
)
from governance.scan.engine import Engine
from governance.scan.framework import (
    class_attribute,
    is_a,
    models_of,
    own_method,
    self_env,
)
from governance.scan.querysets import instances_of, rows_of
from governance.scan.syntax import Scope
from governance.scan.values import (
    PLAIN,
    UNKNOWN,
    Bound,
    ClassOf,
    Cleaned,
    Env,
    Keyed,
    MadeForm,
    Many,
    Method,
    Object,
    Row,
    Rows,
    Value,
    Values,
    joined,
)


def cleaned(engine: Engine, klass: Klass, key: str) -> Values:
    """Return what the cleaned data of a form holds under a name."""
    for model in models_of(engine, klass):
        found = facts.on_row(model, key)
        if found:
            return found if isinstance(found[0], Row) else PLAIN
    live = getattr(klass.live, "base_fields", {}).get(key) if klass.live is not None else None
    model = getattr(getattr(live, "_queryset", None), "model", None)
    if model is not None:
        several = type(live).__name__.startswith("ModelMultiple")
        return (Rows(model),) if several else (Row(model),)
    for base in engine.mro(klass):
        bindings = base.scope.bindings.get(key) if base.scope is not None else None
        if bindings and isinstance(bindings[-1].node, ast.Call):
            return _of_form_field(engine, bindings[-1].node)
    return PLAIN


def _of_form_field(engine: Engine, node: ast.Call) -> Values:
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    given = [k.value for k in node.keywords if k.arg == "queryset"] or node.args[:1]
    rows = rows_of(engine.value(given[0])) if given else UNKNOWN
    if name in {"ModelChoiceField", "PrimaryKeyRelatedField", "SlugRelatedField"}:
        return instances_of(rows)
    return rows if name == "ModelMultipleChoiceField" else PLAIN


def _of_cleaned(engine: Engine, receiver: Cleaned, name: str, node: ast.Call | None) -> Values:
    if name in {"get", "pop", "setdefault"} and node is not None and node.args:
        key = node.args[0]
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            return cleaned(engine, receiver.klass, key.value)
    return (Keyed(()),) if name == "copy" else PLAIN


def called(engine: Engine, call: Bound, node: ast.Call | None, env: Env | None) -> Values:
    """Return what a method that a framework's class defines gives."""
    receiver, name = call.receiver, call.name
    if isinstance(receiver, Cleaned):
        return _of_cleaned(engine, receiver, name, node)
    if not isinstance(receiver, Object):
        return PLAIN
    klass = receiver.klass
    match name:
        case "get_object" | "aget_object":
            return tuple(Row(m) for m in models_of(engine, klass))
        case "get_queryset":
            own = rows_of(class_attribute(engine, klass, "queryset"))
            return own or tuple(facts.default_rows(m) for m in models_of(engine, klass))
        case "filter_queryset" | "paginate_queryset":
            return engine.value(node.args[0], env) if node is not None and node.args else UNKNOWN
        case "get_form" | "get_form_class":
            return form_of_view(engine, klass, as_class=name == "get_form_class")
        case "get_serializer":
            return form_instances(tuple(serializers_of(engine, klass)))
        case "get_serializer_class":
            return class_attribute(engine, klass, "serializer_class")
        case "create" | "update" if is_a(engine, klass, SERIALIZER):
            return tuple(Row(m) for m in models_of(engine, klass))
        case "save" if is_a(engine, klass, FORM, SERIALIZER, FORMSET):
            rows = tuple(Row(m) for m in models_of(engine, klass))
            many = is_a(engine, klass, FORMSET)
            return (Many(rows),) if many and rows else rows or PLAIN
        case "save_new" | "save_existing" if is_a(engine, klass, FORMSET):
            return tuple(Row(m) for m in models_of(engine, klass)) or PLAIN
    return PLAIN


def form_instances(values: Values) -> Values:
    """Return an instance of each form or serializer class."""
    found: list[Value] = []
    for value in values:
        match value:
            case ClassOf(klass):
                found.append(Object(klass))
            case MadeForm(model, is_set, False):
                found.append(MadeForm(model, is_set, True))
    return tuple(found)


def form_of_view(engine: Engine, klass: Klass, *, as_class: bool) -> Values:
    own = class_attribute(engine, klass, "form_class")
    own = tuple(v for v in own if isinstance(v, ClassOf | MadeForm))
    own = own or tuple(
        v for v in own_method(engine, klass, "get_form_class") if isinstance(v, ClassOf | MadeForm)
    )
    if not own:
        own = tuple(MadeForm(m, False) for m in models_of(engine, klass))
    return own if as_class else form_instances(own)


def called_form_class(engine: Engine, klass: Klass) -> Values:
    """Return the form classes that a view saves."""
    return form_of_view(engine, klass, as_class=True)


def serializers_of(engine: Engine, klass: Klass, action: str = "") -> list[ClassOf]:
    """Return the serializers of an API view, for one action or any."""
    named = _serializer_methods(engine, klass)
    first = [scope for scope in named if scope.node.name == "get_serializer_class"][:1]
    for scopes in (first, [scope for scope in named if scope not in first]):
        given = [chosen(engine, scope, self_env(scope, klass), action) for scope in scopes]
        found = _serializers(engine, joined(*given))
        if found:
            return found
    return _serializers(engine, class_attribute(engine, klass, "serializer_class"))


def _serializer_methods(engine: Engine, klass: Klass) -> list[Scope]:
    """The project's methods of a view that choose its serializer, nearest first."""
    found: dict[str, Scope] = {}
    for base in engine.mro(klass):
        own = base.scope.bindings if base.scope is not None and engine.is_own(base.module) else {}
        for name, bindings in own.items():
            if "serializer" in name and bindings[-1].scope and bindings[-1].kind == "function":
                found.setdefault(name, bindings[-1].scope)
    return list(found.values())


def _serializers(engine: Engine, values: Values) -> list[ClassOf]:
    own = (v for v in values if isinstance(v, ClassOf))
    return [v for v in own if is_a(engine, v.klass, SERIALIZER)]


def inlines_of(engine: Engine, klass: Klass) -> list[Klass]:
    """Return the inlines of an admin class."""
    found = engine.items(class_attribute(engine, klass, "inlines"))
    return [v.klass for v in found if isinstance(v, ClassOf)]


def iterated(engine: Engine, value: Object) -> Values:
    """Return what iterating over an object gives."""
    methods = engine.attribute((value,), "__iter__")
    own = [v for v in methods if isinstance(v, Method)]
    found = joined(*(engine.items(engine.call(m, None, None)) for m in own))
    return found or (PLAIN if not own else UNKNOWN)

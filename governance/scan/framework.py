"""What Django's views, forms and admin, and REST framework's serializers, know of models."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from governance.scan import facts, signals
from governance.scan.classes import (
    ADMIN,
    ADMIN_BASE,
    FORM,
    FORM_VIEW,
    FORMSET,
    MULTIPLE,
    SERIALIZER,
    SINGLE,
    VIEW,
    Klass,
)
from governance.scan.engine import Engine
from governance.scan.querysets import instances_of
from governance.scan.syntax import Scope
from governance.scan.values import (
    UNKNOWN,
    Bound,
    ClassOf,
    Cleaned,
    Env,
    Keyed,
    MadeForm,
    Many,
    ModelClass,
    Object,
    Plain,
    Related,
    Row,
    Rows,
    Value,
    Values,
    joined,
)

REQUEST = Plain("request")
FILTERSET = "django_filters.filterset.BaseFilterSet"


def is_a(engine: Engine, klass: Klass, *dotted: str) -> bool:
    """Tell whether a class inherits one of a library's classes."""
    return any(k.dotted in dotted for k in engine.mro(klass))


def models_of(engine: Engine, klass: Klass) -> tuple[Any, ...]:
    """Return the models that a view, form, serializer or admin class is for."""
    found: tuple[Any, ...] = ()
    if is_a(engine, klass, ADMIN):
        found = signals.models_of_admin(klass.live) if klass.live is not None else ()
        found = found or _registered(engine, klass)
    return tuple(dict.fromkeys(found or _declared(engine, klass)))


def _declared(engine: Engine, klass: Klass) -> tuple[Any, ...]:
    if is_a(engine, klass, FORM, SERIALIZER, FILTERSET):
        return _of_meta(engine, klass)
    rows = own_method(engine, klass, "get_queryset") if is_a(engine, klass, VIEW) else UNKNOWN
    models = [v.model for v in rows if isinstance(v, Rows | Related)]
    if not models:
        rows = class_attribute(engine, klass, "queryset")
        models = [v.model for v in rows if isinstance(v, Rows)]
    if not models:
        own = class_attribute(engine, klass, "model")
        models = [v.model for v in own if isinstance(v, ModelClass)]
    if not models and is_a(engine, klass, FORMSET):
        models = _of_formset(engine, klass)
    for name in () if models else ("form_class", "serializer_class", "form"):
        for value in class_attribute(engine, klass, name):
            if isinstance(value, ClassOf):
                models += _of_meta(engine, value.klass)
            elif isinstance(value, MadeForm):
                models.append(value.model)
    return tuple(models)


def _of_meta(engine: Engine, klass: Klass) -> tuple[Any, ...]:
    live = getattr(getattr(klass.live, "_meta", None), "model", None)
    if facts.is_model(live):
        return (live,)
    meta = class_attribute(engine, klass, "Meta")
    found = engine.attribute(tuple(v for v in meta if isinstance(v, ClassOf)), "model")
    return tuple(v.model for v in found if isinstance(v, ModelClass))


def _of_formset(engine: Engine, klass: Klass) -> list[Any]:
    """Return the models that factories name of which it inherits, or that are given the class."""
    if klass.scope is None:
        return []
    heads = [base.scope.node.bases for base in engine.mro(klass) if base.scope is not None]
    made = [v for bases in heads for base in bases for v in engine.value(base)]
    for call in klass.scope.unit.calls:
        given = [k.value for k in call.keywords if k.arg == "formset"]
        values = engine.value(given[0]) if given else UNKNOWN
        if any(isinstance(v, ClassOf) and klass in engine.mro(v.klass) for v in values):
            made += engine.value(call)
    return [v.model for v in made if isinstance(v, MadeForm)]


def class_attribute(engine: Engine, klass: Klass, name: str) -> Values:
    """Return what the class statement, or one that it inherits, binds a name to."""
    for base in engine.mro(klass):
        if base.scope is not None:
            bindings = base.scope.bindings.get(name)
            if bindings:
                return engine.bound(bindings, base.scope, None)
        elif base.live is not None and name in vars(base.live):
            found = vars(base.live)[name]
            return UNKNOWN if found is None else engine.lift(found)
    return UNKNOWN


def own_method(engine: Engine, klass: Klass, name: str) -> Values:
    """Return what a method that the project wrote gives back."""
    own = own_scope(engine, klass, name)
    return engine.returns(own, self_env(own, klass)) if own is not None else UNKNOWN


def own_scope(engine: Engine, klass: Klass, name: str) -> Scope | None:
    """Return a method that the project wrote, of a class or one that it inherits."""
    return next(own_scopes(engine, klass, name), None)


def own_scopes(engine: Engine, klass: Klass, name: str) -> Iterator[Scope]:
    """Yield the methods of a name that the project wrote, nearest first."""
    for base in engine.mro(klass):
        found = base.scope.bindings.get(name) if base.scope is not None else None
        if found and found[-1].scope is not None and engine.is_own(base.module):
            yield found[-1].scope


def self_env(scope: Scope, klass: Klass) -> Env | None:
    """Return what the parameters of a method are when an object of the class runs it."""
    arguments = scope.node.args
    first = [*arguments.posonlyargs, *arguments.args][:1]
    return Env(scope, ((first[0].arg, (Object(klass),)),)) if first else None


def _registered(engine: Engine, klass: Klass) -> tuple[Any, ...]:
    """Return the models that ``@admin.register`` or ``site.register`` in the file name."""
    scope = klass.scope
    if scope is None:
        return ()
    found: list[Any] = []
    for part in scope.node.decorator_list:
        if isinstance(part, ast.Call):
            found += [v for argument in part.args for v in engine.value(argument)]
    for call in scope.unit.calls:
        if (
            isinstance(call.func, ast.Attribute)
            and call.func.attr == "register"
            and len(call.args) > 1
        ) and getattr(call.args[1], "id", "") == klass.name:
            given = engine.value(call.args[0])
            found += [*given, *engine.items(given)]
    return tuple(v.model for v in found if isinstance(v, ModelClass))


# Attributes


def attribute(engine: Engine, value: Value, klass: Klass, name: str) -> Values | None:
    """Return an attribute that a framework gives to its classes; None for any other."""
    if isinstance(value, ClassOf):
        return None
    if name in _OF_VIEWS and is_a(engine, klass, VIEW):
        return _of_view(engine, klass, name)
    if name in _OF_FORMS and is_a(engine, klass, FORM, SERIALIZER, FORMSET):
        return _of_form(engine, klass, name)
    if name == "model" and is_a(engine, klass, ADMIN_BASE):
        return tuple(ModelClass(m) for m in models_of(engine, klass)) or None
    if name in {"request", "_request"} and not _defines(klass, name):
        return (REQUEST,) if name == "request" else None
    return None


_OF_VIEWS = frozenset(["object", "object_list", "request", "kwargs", "args"])
_OF_FORMS = frozenset(
    [
        "instance",
        "cleaned_data",
        "validated_data",
        "fields",
        "data",
        "files",
        "errors",
        "initial",
        "initial_data",
        "context",
        "forms",
        "deleted_forms",
        "changed_data",
    ]
)


def _of_view(engine: Engine, klass: Klass, name: str) -> Values | None:
    if name == "request":
        return (REQUEST,)
    if name in {"kwargs", "args"}:
        return (Keyed(()),) if name == "kwargs" else (Many(()),)
    if not is_a(engine, klass, SINGLE, MULTIPLE, FORM_VIEW):
        return None
    set_here = [
        engine.set_on(Object(klass), base.scope.attributes[name], base.scope)
        for base in engine.mro(klass)
        if base.scope is not None and name in base.scope.attributes and engine.is_own(base.module)
    ]
    own = joined(*set_here)
    if own and own != (Plain("None"),):
        return own
    models = models_of(engine, klass)
    if name == "object":
        given = instances_of(own_method(engine, klass, "get_object"))
        return given or tuple(Row(m) for m in models) or None
    return tuple(Rows(m) for m in models) or None


def _of_form(engine: Engine, klass: Klass, name: str) -> Values | None:
    if name == "instance":
        return tuple(Row(m) for m in models_of(engine, klass)) or None
    if name in {"cleaned_data", "validated_data"}:
        return (Cleaned(klass),)
    if name in {"forms", "deleted_forms"}:
        return None
    return (Keyed(()),)


def _defines(klass: Klass, name: str) -> bool:
    scope = klass.scope
    return scope is not None and (name in scope.bindings or name in scope.attributes)


def inherited(engine: Engine, own: Value, klass: Klass, name: str) -> Values:
    """Return what ``super().name`` is where a framework's class defines it."""
    del klass
    if not isinstance(own, Object):
        return UNKNOWN
    for base in list(engine.mro(own.klass))[1:]:
        if base.scope is not None and engine.is_own(base.module) and name in base.scope.bindings:
            return UNKNOWN
    return (Bound(own, name),)


# Parameters


# The rest

"""What Django's views, forms and admin, and REST framework's serializers, know of models."""

from __future__ import annotations

import ast
from typing import Any

from django.apps import apps
from django.conf import settings

from governance.scan import facts, signals
from governance.scan.classes import (
    ADMIN,
    ADMIN_BASE,
    API_VIEW,
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
from governance.scan.querysets import instances_of, rows_of
from governance.scan.syntax import Scope, spot_of
from governance.scan.values import (
    PLAIN,
    UNKNOWN,
    Bound,
    ClassOf,
    Cleaned,
    Env,
    Function,
    Keyed,
    MadeForm,
    Many,
    Method,
    ModelClass,
    Object,
    Partial,
    Plain,
    Row,
    Rows,
    Value,
    Values,
    joined,
)

REQUEST = Plain("request")
_FILTERSET = "django_filters.filterset.BaseFilterSet"


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
    if is_a(engine, klass, FORM, SERIALIZER, _FILTERSET):
        return _of_meta(engine, klass)
    own = _class_attribute(engine, klass, "model")
    models = [v.model for v in own if isinstance(v, ModelClass)]
    if not models:
        rows = _class_attribute(engine, klass, "queryset")
        rows = rows or _own_method(engine, klass, "get_queryset")
        models = [v.model for v in rows if isinstance(v, Rows)]
    for name in () if models else ("form_class", "serializer_class", "form"):
        for value in _class_attribute(engine, klass, name):
            if isinstance(value, ClassOf):
                models += _of_meta(engine, value.klass)
            elif isinstance(value, MadeForm):
                models.append(value.model)
    return tuple(models)


def _of_meta(engine: Engine, klass: Klass) -> tuple[Any, ...]:
    live = getattr(getattr(klass.live, "_meta", None), "model", None)
    if facts.is_model(live):
        return (live,)
    meta = _class_attribute(engine, klass, "Meta")
    found = engine.attribute(tuple(v for v in meta if isinstance(v, ClassOf)), "model")
    return tuple(v.model for v in found if isinstance(v, ModelClass))


def _class_attribute(engine: Engine, klass: Klass, name: str) -> Values:
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


def _own_method(engine: Engine, klass: Klass, name: str) -> Values:
    """Return what a method that the project wrote gives back."""
    for base in engine.mro(klass):
        scope = base.scope.bindings.get(name) if base.scope is not None else None
        if scope and scope[-1].scope is not None and engine.is_own(base.module):
            own = scope[-1].scope
            arguments = own.node.args
            first = [*arguments.posonlyargs, *arguments.args][:1]
            env = Env(own, ((first[0].arg, (Object(klass),)),)) if first else None
            return engine.returns(own, env)
    return UNKNOWN


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
        ):
            if getattr(call.args[1], "id", "") == klass.name:
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


_OF_VIEWS = frozenset("object object_list request kwargs args".split())
_OF_FORMS = frozenset(
    """instance cleaned_data validated_data fields data files errors initial initial_data context
    forms deleted_forms changed_data""".split()
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
        given = instances_of(_own_method(engine, klass, "get_object"))
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
            own = rows_of(_class_attribute(engine, klass, "queryset"))
            return own or tuple(facts.default_rows(m) for m in models_of(engine, klass))
        case "filter_queryset" | "paginate_queryset":
            return engine.value(node.args[0], env) if node is not None and node.args else UNKNOWN
        case "get_form" | "get_form_class":
            return _form_of_view(engine, klass, as_class=name == "get_form_class")
        case "get_serializer":
            return form_instances(_class_attribute(engine, klass, "serializer_class"))
        case "create" | "update" if is_a(engine, klass, SERIALIZER):
            return tuple(Row(m) for m in models_of(engine, klass))
        case "save" if is_a(engine, klass, FORM, SERIALIZER, FORMSET):
            rows = tuple(Row(m) for m in models_of(engine, klass))
            many = is_a(engine, klass, FORMSET)
            return (Many(rows),) if many and rows else rows or PLAIN
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


def _form_of_view(engine: Engine, klass: Klass, *, as_class: bool) -> Values:
    own = _class_attribute(engine, klass, "form_class")
    own = tuple(v for v in own if isinstance(v, ClassOf | MadeForm))
    own = own or tuple(
        v for v in _own_method(engine, klass, "get_form_class") if isinstance(v, ClassOf | MadeForm)
    )
    if not own:
        own = tuple(MadeForm(m, False) for m in models_of(engine, klass))
    return own if as_class else form_instances(own)


# Parameters

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
        return _form_of_view(engine, klass, as_class=False)
    if is_a(engine, klass, API_VIEW):
        return _of_api_view(engine, klass, method, name)
    if is_a(engine, klass, SERIALIZER, _FILTERSET):
        return _of_serializer(engine, klass, name)
    return UNKNOWN


def _form_of_admin(engine: Engine, klass: Klass) -> Values:
    own = tuple(v for v in _class_attribute(engine, klass, "form") if isinstance(v, ClassOf))
    own = tuple(v for v in own if engine.is_own(v.klass.module))
    return form_instances(own) or tuple(MadeForm(m, False, True) for m in models_of(engine, klass))


def _of_api_view(engine: Engine, klass: Klass, method: str, name: str) -> Values:
    if name == "serializer":
        found = _class_attribute(engine, klass, "serializer_class")
        found = found or _own_method(engine, klass, "get_serializer_class")
        return form_instances(found)
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


# The rest


def cleaned(engine: Engine, klass: Klass, key: str) -> Values:
    """Return what the cleaned data of a form holds under a name."""
    for model in models_of(engine, klass):
        found = facts.on_row(model, key)
        if found:
            return found if isinstance(found[0], Row) else PLAIN
    live = getattr(klass.live, "base_fields", {}).get(key) if klass.live is not None else None
    queryset = getattr(live, "_queryset", None) or getattr(live, "queryset", None)
    if queryset is not None and hasattr(queryset, "model"):
        several = type(live).__name__.startswith("ModelMultiple")
        return (Rows(queryset.model),) if several else (Row(queryset.model),)
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


def iterated(engine: Engine, value: Object) -> Values:
    """Return what iterating over an object gives."""
    methods = engine.attribute((value,), "__iter__")
    own = [v for v in methods if isinstance(v, Method)]
    found = joined(*(engine.items(engine.call(m, None, None)) for m in own))
    return found or (PLAIN if not own else UNKNOWN)


def attribute_by_name(engine: Engine, node: ast.Attribute, holder: Values) -> Values:
    """Return what an attribute is by convention: ``request.user``."""
    if REQUEST not in holder and not _is_request(node.value):
        return UNKNOWN
    user: Values = (Row(apps.get_model(settings.AUTH_USER_MODEL)),)
    if node.attr == "user":
        return user
    if node.attr == "auser":
        return (Partial((Bound(Rows(user[0].model), "get"),)),) if isinstance(user[0], Row) else ()
    if node.attr in _OF_REQUEST:
        return UNKNOWN
    found = guessed(engine, spot_of(node).scope, node.attr)
    return found if found and isinstance(found[0], Row) else UNKNOWN


_OF_REQUEST = frozenset("session site data POST GET FILES META COOKIES headers method path".split())


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


def _is_request(node: ast.expr) -> bool:
    name = getattr(node, "attr", getattr(node, "id", ""))
    return name in {"request", "req"}


def named(engine: Engine, scope: Scope, name: str) -> Values:
    """Return the model that a parameter's name means, where one model alone is called so."""
    return guessed(engine, scope, name)


def guessed(engine: Engine, scope: Scope, name: str) -> Values:
    """Return a row of the model that a name means."""
    words = name.strip("_").lower().split("_")
    while len(words) > 1 and words[0] in _ADJECTIVES:
        words.pop(0)
    plain = "".join(words)
    found = _unambiguous(engine, scope, plain)
    if found is not None:
        return (Row(found),)
    if plain.endswith("s"):
        found = _unambiguous(engine, scope, plain[:-1])
    return (Many((Row(found),)),) if found is not None else UNKNOWN


_ADJECTIVES = frozenset(
    """other new old first last next previous current my source target original existing locked
    parent child created updated saved fresh this the db same default""".split()
)


def _unambiguous(engine: Engine, scope: Scope, name: str) -> Any:
    models = facts.models_named(name)
    if name == "user":
        models = models or (apps.get_model(settings.AUTH_USER_MODEL),)
    if len(models) > 1:
        seen = [m for m in models if m.__name__ in scope.unit.top.bindings]
        own = engine.registry.module_of(scope.unit.file)
        near = [m for m in models if engine.registry.apps.get(m._meta.app_label) == own]
        models = tuple(seen if len(seen) == 1 else near)
    return models[0] if len(models) == 1 else None


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


def called_form_class(engine: Engine, klass: Klass) -> Values:
    """Return the form classes that a view saves."""
    return _form_of_view(engine, klass, as_class=True)


def serializers_of(engine: Engine, klass: Klass) -> list[ClassOf]:
    """Return the serializers of an API view."""
    found = _class_attribute(engine, klass, "serializer_class")
    found = found or _own_method(engine, klass, "get_serializer_class")
    return [v for v in found if isinstance(v, ClassOf)]


def inlines_of(engine: Engine, klass: Klass) -> list[Klass]:
    """Return the inlines of an admin class."""
    found = engine.items(_class_attribute(engine, klass, "inlines"))
    return [v.klass for v in found if isinstance(v, ClassOf)]

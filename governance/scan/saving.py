"""What forms, serializers and generic views write, by ``save()`` or by ``super()`` of a hook."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from governance.scan import forms, framework
from governance.scan.classes import (
    API_CREATE,
    API_DELETE,
    API_UPDATE,
    DELETE,
    FORM,
    FORMSET,
    MODEL_SERIALIZER,
    MODEL_VIEW,
    SERIALIZER,
    Klass,
)
from governance.scan.effects import NOTHING, Write, is_off, tables
from governance.scan.engine import Engine
from governance.scan.overrides import calls_super, passes_on
from governance.scan.syntax import Scope
from governance.scan.values import ClassOf, MadeForm, Method, Object

_OF_API = {
    "perform_create": (API_CREATE, "create"),
    "create": (API_CREATE, "create"),
    "perform_update": (API_UPDATE, "update"),
    "update": (API_UPDATE, "update"),
    "partial_update": (API_UPDATE, "update"),
    "perform_destroy": (API_DELETE, "destroy"),
    "destroy": (API_DELETE, "destroy"),
}
_OF_FORMSETS = frozenset(
    ["save_new", "save_existing", "save_new_objects", "save_existing_objects", "delete_existing"]
)
HOOKS = frozenset({*_OF_API, *_OF_FORMSETS, "form_valid"})
"""Methods of frameworks that write, and that classes of the project override."""
DELETING = ("form_valid", "delete")
DESTROYING = ("perform_destroy", "destroy")


def of_object(
    engine: Engine, value: Object, plain: str, node: ast.Call | None
) -> tuple[Write, ...]:
    """A form or serializer that is saved acts for itself, unless its ``save`` is its own work."""
    klass = value.klass
    if plain != "save" or not framework.is_a(engine, klass, FORM, SERIALIZER, FORMSET):
        return NOTHING
    if is_off(node, "commit") or not saves_by_itself(engine, value):
        return NOTHING
    return _saved(engine, klass)


def above(engine: Engine, value: Object, name: str, node: ast.Call) -> tuple[Write, ...]:
    """Return what ``super().name()`` writes in a class that is no model."""
    klass = value.klass
    if framework.is_a(engine, klass, FORM, FORMSET):
        saves = name in {"save", *_OF_FORMSETS} and not is_off(node, "commit")
        return _saved(engine, klass, (name,)) if saves else NOTHING
    if framework.is_a(engine, klass, SERIALIZER):
        saves = name == "save" or framework.is_a(engine, klass, MODEL_SERIALIZER)
        known = saves and name in {"save", "create", "update"}
        return _saved(engine, klass, (name,)) if known else NOTHING
    if not passes_above(engine, klass, name):
        return NOTHING
    if name in _OF_API:
        base, action = _OF_API[name]
        return of_api_view(engine, klass, action) if framework.is_a(engine, klass, base) else ()
    return _of_view(engine, klass, name) if name in DELETING else NOTHING


def of_api_view(engine: Engine, klass: Klass, action: str) -> tuple[Write, ...]:
    """Return what an API view writes when it creates, updates or destroys."""
    if action == "destroy":
        return all_rows(engine, klass, "delete", DESTROYING)
    given = forms.serializers_of(engine, klass, action)
    own = [v.klass for v in given if saves_by_itself(engine, Object(v.klass), (action,))]
    return tuple(w for k in own for w in _saved(engine, k, (action,)))


def _of_view(engine: Engine, klass: Klass, name: str) -> tuple[Write, ...]:
    if framework.is_a(engine, klass, DELETE):
        return all_rows(engine, klass, "delete", DELETING)
    if name != "form_valid" or not framework.is_a(engine, klass, MODEL_VIEW):
        return NOTHING
    return tuple(saved_by_view(engine, klass))


def saved_by_view(engine: Engine, klass: Klass) -> Iterator[Write]:
    """Yield what saving the form of a view writes: the form's model, else the view's own."""
    found = forms.called_form_class(engine, klass)
    own = [v.klass for v in found if isinstance(v, ClassOf)]
    for form in own:
        if saves_by_itself(engine, Object(form)):
            yield from _saved(engine, form)
    if not own and (any(isinstance(v, MadeForm) for v in found)):
        yield from all_rows(engine, klass, "save", ("form_valid",))


def _saved(engine: Engine, klass: Klass, verbs: tuple[str, ...] = ("save",)) -> tuple[Write, ...]:
    by = klass if engine.is_own(klass.module) else None
    models = (m for m in framework.models_of(engine, klass) if passes_on(engine, m, "save"))
    return tuple(w for model in models for w in tables(model, "save", by=by, verbs=verbs))


def all_rows(
    engine: Engine, klass: Klass, operation: str, verbs: tuple[str, ...]
) -> tuple[Write, ...]:
    """Return the writes of the rows that a view or admin class is for."""
    models = (m for m in framework.models_of(engine, klass) if passes_on(engine, m, operation))
    return tuple(w for model in models for w in tables(model, operation, by=klass, verbs=verbs))


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


def passes_above(engine: Engine, klass: Klass, name: str) -> bool:
    """Tell whether the project's methods that a class inherits pass on to the framework's."""
    own = klass.scope.bindings.get(name) if klass.scope is not None else None
    for scope in framework.own_scopes(engine, klass, name):
        if not (own and scope is own[-1].scope) and not calls_super(scope, name):
            return saves_form(scope)
    return True


def saves_form(scope: Scope) -> bool:
    """Tell whether a method saves the parameter ``form``."""
    names = {a.arg for a in scope.node.args.args}
    for node in ast.walk(scope.node) if "form" in names else ():
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="form"), attr="save")):
                return not is_off(node, "commit")
    return False


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
                return not is_off(node, "commit")
    return False

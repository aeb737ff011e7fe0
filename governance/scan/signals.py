"""For which models a signal's receiver, an admin class or an admin action is there."""

from __future__ import annotations

import ast
import weakref
from functools import cache, lru_cache
from typing import Any

from django.apps import apps
from django.db.models import signals as django_signals

from governance.scan import facts
from governance.scan.engine import Engine
from governance.scan.syntax import Scope
from governance.scan.values import ModelClass, Text, Values


def senders(engine: Engine, scope: Scope) -> tuple[Any, ...]:
    """Return the models whose signals a function receives."""
    found = list(_loaded().get(f"{scope.unit.name}.{scope.qualname}", ()))
    for part in getattr(scope.node, "decorator_list", ()):
        if isinstance(part, ast.Call) and _last(part.func) == "receiver":
            found += senders_of(engine, part)
    for call in scope.unit.calls if not found else ():
        if _last(call.func) == "connect" and call.args and _last(call.args[0]) == scope.node.name:
            found += senders_of(engine, call)
    return tuple(dict.fromkeys(found))


def senders_of(engine: Engine, call: ast.Call) -> list[Any]:
    """Return the models that a ``connect`` or ``@receiver`` names."""
    given = [k.value for k in call.keywords if k.arg == "sender"]
    given += call.args[1:2] if _last(call.func) == "connect" else []
    values: Values = engine.value(given[0]) if given else ()
    found = [v.model for v in values if isinstance(v, ModelClass)]
    labels = [v.text for v in values if isinstance(v, Text) and "." in v.text]
    return found + [m for m in map(facts.model_labelled, labels) if m is not None]


@lru_cache(maxsize=1)
def _loaded() -> dict[str, tuple[Any, ...]]:
    """Receivers that are connected already, by dotted name."""
    models = {id(model): model for model in facts.all_models()}
    found: dict[str, list[Any]] = {}
    for name in ("pre_save", "post_save", "pre_delete", "post_delete", "pre_init", "post_init"):
        for entry in getattr(django_signals, name).receivers:
            key, reference = entry[0], entry[1]
            receiver = reference() if isinstance(reference, weakref.ReferenceType) else reference
            model = models.get(key[1])
            if model is not None and receiver is not None:
                found.setdefault(_dotted(receiver), []).append(model)
    return {dotted: tuple(dict.fromkeys(models)) for dotted, models in found.items()}


def _dotted(receiver: Any) -> str:
    function = getattr(receiver, "__func__", receiver)
    if not hasattr(function, "__qualname__"):
        kind = type(receiver)
        return f"{kind.__module__}.{kind.__qualname__}.__call__"
    return f"{function.__module__}.{function.__qualname__}"


@cache
def models_of_admin(kind: type) -> tuple[Any, ...]:
    """Return the models that an admin class is registered for, in the sites that are loaded."""
    from django.contrib.admin.sites import all_sites

    if not apps.is_installed("django.contrib.admin"):
        return ()
    found = [
        model
        for site in all_sites
        for model, registered in site._registry.items()
        if type(registered) is kind or kind in type(registered).__mro__
    ]
    return tuple(dict.fromkeys(found))


def _last(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""

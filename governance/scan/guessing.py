"""What a name means by convention, where nothing else tells."""

from __future__ import annotations

import ast
from typing import Any

from django.apps import apps
from django.conf import settings

from governance.scan import facts
from governance.scan.engine import Engine
from governance.scan.framework import (
    REQUEST,
)
from governance.scan.syntax import Scope, spot_of
from governance.scan.values import (
    UNKNOWN,
    Bound,
    Many,
    Partial,
    Row,
    Rows,
    Values,
)

_OF_REQUEST = frozenset(
    [
        "session",
        "site",
        "data",
        "POST",
        "GET",
        "FILES",
        "META",
        "COOKIES",
        "headers",
        "method",
        "path",
    ]
)

_ADJECTIVES = frozenset(
    [
        "other",
        "new",
        "old",
        "first",
        "last",
        "next",
        "previous",
        "current",
        "my",
        "source",
        "target",
        "original",
        "existing",
        "locked",
        "parent",
        "child",
        "created",
        "updated",
        "saved",
        "fresh",
        "this",
        "the",
        "db",
        "same",
        "default",
    ]
)


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


def _is_request(node: ast.expr) -> bool:
    return called(node) in {"request", "req"}


def called(node: ast.expr) -> str:
    """Return what a variable, attribute or entry of a dictionary is called; empty for others."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str(name)), *_]):
            return name
    return ""


def by_its_name(engine: Engine, node: ast.expr, scope: Scope) -> Values:
    """Return the row that something means of which nothing else is known."""
    name = called(node)
    found = guessed(engine, scope, name) if name else UNKNOWN
    return found if found and isinstance(found[0], Row) else UNKNOWN


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

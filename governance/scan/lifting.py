"""What an object that is already loaded stands for."""

from __future__ import annotations

import functools
import inspect
import sys
from typing import Any

from django.db.models import Manager, Model, QuerySet
from django.utils.connection import BaseConnectionHandler, ConnectionProxy
from django.utils.functional import LazyObject, Promise

from governance.scan import facts
from governance.scan.engine import Engine
from governance.scan.syntax import Scope
from governance.scan.values import (
    PLAIN,
    UNKNOWN,
    ClassOf,
    Function,
    Keyed,
    Known,
    Many,
    ModelClass,
    Object,
    Package,
    Partial,
    Parts,
    Plain,
    Row,
    Rows,
    Text,
    Values,
    joined,
)

_MOST_ITEMS = 30


class Lifting:
    """Turns loaded objects into values. It reads types only, and runs nothing of the project."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def lift(self, value: Any, depth: int = 0) -> Values:
        kind = type(value)
        if value is None:
            return (Plain("None"),)
        if issubclass(kind, str):
            return (Text(str.__str__(value)),) if kind is str else PLAIN
        if issubclass(kind, type):
            return (self.of_class(value),)
        if inspect.ismodule(value):
            return (Package(value.__name__),)
        if issubclass(kind, Manager | QuerySet):
            model = getattr(value, "model", None)
            return (Rows(model, facts.own_kind(kind)),) if facts.is_model(model) else UNKNOWN
        if issubclass(kind, Model):
            return (Row(kind),)
        if inspect.isroutine(value):
            return self._function(value)
        if issubclass(kind, functools.partial):
            return (Partial(self.lift(value.func)),)
        if issubclass(kind, ConnectionProxy):
            return (Plain("connection"),)
        if issubclass(kind, BaseConnectionHandler):
            return (Plain("connections"),)
        if issubclass(kind, LazyObject | Promise):
            return PLAIN if issubclass(kind, Promise) else UNKNOWN
        return self._other(value, kind, depth)

    def of_class(self, kind: type) -> Any:
        """Return the value of a class."""
        if facts.is_model(kind):
            return ModelClass(kind)
        if kind.__module__ == "builtins":
            return Known(f"builtins.{kind.__name__}")
        return ClassOf(self.engine.klass_of(kind))

    def _function(self, value: Any) -> Values:
        function = facts.plain_function(value)
        if function is None:
            module = getattr(value, "__module__", None) or "builtins"
            return (Known(f"{module}.{getattr(value, '__qualname__', '?')}"),)
        scope = self.scope_of(function)
        if scope is not None and self.engine.is_own(function.__module__):
            return (Function(scope),)
        return (Known(f"{function.__module__}.{function.__qualname__}"),)

    def scope_of(self, function: Any) -> Scope | None:
        """Return where a function is written; None where there is no source."""
        module = getattr(function, "__module__", None)
        if not module or not self.engine.is_own(module):
            return None
        unit = self.engine.units.named(module)
        return unit.scopes.get(function.__qualname__) if unit else None

    def _other(self, value: Any, kind: type, depth: int) -> Values:
        if kind in {list, tuple, set, frozenset, dict}:
            return self._container(value, kind, depth)
        wrapped = _wrapped(value)
        if wrapped is not None:
            return self._function(wrapped)
        if self.engine.is_own(kind.__module__):
            return (Object(self.engine.klass_of(kind)),)
        return PLAIN

    def _container(self, value: Any, kind: type, depth: int) -> Values:
        inner = list(value.values() if kind is dict else value)[:_MOST_ITEMS]
        items = [self.lift(entry, depth + 1) for entry in inner] if depth < 2 else []
        if kind is dict:
            keys = [key for key in value if isinstance(key, str)][:_MOST_ITEMS]
            known = tuple(zip(keys, items, strict=False)) if len(keys) == len(items) else ()
            return (Keyed(joined(*items), known),)
        if kind is tuple and len(inner) == len(items):
            return (Parts(tuple(items)),)
        return (Many(joined(*items)),)


def _wrapped(value: Any) -> Any:
    """The function in an object that stands for one, such as a Celery task."""
    for name in ("__wrapped__", "run", "func", "fn", "_func"):
        try:
            inner = inspect.getattr_static(value, name)
        except AttributeError:
            continue
        if inspect.isfunction(inner) or inspect.ismethod(inner):
            return inner
        if inspect.isfunction(getattr(inner, "__func__", None)):
            return inner.__func__
    return None


def loaded_class(module: str, qualname: str) -> type | None:
    """Return a class by name, if its module is loaded and it is the one written there."""
    found: Any = sys.modules.get(module)
    for name in qualname.split("."):
        if found is None or name == "<locals>":
            return None
        found = inspect.getattr_static(found, name, None)
    if not isinstance(found, type):
        return None
    same = found.__module__ == module and found.__qualname__ == qualname
    return found if same else None

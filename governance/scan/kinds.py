"""Classes: what they inherit, who inherits them, and what their objects are."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from django.db.models.manager import BaseManager
from django.db.models.query import QuerySet
from django.forms.models import BaseModelFormSet

from governance.scan import facts
from governance.scan.classes import Klass
from governance.scan.engine import Engine
from governance.scan.late import late_model
from governance.scan.lifting import loaded_class
from governance.scan.syntax import Scope
from governance.scan.values import (
    UNKNOWN,
    ClassOf,
    Known,
    MadeForm,
    ModelClass,
    Object,
    Plain,
    Row,
    Rows,
    Value,
    Values,
)


class Kinds:
    """Keeps classes by name, each once."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._classes: dict[tuple[str, str], Klass] = {}
        self._mros: dict[Klass, list[Klass]] = {}
        self._heirs: dict[Klass, list[Klass]] = {}
        self._lates: dict[Scope, Any] = {}

    def class_of(self, scope: Scope) -> Value:
        """Return the value of a class that is written somewhere."""
        live = loaded_class(scope.unit.name, scope.qualname)
        if live is not None and facts.is_model(live):
            return ModelClass(live)
        late = self._late(scope) if live is None else None
        if late is not None:
            return ModelClass(late)
        return ClassOf(self._klass(scope.unit.name, scope.qualname, live, scope))

    def _late(self, scope: Scope) -> Any:
        if scope not in self._lates:
            self._lates[scope] = None
            model = self._lates[scope] = late_model(self.engine, scope)
            if model is not None:
                self.engine.own_table(model)
        return self._lates[scope]

    def klass_of(self, kind: type) -> Klass:
        unit = None
        if self.engine.is_own(kind.__module__):
            unit = self.engine.units.named(kind.__module__)
        scope = unit.scopes.get(kind.__qualname__) if unit else None
        return self._klass(kind.__module__, kind.__qualname__, kind, scope)

    def _klass(self, module: str, name: str, live: type | None, scope: Scope | None) -> Klass:
        known = self._classes.get((module, name))
        if known is None or (
            known.live is not live and live is not None and known.live is not None
        ):
            known = Klass(module, name, live, scope)
            self._classes[(module, name)] = known
        return known

    def mro(self, klass: Klass) -> Sequence[Klass]:
        """Return a class and those it inherits, nearest first."""
        known = self._mros.get(klass)
        if known is None:
            self._mros[klass] = [klass]
            known = self._mros[klass] = self._mro(klass)
        return known

    def _mro(self, klass: Klass) -> list[Klass]:
        if klass.live is not None:
            above = [self.klass_of(c) for c in klass.live.__mro__[1:] if c is not object]
            return [klass, *above]
        found = [klass]
        for base in klass.scope.node.bases if klass.scope is not None else ():
            for value in self.engine.value(base):
                match value:
                    case ClassOf(base_class):
                        found += [k for k in self.mro(base_class) if k not in found]
                    case Known(dotted):
                        module, _, name = dotted.rpartition(".")
                        found.append(self._klass(module, name, None, None))
                    case MadeForm(_, True):
                        found += self.mro(self.klass_of(BaseModelFormSet))
        return found

    def heirs(self, klass: Klass) -> Sequence[Klass]:
        """Return the project's classes that inherit a class, directly or not."""
        known = self._heirs.get(klass)
        if known is None:
            self._heirs[klass] = []
            known = self._heirs[klass] = self._find_heirs(klass)
        return known

    def _find_heirs(self, klass: Klass) -> list[Klass]:
        found: dict[Klass, None] = {}
        if klass.live is not None:
            waiting: list[type] = list(type.__subclasses__(klass.live))
            while waiting and len(found) < 60:
                kind = waiting.pop(0)
                if self.engine.is_own(kind.__module__):
                    found[self.klass_of(kind)] = None
                waiting += type.__subclasses__(kind)
        for scope in self.engine.classes_with_base(klass.name):
            value = self.class_of(scope)
            if isinstance(value, ClassOf) and klass in self.mro(value.klass)[1:]:
                found[value.klass] = None
        return list(found)

    def rows_of_class(self, klass: Klass) -> Values | None:
        """Return the rows that an instance of a manager's or queryset's class is."""
        live: Any = klass.live
        if live is None or not issubclass(live, BaseManager | QuerySet):
            return None
        kind = facts.own_kind(live)
        return tuple(Rows(m, kind) for m in facts.models_managed_by(live)) if kind else UNKNOWN

    def first_parameter(self, scope: Scope) -> Values:
        """Return what ``self`` or ``cls`` is in a method."""
        decorators = {name_of(d) for d in scope.node.decorator_list}
        if "staticmethod" in decorators or scope.parent is None:
            return UNKNOWN
        as_class = "classmethod" in decorators or scope.node.name in {
            "__new__",
            "__init_subclass__",
            "__class_getitem__",
        }
        return self.self_value(scope.parent, as_class=as_class)

    def self_value(self, scope: Scope, *, as_class: bool = False) -> Values:
        """Return what an object of a class that is written somewhere is."""
        value = self.class_of(scope)
        if isinstance(value, ModelClass):
            models = facts.concrete(value.model)[:30]
            if not models:
                return (Plain("abstract"),)
            return tuple((ModelClass if as_class else Row)(m) for m in models)
        assert isinstance(value, ClassOf)
        if value.klass.live is not None:
            rows = self.rows_of_class(value.klass)
            if rows:
                return rows
            heirs = facts.heirs_of_mixin(value.klass.live)[:30]
            if heirs:
                return tuple((ModelClass if as_class else Row)(m) for m in heirs)
            managed = _mixed_into_rows(value.klass.live)
            if managed:
                return managed
        return (ClassOf(value.klass) if as_class else Object(value.klass),)


def name_of(node: ast.expr) -> str:
    """Return the last part of a decorator's or class's dotted name."""
    match node:
        case ast.Call(func=func):
            return name_of(func)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=value):
            return name_of(value)
    return ""


def _mixed_into_rows(live: type) -> Values:
    """A mixin of managers or querysets works on the rows of the models that use them."""
    found = [
        Rows(model, kind)
        for model in facts.all_models()
        for kind in {type(m) for m in model._meta.managers}
        if issubclass(kind, live) or issubclass(getattr(kind, "_queryset_class", object), live)
    ]
    return tuple(found[:30])

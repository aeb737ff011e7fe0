"""Attributes of models, rows and objects, through what their classes inherit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models.manager import BaseManager
from django.db.models.query import QuerySet

from governance.scan import facts, framework
from governance.scan.classes import Klass
from governance.scan.kinds import Kinds, name_of
from governance.scan.syntax import Binding, Scope
from governance.scan.values import (
    UNKNOWN,
    Bound,
    ClassOf,
    Env,
    Function,
    Keyed,
    Many,
    Method,
    ModelClass,
    Object,
    Plain,
    Related,
    Row,
    Rows,
    Super,
    Value,
    Values,
    joined,
)

_PROPERTIES = frozenset({"property", "cached_property", "classproperty", "hybrid_property"})


class Members(Kinds):
    """Looks up attributes."""

    # Classes

    # Attributes

    def attribute(self, value: Value, name: str) -> Values:
        if name == "__dict__":
            return (Keyed(()),)
        if name == "__class__":
            return _class_of_instance(value)
        match value:
            case ModelClass(model):
                return self._on_model(model, name)
            case Row(model):
                return facts.on_row(model, name) or self._on_live(value, model, name)
            case Rows():
                return self._on_rows(value, value, name)
            case Related(model, _, through) if name == "through" and through is not None:
                return (ModelClass(through),)
            case Related(model, kind):
                return self._on_rows(value, Rows(model, kind), name)
            case Object(klass) | ClassOf(klass):
                return self._on_object(value, klass, name)
            case Super(klass, self_value):
                return self._above(klass, self_value, name)
        return UNKNOWN

    def _on_model(self, model: Any, name: str) -> Values:
        if model._meta.abstract:
            found = joined(*(facts.on_class(m, name) for m in facts.concrete(model)[:20]))
        else:
            found = facts.on_class(model, name)
        return found or self._on_live(ModelClass(model), model, name)

    def _on_live(self, value: Value, kind: Any, name: str) -> Values:
        """Return what a loaded class defines, for itself or for its instance."""
        found = facts.member(kind, name)
        if found is None:
            return self._set_on_self(value, kind, name) or self._by_pattern(value, name)
        definer, member = found
        if not self.engine.is_own(definer.__module__):
            return (Bound(value, name),)
        function = facts.plain_function(member)
        scope = self.engine.scope_of(function) if function is not None else None
        if function is not None and scope is None:
            return (Bound(value, name),)
        if scope is not None:
            return self._function(value, member, scope)
        return self.engine.lift(member) or self._set_on_self(value, kind, name)

    def _function(self, value: Value, member: Any, scope: Scope) -> Values:
        if facts.is_property(member):
            return self.engine.returns(scope, _self_env(scope, value))
        if isinstance(member, staticmethod):
            return (Function(scope),)
        if isinstance(member, classmethod):
            model = getattr(value, "model", None)
            return (Method(scope, ModelClass(model) if model else value),)
        return (Function(scope),) if isinstance(value, ModelClass) else (Method(scope, value),)

    def _by_pattern(self, value: Value, name: str) -> Values:
        known = name.startswith(("get_", "set_")) or name in {"save_base", "full_clean"}
        return (Bound(value, name),) if known else UNKNOWN

    def _set_on_self(self, value: Value, kind: Any, name: str) -> Values:
        found = []
        for base in kind.__mro__:
            scope = self.klass_of(base).scope if self.engine.is_own(base.__module__) else None
            bindings = scope.attributes.get(name) if scope is not None else None
            if bindings and scope is not None:
                given = self.set_on(value, bindings, scope)
                found.append(self.engine.filled(given, scope.grown.get(name, ()), None))
        return joined(*found)

    def _on_rows(self, value: Value, rows: Rows, name: str) -> Values:
        if name == "model":
            return (ModelClass(rows.model),)
        for kind in (rows.kind, getattr(rows.kind, "_queryset_class", None)):
            found = facts.member(kind, name) if kind is not None else None
            if found is None:
                continue
            if self.engine.is_own(found[0].__module__) or name == "manager_method":
                given = self._on_live(rows, kind, name)
                if given:
                    return given
        if rows.kind is not None and not hasattr(QuerySet, name) and not hasattr(BaseManager, name):
            return self._on_rows_of_get_queryset(rows, name) or (Bound(value, name),)
        return (Bound(value, name),)

    def queryset_of(self, rows: Rows, name: str) -> Values:
        """Return the rows that a manager's chained method gives; nothing for plain ones."""
        if not isinstance(rows.kind, type) or not issubclass(rows.kind, BaseManager):
            return UNKNOWN
        if name == "db_manager":
            return (rows,)
        found = facts.member(rows.kind, "get_queryset")
        if found is not None and self.engine.is_own(found[0].__module__):
            scope = self.engine.scope_of(facts.plain_function(found[1]))
            given = self.engine.returns(scope, _self_env(scope, rows)) if scope else UNKNOWN
            same = tuple(v for v in given if isinstance(v, Rows) and v.model is rows.model)
            if same:
                return same
        kind = getattr(rows.kind, "_queryset_class", None)
        return (Rows(rows.model, facts.own_kind(kind)),)

    def _on_rows_of_get_queryset(self, rows: Rows, name: str) -> Values:
        """A manager may hand out rows of a class that it does not say."""
        found = facts.member(rows.kind, "get_queryset")
        if found is None or not self.engine.is_own(found[0].__module__):
            return UNKNOWN
        scope = self.engine.scope_of(facts.plain_function(found[1]))
        given = self.engine.returns(scope, _self_env(scope, rows)) if scope else UNKNOWN
        kinds = {v.kind for v in given if isinstance(v, Rows)} - {rows.kind, None}
        return joined(
            *(self._on_rows(Rows(rows.model, k), Rows(rows.model, k), name) for k in kinds)
        )

    def _on_object(self, value: Value, klass: Klass, name: str) -> Values:
        special = framework.attribute(self.engine, value, klass, name)
        if special is not None:
            return special
        own = self._in_classes(value, self.mro(klass), name)
        if own and own != (Plain("None"),):
            return own
        heirs = [
            found for heir in self.heirs(klass)[:20] if (found := self._in_heir(value, heir, name))
        ]
        if heirs:
            return joined(*heirs)
        return own or ((Bound(value, name),) if self._has_library_base(klass) else UNKNOWN)

    def _in_heir(self, value: Value, heir: Klass, name: str) -> Values:
        as_class = isinstance(value, ClassOf)
        own: Value = ClassOf(heir) if as_class else Object(heir)
        return framework.attribute(self.engine, own, heir, name) or self._in_classes(
            own, self.mro(heir), name
        )

    def _has_library_base(self, klass: Klass) -> bool:
        return any(not self.engine.is_own(k.module) for k in self.mro(klass))

    def _in_classes(self, value: Value, classes: Sequence[Klass], name: str) -> Values:
        found: list[Values] = []
        for klass in classes:
            scope = klass.scope
            if scope is not None:
                bindings = scope.bindings.get(name)
                if (
                    bindings
                    and bindings[-1].kind == "function"
                    and not self.engine.is_own(klass.module)
                ):
                    return joined(*found, (Bound(value, name),))
                if bindings and bindings[-1].kind == "function":
                    given = self._defined(value, bindings[-1])
                    if not given:
                        continue
                    return joined(*found, given)
                if bindings:
                    found.append(self.engine.bound(bindings, scope, None))
                set_here = scope.attributes.get(name)
                if set_here:
                    found.append(self.set_on(value, set_here, scope))
                if name in scope.grown:
                    known = joined(*found) or (Many(()),)
                    found = [self.engine.filled(known, scope.grown[name], None)]
            elif klass.live is not None and name in vars(klass.live):
                found.append(self._of_library(value, vars(klass.live)[name], name))
                break
        kept = [values for values in found if values and values != (Plain("None"),)]
        return joined(*kept) or joined(*found)

    def set_on(self, value: Value, bindings: Sequence[Binding], scope: Scope) -> Values:
        """Return what methods set on this very object."""
        found = []
        for binding in bindings:
            env = _self_env(binding.scope, value) if binding.scope is not None else None
            found.append(self.engine.bound([binding], scope, env))
        return joined(*found)

    def _of_library(self, value: Value, member: Any, name: str) -> Values:
        if facts.plain_function(member) is not None or callable(member):
            return (Bound(value, name),)
        return self.engine.lift(member)

    def _defined(self, value: Value, binding: Binding) -> Values:
        scope = binding.scope
        assert scope is not None
        decorators = {name_of(d) for d in scope.node.decorator_list}
        if decorators & _PROPERTIES:
            return self.engine.returns(scope, _self_env(scope, value))
        if "staticmethod" in decorators:
            return (Function(scope),)
        if "classmethod" in decorators and isinstance(value, Object):
            return (Method(scope, ClassOf(value.klass)),)
        if isinstance(value, ClassOf) and "classmethod" not in decorators:
            return (Function(scope),)
        return (Method(scope, value),)

    def _above(self, klass: Klass, self_value: Values, name: str) -> Values:
        """Return what ``super().name`` is."""
        found: list[Values] = []
        for own in self_value:
            kind = own.model if isinstance(own, Row | ModelClass) else getattr(own, "kind", None)
            if kind is not None and klass.live is not None and klass.live in kind.__mro__:
                found.append(self._above_live(own, kind, klass.live, name))
            elif isinstance(own, Object | ClassOf):
                above = list(self.mro(own.klass))
                start = above.index(klass) + 1 if klass in above else 1
                special = framework.inherited(self.engine, own, klass, name)
                found.append(special or self._in_classes(own, above[start:], name))
        return joined(*found) or (Bound(Object(klass), name),)

    def _above_live(self, own: Value, kind: Any, klass: type, name: str) -> Values:
        after = kind.__mro__[kind.__mro__.index(klass) + 1 :]
        for base in after:
            if name in vars(base):
                if not self.engine.is_own(base.__module__):
                    return (Bound(own, name),)
                function = facts.plain_function(vars(base)[name])
                scope = self.engine.scope_of(function) if function else None
                return (
                    self._function(own, vars(base)[name], scope) if scope else (Bound(own, name),)
                )
        return UNKNOWN


def _class_of_instance(value: Value) -> Values:
    match value:
        case Row(model):
            return (ModelClass(model),)
        case Object(klass):
            return (ClassOf(klass),)
    return UNKNOWN


def _self_env(scope: Scope, value: Value) -> Env | None:
    arguments = scope.node.args
    first = [*arguments.posonlyargs, *arguments.args][:1]
    return Env(scope, ((first[0].arg, (value,)),)) if first else None

"""What an expression may stand for: names, attributes, calls, across functions and files.

Asked for one expression at a time, and remembered. Nothing of the project is imported or run.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from governance.ownership.names import PLATFORM
from governance.ownership.names import UNKNOWN as UNKNOWN_ACTOR
from governance.ownership.registry import Registry, Table
from governance.scan import facts, forms, guessing, library, texts
from governance.scan.callers import Callers
from governance.scan.classes import Klass
from governance.scan.containers import by_key
from governance.scan.lifting import Lifting
from governance.scan.members import Members
from governance.scan.names import Names
from governance.scan.querysets import CHAINED, of_made_form, result
from governance.scan.remembering import MOST_ACTIVE
from governance.scan.returning import returned
from governance.scan.syntax import Binding, Scope, Unit, spot_of
from governance.scan.units import Units
from governance.scan.values import (
    PLAIN,
    UNKNOWN,
    Bound,
    ClassOf,
    Cleaned,
    Env,
    Function,
    Keyed,
    Known,
    MadeForm,
    Many,
    Meta,
    Method,
    ModelClass,
    Object,
    Package,
    Partial,
    Parts,
    Plain,
    Related,
    Row,
    Rows,
    Super,
    Text,
    Value,
    Values,
    joined,
)


class Inference(Names):
    """Evaluates expressions; one object serves one process."""

    def __init__(self, registry: Registry, units: Units, callers: Callers) -> None:
        super().__init__()
        self.registry = registry
        self.units = units
        self.callers = callers
        self.lifting = Lifting(self)
        self.members = Members(self)
        self._own: dict[str, bool] = {}
        self._actors: dict[str, str] = {}
        self._handlers: dict[type, Callable[[Any, Env | None], Values]] = {
            ast.Name: self._name,
            ast.Attribute: self.attribute_of,
            ast.Call: self._call,
            ast.Await: lambda n, e: self.value(n.value, e),
            ast.NamedExpr: lambda n, e: self.value(n.value, e),
            ast.Starred: lambda n, e: self.value(n.value, e),
            ast.IfExp: lambda n, e: joined(self.value(n.body, e), self.value(n.orelse, e)),
            ast.BoolOp: lambda n, e: joined(*(self.value(v, e) for v in n.values)),
            ast.Subscript: self._subscript,
            ast.Constant: _constant,
            ast.JoinedStr: lambda n, e: texts.joined_text(self, n, e),
            ast.BinOp: lambda n, e: texts.operation(self, n, e),
            ast.Tuple: lambda n, e: (Parts(tuple(self.value(v, e) for v in n.elts)),),
            ast.List: self._collection,
            ast.Set: self._collection,
            ast.Dict: self._dictionary,
            ast.ListComp: lambda n, e: (Many(self.value(n.elt, e)),),
            ast.SetComp: lambda n, e: (Many(self.value(n.elt, e)),),
            ast.GeneratorExp: lambda n, e: (Many(self.value(n.elt, e)),),
            ast.DictComp: lambda n, e: (Keyed(self.value(n.value, e)),),
            ast.Lambda: lambda n, _: (Function(n.own_scope),),
            ast.Compare: lambda *_: PLAIN,
            ast.UnaryOp: lambda *_: PLAIN,
        }

    # Engine

    def value(self, node: ast.expr, env: Env | None = None) -> Values:
        """Return what an expression may stand for; nothing when that is not known."""
        key = node if env is None else (node, env)
        known = self._memo.get(key)
        if known is not None:
            return known
        handler = self._handlers.get(type(node))
        if handler is None or key in self._active or len(self._active) > MOST_ACTIVE:
            return UNKNOWN
        self._active.add(key)
        try:
            found = handler(node, env)
        finally:
            self._active.discard(key)
        self._memo[key] = found
        return found

    def attribute(self, values: Values, name: str) -> Values:
        found = [self._attribute(value, name) for value in values]
        return joined(*found)

    def call(self, target: Value, node: ast.Call | None, env: Env | None) -> Values:
        match target:
            case ModelClass(model):
                return PLAIN if model._meta.abstract else (Row(model),)
            case ClassOf(klass):
                return self._instance(klass, node, env)
            case Function(scope):
                return self.returns(scope, self._arguments(scope, node, env, None))
            case Method(scope, self_value):
                return self.returns(scope, self._arguments(scope, node, env, self_value))
            case Bound():
                found = self._of_bound(target, node, env)
                return found or result(target)
            case Known(dotted):
                return library.called(self, dotted, node, env)
            case Partial(inner):
                return joined(*(self.call(value, None, env) for value in inner))
            case MadeForm(model, is_set, False):
                return (MadeForm(model, is_set, True),)
            case Related():
                return (target,)
            case Object(klass):
                return self._call_object(target, node, env)
            case Plain():
                return PLAIN
        return UNKNOWN

    def returns(self, scope: Scope, env: Env | None) -> Values:
        """Return what a function gives back: what it says, else what its statements return."""
        return self._once(("returns", scope, env), lambda: returned(self, scope, env))

    def bound(self, bindings: Sequence[Binding], scope: Scope, env: Env | None) -> Values:
        return joined(*(self._binding(b, scope, env) for b in bindings))

    def set_on(self, value: Value, bindings: Sequence[Binding], scope: Scope) -> Values:
        return self.members.set_on(value, bindings, scope)

    def lift(self, value: object) -> Values:
        return self.lifting.lift(value)

    def class_of(self, scope: Scope) -> Value:
        return self.members.class_of(scope)

    def klass_of(self, kind: type) -> Klass:
        return self.members.klass_of(kind)

    def mro(self, klass: Klass) -> Sequence[Klass]:
        return self.members.mro(klass)

    def heirs(self, klass: Klass) -> Sequence[Klass]:
        return self.members.heirs(klass)

    def own_table(self, model: Any) -> None:
        """Learn whose the table of a model is that is not registered yet."""
        name, label = model._meta.db_table, model._meta.app_label
        if self.registry.table(name) is None:
            table = Table(name=name, owner=self.registry.apps[label], model=model._meta.label)
            self.registry = replace(self.registry, tables={**self.registry.tables, name: table})

    def actor_of(self, unit: Unit) -> str:
        """Return the module in whose name a file's code runs; ``unknown`` for one of none."""
        known = self._actors.get(unit.file)
        if known is None:
            found = self.registry.module_of(unit.file)
            known = UNKNOWN_ACTOR if found in {None, PLATFORM} else str(found)
            self._actors[unit.file] = known
        return known

    def is_own(self, module: str) -> bool:
        """Tell whether a module's code is the project's."""
        known = self._own.get(module)
        if known is None:
            file = self.units.file_of(module)
            owner = self.registry.module_of(file) if file else self.registry.module_of(module)
            known = self._own[module] = owner != PLATFORM
        return known

    def scope_of(self, function: object) -> Scope | None:
        return self.lifting.scope_of(function)

    def classes_with_base(self, name: str) -> Sequence[Scope]:
        return self.callers.classes_with_base(self, name)

    def calls_of(self, scope: Scope) -> Sequence[ast.Call]:
        return self.callers.calls_of(self, scope)

    def self_value(self, scope: Scope) -> Values:
        return self.members.self_value(scope)

    # Remembering

    # Names

    # Parameters

    # Calls

    def _call(self, node: ast.Call, env: Env | None) -> Values:
        special = library.special(self, node, env)
        if special is not None:
            return special
        targets = self.value(node.func, env)
        if not targets:
            return UNKNOWN
        return joined(*(self.call(target, node, env) for target in targets))

    def _of_bound(self, call: Bound, node: ast.Call | None, env: Env | None) -> Values:
        if isinstance(call.receiver, Object | ClassOf | Cleaned):
            return forms.called(self, call, node, env)
        if isinstance(call.receiver, Text):
            return texts.method(self, call.receiver, call.name, node, env)
        if isinstance(call.receiver, Keyed) and node is not None and node.args:
            found = by_key(call, node)
            if found or call.name not in {"get", "pop", "setdefault"} or len(node.args) < 2:
                return found
            given = self.value(node.args[1], env)
            return joined(call.receiver.item, () if given == (Plain("None"),) else given)
        if isinstance(call.receiver, Rows) and call.name in CHAINED:
            return self.members.queryset_of(call.receiver, call.name)
        return UNKNOWN

    def _instance(self, klass: Klass, node: ast.Call | None, env: Env | None) -> Values:
        rows = self.members.rows_of_class(klass)
        if rows is not None:
            given = self._model_argument(node, env)
            return tuple(Rows(model, klass.live) for model in given) or rows
        made = library.instance(self, klass, node, env)
        return made if made is not None else (Object(klass),)

    def _model_argument(self, node: ast.Call | None, env: Env | None) -> list[Any]:
        if node is None:
            return []
        parts = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "model")]
        values = [v for part in parts for v in self.value(part, env)]
        return [v.model for v in values if isinstance(v, ModelClass)]

    def _call_object(self, target: Object, node: ast.Call | None, env: Env | None) -> Values:
        found = self.attribute((target,), "__call__")
        methods = [v for v in found if isinstance(v, Method)]
        return joined(*(self.call(method, node, env) for method in methods)) or UNKNOWN

    # Attributes, items

    def attribute_of(self, node: ast.Attribute, env: Env | None) -> Values:
        holder = self.value(node.value, env)
        if node.attr == "__dict__":
            return (Keyed(()),)
        holder = holder or guessing.by_its_name(self, node.value, spot_of(node).scope)
        found = self.attribute(holder, node.attr)
        if not found or all(isinstance(v, Plain) for v in (*found, *holder)) or _of_plain(found):
            return guessing.attribute_by_name(self, node, holder) or found
        return found

    def _attribute(self, value: Value, name: str) -> Values:
        match value:
            case ModelClass() | Row() | Rows() | Related() | Object() | ClassOf() | Super():
                return self.members.attribute(value, name)
            case Package(module):
                return self._of_package(module, name)
            case Known(dotted):
                return (Known(f"{dotted}.{name}"),)
            case Meta(model):
                return facts.on_meta(model, name)
            case MadeForm(_, _, True):
                return of_made_form(value, name)
            case Function() | Method() | Partial():
                return (Partial((value,)),) if name in _DEFERRED else UNKNOWN
            case Bound(receiver):
                return (Bound(Plain(), name),) if isinstance(receiver, Plain) else UNKNOWN
        return (Bound(value, name),)

    def _of_package(self, module: str, name: str) -> Values:
        found = self.global_of(module, name)
        if found and not (len(found) == 1 and isinstance(found[0], Known)):
            return found
        dotted = f"{module}.{name}"
        if dotted in sys.modules or self.units.file_of(dotted):
            return (Package(dotted),)
        return found or (Known(dotted),)


_DEFERRED = frozenset(
    [
        "delay",
        "apply_async",
        "apply",
        "s",
        "si",
        "signature",
        "enqueue",
        "aenqueue",
        "using",
        "__wrapped__",
        "func",
        "run",
        "defer",
    ]
)


def _constant(node: ast.Constant, env: Env | None) -> Values:
    del env
    value = node.value
    if isinstance(value, str):
        return (Text(value),)
    if isinstance(value, bytes):
        return (Text(value.decode(errors="replace")),)
    return (Plain("None"),) if value is None else PLAIN


def _of_plain(values: Values) -> bool:
    return all(isinstance(v, Bound) and isinstance(v.receiver, Plain) for v in values)

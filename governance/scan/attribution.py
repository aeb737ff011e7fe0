"""In whose name a place in the code acts: the same answer as the guard gives at run time."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from governance.findings import Location
from governance.ownership.names import PLATFORM, UNKNOWN
from governance.ownership.registry import Registry
from governance.scan import facts
from governance.scan.classes import Klass
from governance.scan.engine import Engine
from governance.scan.overrides import super_call
from governance.scan.syntax import Scope, Unit
from governance.scan.values import ClassOf, ModelClass, Object, Row, Rows, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts at a place."""

    module: str
    location: Location
    bearers: frozenset[str] = frozenset()
    """Modules of those who inherit the method: they may write their own tables as well."""
    any_bearer: bool = False
    """Whether one bearer's permission is enough: the table follows from the object itself."""
    anyone: bool = False
    """Whether a scope speaks whose module is not known."""

    def may_write(self, registry: Registry, table: str) -> bool:
        if self.anyone or registry.may_write(self.module, table):
            return True
        allowed = [registry.may_write(module, table) for module in self.bearers]
        return any(allowed) if self.any_bearer else bool(allowed) and all(allowed)


def place(unit: Unit, scope: Scope, line: int) -> Location:
    """Return a line as a frame at run time would show it."""
    qualname = scope.function.qualname or "<module>"
    return Location(file=unit.shown, line=line, function=f"{unit.name}.{qualname}")


def actor_at(
    engine: Engine, scope: Scope, node: ast.AST, acting: tuple[ast.expr, ...], *, rooted: bool
) -> Actor:
    """Return who acts at a node; ``rooted`` says that it works on the object itself."""
    unit = scope.unit
    location = place(unit, scope, getattr(node, "lineno", 1))
    if acting:
        return _in_scope(engine, acting[-1], location)
    return Actor(
        module=engine.actor_of(unit),
        location=location,
        bearers=bearers(engine, scope),
        any_bearer=rooted,
    )


def actor_of_class(
    engine: Engine, klass: Klass, shown_at: Klass | None = None, verbs: tuple[str, ...] = ()
) -> Actor:
    """Return who acts where a framework writes for a class.

    It is shown where an override of one of the ``verbs`` passes on to the framework, else at the
    class statement.
    """
    module = UNKNOWN
    if klass.scope is not None:
        module = engine.actor_of(klass.scope.unit)
    scope = (shown_at or klass).scope or klass.scope
    file, line = (scope.unit.shown, _line(scope, verbs)) if scope else (klass.module, 1)
    location = Location(file=file, line=line, function=klass.dotted)
    return Actor(module=module, location=location)


def _line(scope: Scope, verbs: tuple[str, ...]) -> int:
    for verb in verbs:
        bindings = scope.bindings.get(verb)
        own = bindings[-1].scope if bindings else None
        passing = super_call(own, verb) if own is not None else None
        if passing is not None:
            return passing.lineno
    line: int = scope.node.lineno
    return line


def scope_module(engine: Engine, call: ast.expr) -> tuple[str, bool]:
    """Return the module of an ``acting_as``, and whether it gives a reason."""
    assert isinstance(call, ast.Call)
    named = [k.value for k in call.keywords if k.arg == "module"]
    given = call.args[:1] or named
    values = engine.value(given[0]) if given else ()
    texts = [v.text for v in values if isinstance(v, Text)]
    reason = any(k.arg == "reason" for k in call.keywords)
    return (texts[0] if len(texts) == 1 else "", reason)


def _in_scope(engine: Engine, call: ast.expr, location: Location) -> Actor:
    module, _ = scope_module(engine, call)
    return Actor(module=module or UNKNOWN, location=location, anyone=not module)


def bearers(engine: Engine, scope: Scope) -> frozenset[str]:
    """Return the modules of the objects whose method a scope is, or is nested in."""
    method = scope.method
    if method is None or method.parent is None:
        return frozenset()
    value = engine.class_of(method.parent)
    registry = engine.registry
    labels: set[str] = set()
    if isinstance(value, ModelClass):
        labels = {m._meta.app_label for m in facts.heirs_of_mixin(value.model)}
    elif isinstance(value, ClassOf):
        for own in _selves(engine, method.parent):
            match own:
                case Row(model) | Rows(model) | ModelClass(model):
                    labels.add(model._meta.app_label)
                case Object(klass):
                    return _modules_of(engine, klass)
    return frozenset(registry.apps.get(label, "") for label in labels) - {""}


def _selves(engine: Engine, scope: Scope) -> tuple[object, ...]:
    return tuple(engine.self_value(scope))


def _modules_of(engine: Engine, klass: Klass) -> frozenset[str]:
    registry = engine.registry
    heirs = engine.heirs(klass)
    found = {registry.module_of(k.module) for k in heirs} - {None, PLATFORM}
    return frozenset(str(module) for module in found)


_KEEPING = frozenset({"list", "tuple", "set", "sorted", "reversed", "enumerate", "iter", "next"})
_DEEPEST = 5


def is_rooted_in_self(node: ast.expr, scope: Scope, depth: int = 0) -> bool:
    """Tell whether an expression starts from the object whose method it stands in."""
    match node:
        case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Await(value=inner):
            return is_rooted_in_self(inner, scope, depth)
        case ast.Call(func=ast.Name(id="super")):
            return True
        case ast.Call(func=ast.Name(id=name), args=[inner, *_]) if name in _KEEPING:
            return is_rooted_in_self(inner, scope, depth)
        case ast.Call(func=inner):
            return is_rooted_in_self(inner, scope, depth)
        case ast.Name(id=name):
            return _is_self(name, scope) or (depth < _DEEPEST and _comes_from(name, scope, depth))
    return False


def _is_self(name: str, scope: Scope) -> bool:
    method = scope.method
    arguments = method.node.args if method is not None else None
    first = [*arguments.posonlyargs, *arguments.args][:1] if arguments else []
    return bool(first) and first[0].arg == name


def _comes_from(name: str, scope: Scope, depth: int) -> bool:
    """Tell whether all that a name stands for in a function starts from the object."""
    bindings = [b for b in scope.bindings.get(name, ()) if b.kind != "augmented"]
    return bool(bindings) and all(
        b.kind in {"value", "item"} and is_rooted_in_self(b.node, scope, depth + 1)
        for b in bindings
    )

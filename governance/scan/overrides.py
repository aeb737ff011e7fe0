"""Is a method Django's, an override that passes on to it, or a service of the owner?"""

from __future__ import annotations

import ast
from typing import Any

from governance.scan import facts
from governance.scan.engine import Engine
from governance.scan.syntax import Scope


def passes_on(engine: Engine, kind: Any, name: str) -> bool:
    """Tell whether calling a method of a loaded class ends in Django's method of that name.

    An override that does not call ``super()``'s is work of its own: who calls it does not write.
    """
    for base in kind.__mro__ if kind is not None else ():
        if name not in vars(base):
            continue
        if not engine.is_own(base.__module__):
            return True
        function = facts.plain_function(vars(base)[name])
        scope = engine.scope_of(function) if function is not None else None
        if scope is None:
            return function is None or function.__module__.startswith("django.")
        if not calls_super(scope, name):
            return False
    return True


def passes_on_rows(engine: Engine, kind: Any, name: str) -> bool:
    """The same for a manager, whose queryset's methods may be its own by name."""
    if kind is None:
        return True
    if facts.member(kind, name) is not None:
        return passes_on(engine, kind, name)
    return passes_on(engine, getattr(kind, "_queryset_class", None), name)


def calls_super(scope: Scope, name: str) -> bool:
    """Tell whether a method calls the method of its name that it overrides."""
    return super_call(scope, name) is not None


def super_call(scope: Scope, name: str) -> ast.expr | None:
    """Return where a method calls the method of a name that it overrides."""
    first = [*scope.node.args.posonlyargs, *scope.node.args.args][:1]
    own = first[0].arg if first else "self"
    for node in ast.walk(scope.node):
        match node:
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr=attr):
                if attr == name:
                    return node
            case ast.Call(
                func=ast.Attribute(value=ast.Name() | ast.Attribute(), attr=attr),
                args=[ast.Name(id=given), *_],
            ):
                if attr == name and given == own:
                    return node
    return None


def is_transparent(scope: Scope, name: str) -> bool:
    """Tell whether ``super().name`` in this scope is the override passing on."""
    method = scope.method
    return (
        method is not None and getattr(method.node, "name", "") == name and scope.function is method
    )

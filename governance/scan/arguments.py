"""What the parameters of a function are: by annotation, framework, or its calls."""

from __future__ import annotations

import ast

from governance.scan import guessing, handed
from governance.scan.annotations import annotated
from governance.scan.containers import Containers
from governance.scan.syntax import Binding, Scope
from governance.scan.values import (
    UNKNOWN,
    Env,
    Plain,
    Value,
    Values,
    joined,
)

_MOST_ARGUMENTS = 135
"""From here on calls are answered without looking at their arguments."""


class Arguments(Containers):
    """The part of the inference that knows parameters."""

    def _parameter(self, binding: Binding, scope: Scope, env: Env | None) -> Values:
        argument: ast.arg = binding.node
        if env is not None and env.scope is scope:
            given = env.get(argument.arg)
            if given:
                return given
        key = ("parameter", scope, argument.arg)
        return self._once(key, lambda: self._parameter_alone(binding, scope))

    def _parameter_alone(self, binding: Binding, scope: Scope) -> Values:
        argument: ast.arg = binding.node
        if argument.annotation is not None:
            found = annotated(self, argument.annotation, scope)
            if found:
                return found
        if scope.kind == "lambda":
            found = handed.of_lambda(self, scope, argument.arg, binding.index)
            if found:
                return found
        in_class = scope.parent is not None and scope.parent.kind == "class"
        if binding.index == (0,) and in_class and scope.kind == "function":
            found = self.members.first_parameter(scope)
            if found:
                return found
        found = handed.parameter(self, scope, argument.arg)
        if found:
            return found
        default = _default(scope.node.args, argument.arg)
        given = self.value(default) if default is not None else UNKNOWN
        if given == (Plain("None"),):
            given = UNKNOWN
        passed = self.callers.passed(self, scope, argument.arg, binding.index)
        return joined(given, passed) or guessing.named(self, scope, argument.arg)

    def _arguments(
        self, scope: Scope, node: ast.Call | None, env: Env | None, self_value: Value | None
    ) -> Env | None:
        """Return what the parameters of a function are in one call."""
        arguments = scope.node.args
        names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
        given: list[tuple[str, Values]] = []
        if self_value is not None and names:
            given.append((names.pop(0), (self_value,)))
        if node is not None and len(self._active) < _MOST_ARGUMENTS:
            for name, part in zip(names, node.args, strict=False):
                if not isinstance(part, ast.Starred):
                    given.append((name, self.value(part, env)))
            for keyword in node.keywords:
                if keyword.arg is not None:
                    given.append((keyword.arg, self.value(keyword.value, env)))
        kept = tuple((name, values) for name, values in given if _tells(values))
        return Env(scope, kept) if kept else None


def _default(arguments: ast.arguments, name: str) -> ast.expr | None:
    plain = [*arguments.posonlyargs, *arguments.args]
    given = dict(zip([a.arg for a in reversed(plain)], reversed(arguments.defaults), strict=False))
    named = {
        a.arg: d for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d
    }
    return given.get(name) or named.get(name)


def _tells(values: Values) -> bool:
    return bool(values) and values != (Plain("None"),)

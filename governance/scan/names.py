"""What a name stands for: bound in the function, in the file, or imported."""

from __future__ import annotations

import ast
import sys

from governance.scan import texts
from governance.scan.annotations import annotated, instances
from governance.scan.arguments import Arguments
from governance.scan.flow import reaching
from governance.scan.syntax import Binding, Scope, Spot, Unit, spot_of
from governance.scan.values import (
    PLAIN,
    UNKNOWN,
    Env,
    Function,
    Keyed,
    Known,
    Many,
    Package,
    Plain,
    Values,
    joined,
)

_BUILTINS = sys.modules["builtins"]


class Names(Arguments):
    """The part of the inference that knows names."""

    def _name(self, node: ast.Name, env: Env | None) -> Values:
        spot: Spot | None = spot_of(node)
        scope: Scope | None = spot.scope if spot else None
        first = scope
        while scope is not None:
            seen_here = scope.kind != "class" or scope is first
            bindings = scope.bindings.get(node.id) if seen_here else None
            if bindings and node.id not in scope.outside:
                if scope.kind == "module":
                    return self.global_of(scope.unit.name, node.id) or self._at(
                        node.id, bindings, spot, scope, env
                    )
                return self._at(node.id, bindings, spot, scope, env)
            spot = scope.around if scope.kind in {"comprehension", "lambda"} else None
            scope = scope.parent
        return self._global_or_builtin(spot_of(node).scope.unit, node.id)

    def _at(
        self, name: str, bindings: list[Binding], spot: Spot | None, scope: Scope, env: Env | None
    ) -> Values:
        own = env if env is not None and _is_within(scope, env.scope) else None
        found = self.bound(reaching(bindings, spot), scope, own)
        return self.filled(found, scope.grown.get(name, ()), own)

    def _global_or_builtin(self, unit: Unit, name: str) -> Values:
        found = self.global_of(unit.name, name)
        if found:
            return found
        if "*" in unit.top.bindings:
            for binding in unit.top.bindings["*"]:
                node, _ = binding.node
                found = self.global_of(absolute(unit, node), name)
                if found:
                    return found
        return (Known(f"builtins.{name}"),) if hasattr(_BUILTINS, name) else UNKNOWN

    def global_of(self, module: str, name: str) -> Values:
        """Return a name of a module: as it is loaded, else as it is written."""
        return self._once(("global", module, name), lambda: self._global(module, name))

    def _global(self, module: str, name: str) -> Values:
        loaded = sys.modules.get(module)
        unit = self.units.named(module) if loaded is None or self.is_own(module) else None
        bindings = unit.top.bindings.get(name, []) if unit else []
        kinds = {b.kind for b in bindings}
        if bindings and kinds <= {"function", "class"}:
            return self.bound(bindings, unit.top, None) if unit else UNKNOWN
        if loaded is not None and name in vars(loaded):
            found = self.lift(vars(loaded)[name])
            if found and found != (Plain("None"),):
                return found
        if unit is not None and bindings:
            return self.bound(bindings, unit.top, None)
        if loaded is None and unit is None:
            return (Known(f"{module}.{name}"),)
        if self.units.file_of(f"{module}.{name}") or f"{module}.{name}" in sys.modules:
            return (Package(f"{module}.{name}"),)
        if unit is not None and "*" in unit.top.bindings:
            stars = unit.top.bindings["*"]
            return joined(*(self.global_of(absolute(unit, b.node[0]), name) for b in stars))
        return UNKNOWN

    def _binding(self, binding: Binding, scope: Scope, env: Env | None) -> Values:
        match binding.kind:
            case "value":
                return self._drilled(self.value(binding.node, env), binding.index)
            case "item":
                return self._drilled(self.items(self.value(binding.node, env)), binding.index)
            case "enter":
                return self._drilled(self._entered(self.value(binding.node, env)), binding.index)
            case "annotated":
                return self._annotated(binding, scope, env)
            case "augmented":
                return texts.augmented(self, binding.node, env)
            case "parameter":
                return self._parameter(binding, scope, env)
            case "rest":
                return (Many(()),)
            case "keywords":
                return (Keyed(()),)
            case "function":
                return self._function(binding.scope) if binding.scope else UNKNOWN
            case "class":
                return (self.class_of(binding.scope),) if binding.scope else UNKNOWN
            case "import":
                return self._import(scope.unit, *binding.node)
            case "narrow":
                return joined(*(instances(self, self.value(kind, env)) for kind in binding.node))
        return UNKNOWN

    def _function(self, scope: Scope) -> Values:
        unit = scope.unit
        own = self.is_own(unit.name)
        return (Function(scope) if own else Known(f"{unit.name}.{scope.qualname}"),)

    def _annotated(self, binding: Binding, scope: Scope, env: Env | None) -> Values:
        node: ast.AnnAssign = binding.node
        found = annotated(self, node.annotation, scope)
        if (not found or found == PLAIN) and node.value is not None:
            return self.value(node.value, env) or found
        return found

    def _import(self, unit: Unit, node: ast.Import | ast.ImportFrom, alias: ast.alias) -> Values:
        if isinstance(node, ast.Import):
            return (Package(alias.name if alias.asname else alias.name.partition(".")[0]),)
        module = absolute(unit, node)
        if alias.name == "*":
            return UNKNOWN
        found = self.global_of(module, alias.name)
        if found and not (len(found) == 1 and isinstance(found[0], Known)):
            return found
        dotted = f"{module}.{alias.name}"
        if dotted in sys.modules or self.units.file_of(dotted):
            return (Package(dotted),)
        return found or (Known(dotted),)


def absolute(unit: Unit, node: ast.ImportFrom) -> str:
    """Return the module that a relative or absolute import names."""
    if not node.level:
        return node.module or ""
    parts = unit.package.split(".")
    base = parts[: len(parts) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def _is_within(scope: Scope | None, outer: Scope) -> bool:
    while scope is not None:
        if scope is outer:
            return True
        scope = scope.parent
    return False

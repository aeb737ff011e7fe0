"""What an expression may stand for: names, attributes, calls, across functions and files.

Asked for one expression at a time, and remembered. Nothing of the project is imported or run.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Sequence
from typing import Any

from governance.ownership.names import PLATFORM
from governance.ownership.names import UNKNOWN as UNKNOWN_ACTOR
from governance.ownership.registry import Registry
from governance.scan import facts, framework, library, texts
from governance.scan.annotations import annotated, instances
from governance.scan.callers import Callers
from governance.scan.classes import Klass
from governance.scan.flow import reaching
from governance.scan.lifting import Lifting
from governance.scan.members import Members
from governance.scan.querysets import CHAINED, of_made_form, result
from governance.scan.syntax import Binding, Scope, Spot, Unit, spot_of
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

_DEEPEST = 45


class Inference:
    """Evaluates expressions; one object serves one process."""

    def __init__(self, registry: Registry, units: Units, callers: Callers) -> None:
        self.registry = registry
        self.units = units
        self.callers = callers
        self.lifting = Lifting(self)
        self.members = Members(self)
        self._memo: dict[Any, Values] = {}
        self._active: set[Any] = set()
        self._own: dict[str, bool] = {}
        self._actors: dict[str, str] = {}
        self._handlers: dict[type, Callable[[Any, Env | None], Values]] = {
            ast.Name: self._name,
            ast.Attribute: lambda n, e: self.attribute_of(n, e),
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
            ast.Lambda: lambda n, e: (Function(n.own_scope),),
            ast.Compare: lambda n, e: PLAIN,
            ast.UnaryOp: lambda n, e: PLAIN,
        }

    # Engine

    def value(self, node: ast.expr, env: Env | None = None) -> Values:
        """Return what an expression may stand for; nothing when that is not known."""
        handler = self._handlers.get(type(node))
        if handler is None:
            return UNKNOWN
        return self._once(("value", node, env), lambda: handler(node, env))

    def attribute(self, values: Values, name: str) -> Values:
        found = [self._attribute(value, name) for value in values]
        return joined(*found)

    def items(self, values: Values) -> Values:
        """Return what iterating gives."""
        return joined(*(self._items(value) for value in values))

    def call(self, target: Value, node: ast.Call | None, env: Env | None) -> Values:
        match target:
            case ModelClass(model):
                return tuple(Row(m) for m in facts.concrete(model))
            case ClassOf(klass):
                return self._instance(klass, node, env)
            case Function(scope):
                return self.returns(scope, self._arguments(scope, node, env, None))
            case Method(scope, self_value):
                return self.returns(scope, self._arguments(scope, node, env, self_value))
            case Bound(receiver, name):
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
        return self._once(("returns", scope, env), lambda: self._returns(scope, env))

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

    def global_of(self, module: str, name: str) -> Values:
        """Return a name of a module: as it is loaded, else as it is written."""
        return self._once(("global", module, name), lambda: self._global(module, name))

    # Remembering

    def _once(self, key: Any, ask: Callable[[], Values]) -> Values:
        known = self._memo.get(key)
        if known is not None:
            return known
        if key in self._active or len(self._active) > _DEEPEST * 8:
            return UNKNOWN
        self._active.add(key)
        try:
            found = ask()
        finally:
            self._active.discard(key)
        self._memo[key] = found
        return found

    # Names

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

    def filled(
        self, values: Values, parts: Sequence[tuple[ast.expr, bool]], env: Env | None
    ) -> Values:
        """Return collections with what is put into them elsewhere."""
        if not parts or not any(isinstance(v, Many | Keyed) for v in values):
            return values
        given = [self.value(part, env) for part, _ in parts[:20]]
        inner = [self.items(v) if whole else v for v, (_, whole) in zip(given, parts, strict=False)]
        return tuple(_with_items(value, joined(*inner)) for value in values)

    def _global_or_builtin(self, unit: Unit, name: str) -> Values:
        found = self.global_of(unit.name, name)
        if found:
            return found
        if "*" in unit.top.bindings:
            for binding in unit.top.bindings["*"]:
                node, _ = binding.node
                found = self.global_of(_absolute(unit, node), name)
                if found:
                    return found
        return (Known(f"builtins.{name}"),) if hasattr(_BUILTINS, name) else UNKNOWN

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
            return joined(*(self.global_of(_absolute(unit, b.node[0]), name) for b in stars))
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
        module = _absolute(unit, node)
        if alias.name == "*":
            return UNKNOWN
        found = self.global_of(module, alias.name)
        if found and not (len(found) == 1 and isinstance(found[0], Known)):
            return found
        dotted = f"{module}.{alias.name}"
        if dotted in sys.modules or self.units.file_of(dotted):
            return (Package(dotted),)
        return found or (Known(dotted),)

    # Parameters

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
            found = framework.of_lambda(self, scope, argument.arg, binding.index)
            if found:
                return found
        in_class = scope.parent is not None and scope.parent.kind == "class"
        if binding.index == (0,) and in_class and scope.kind == "function":
            found = self.members.first_parameter(scope)
            if found:
                return found
        found = framework.parameter(self, scope, argument.arg)
        if found:
            return found
        default = _default(scope.node.args, argument.arg)
        given = self.value(default) if default is not None else UNKNOWN
        if given == (Plain("None"),):
            given = UNKNOWN
        passed = self.callers.passed(self, scope, argument.arg, binding.index)
        return joined(given, passed) or framework.named(self, scope, argument.arg)

    def _arguments(
        self, scope: Scope, node: ast.Call | None, env: Env | None, self_value: Value | None
    ) -> Env | None:
        """Return what the parameters of a function are in one call."""
        arguments = scope.node.args
        names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
        given: list[tuple[str, Values]] = []
        if self_value is not None and names:
            given.append((names.pop(0), (self_value,)))
        if node is not None and len(self._active) < _DEEPEST * 3:
            for name, part in zip(names, node.args, strict=False):
                if not isinstance(part, ast.Starred):
                    given.append((name, self.value(part, env)))
            for keyword in node.keywords:
                if keyword.arg is not None:
                    given.append((keyword.arg, self.value(keyword.value, env)))
        kept = tuple((name, values) for name, values in given if _tells(values))
        return Env(scope, kept) if kept else None

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
            return framework.called(self, call, node, env)
        if isinstance(call.receiver, Text):
            return texts.method(self, call.receiver, call.name, node, env)
        if isinstance(call.receiver, Keyed) and node is not None and node.args:
            found = _by_key(call, node)
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

    def _returns(self, scope: Scope, env: Env | None) -> Values:
        node = scope.node
        if not self.is_own(scope.unit.name):
            return PLAIN
        said = getattr(node, "returns", None)
        found = annotated(self, said, scope) if said is not None else UNKNOWN
        if found and not _is_vague(found):
            return found
        if scope.yields:
            return (Many(joined(*(self.value(y, env) for y in scope.yields))),)
        given = joined(*(self.value(r, env) for r in scope.returns))
        if not scope.returns and not _is_abstract(node):
            return (Plain("None"),)
        return given or found

    # Attributes, items

    def attribute_of(self, node: ast.Attribute, env: Env | None) -> Values:
        holder = self.value(node.value, env)
        if node.attr == "__dict__":
            return (Keyed(()),)
        found = self.attribute(holder, node.attr)
        if not found or all(isinstance(v, Plain) for v in (*found, *holder)) or _of_plain(found):
            return framework.attribute_by_name(self, node, holder) or found
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

    def _items(self, value: Value) -> Values:
        match value:
            case Rows(model, _, plain):
                return PLAIN if plain else (Row(model),)
            case Related(model):
                return (Row(model),)
            case Many(item):
                return item
            case Parts(items):
                return joined(*items)
            case MadeForm(model, True, True):
                return (MadeForm(model, False, True),)
            case Object():
                return framework.iterated(self, value)
        return PLAIN if isinstance(value, Keyed | Text | Plain | Cleaned) else UNKNOWN

    def _drilled(self, values: Values, index: tuple[int, ...]) -> Values:
        for position in index:
            values = joined(*(self._part(value, position) for value in values))
        return values

    def _part(self, value: Value, position: int) -> Values:
        if isinstance(value, Parts):
            if position < 0:
                return (Many(joined(*value.items)),)
            return value.items[position] if position < len(value.items) else UNKNOWN
        return (Many(self._items(value)),) if position < 0 else self._items(value)

    def _entered(self, values: Values) -> Values:
        found: list[Values] = []
        for value in values:
            match value:
                case Many(item):
                    found.append(item)
                case Object():
                    given = [m for m in self.attribute((value,), "__enter__")]
                    methods = [v for v in given if isinstance(v, Method)]
                    found.append(joined(*(self.call(m, None, None) for m in methods)) or (value,))
                case _:
                    found.append((value,))
        return joined(*found)

    def _collection(self, node: ast.List | ast.Set, env: Env | None) -> Values:
        inner = []
        for part in node.elts[:60]:
            values = self.value(part, env)
            inner.append(self.items(values) if isinstance(part, ast.Starred) else values)
        return (Many(joined(*inner)),)

    def _dictionary(self, node: ast.Dict, env: Env | None) -> Values:
        values = [self.value(v, env) for v in node.values]
        known = tuple(
            (key.value, own)
            for key, own in zip(node.keys, values, strict=True)
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and own
        )
        return (Keyed(joined(*values), known if len(known) <= 30 else ()),)

    def _subscript(self, node: ast.Subscript, env: Env | None) -> Values:
        found = [self._taken(value, node) for value in self.value(node.value, env)]
        return joined(*found)

    def _taken(self, value: Value, node: ast.Subscript) -> Values:
        sliced = isinstance(node.slice, ast.Slice)
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        match value:
            case Rows() | Many() if sliced:
                return (value,)
            case Related(model, kind) if sliced:
                return (Rows(model, kind),)
            case Parts(items) if isinstance(key, int) and -len(items) <= key < len(items):
                return items[key]
            case Keyed(item, known):
                return dict(known).get(key, item) if isinstance(key, str) else item
            case Cleaned(klass) if isinstance(key, str):
                return framework.cleaned(self, klass, key)
            case Plain("connections"):
                return (Plain("connection"),)
            case ClassOf() | ModelClass():
                return (value,)
            case Plain() | Text():
                return PLAIN
            case Object() if not sliced:
                return self._item_of_object(value)
        return self._items(value)

    def _item_of_object(self, value: Object) -> Values:
        methods = [v for v in self.attribute((value,), "__getitem__") if isinstance(v, Method)]
        return joined(*(self.call(m, None, None) for m in methods)) or UNKNOWN


_DEFERRED = frozenset(
    "delay apply_async apply s si signature enqueue aenqueue using __wrapped__ func run defer".split()
)
_BUILTINS = sys.modules["builtins"]


def _constant(node: ast.Constant, env: Env | None) -> Values:
    del env
    value = node.value
    if isinstance(value, str):
        return (Text(value),)
    if isinstance(value, bytes):
        return (Text(value.decode(errors="replace")),)
    return (Plain("None"),) if value is None else PLAIN


def _absolute(unit: Unit, node: ast.ImportFrom) -> str:
    """Return the module that a relative or absolute import names."""
    if not node.level:
        return node.module or ""
    parts = unit.package.split(".")
    base = parts[: len(parts) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def _default(arguments: ast.arguments, name: str) -> ast.expr | None:
    plain = [*arguments.posonlyargs, *arguments.args]
    given = dict(zip([a.arg for a in reversed(plain)], reversed(arguments.defaults), strict=False))
    named = {
        a.arg: d for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d
    }
    return given.get(name) or named.get(name)


def _with_items(value: Value, more: Values) -> Value:
    """Put items into a list, into a dictionary, or into the lists of a dictionary."""
    match value:
        case Many(item):
            return Many(joined(item, more))
        case Keyed(item, known):
            lists = any(isinstance(v, Many) for v in item)
            inner = tuple(_with_items(v, more) for v in item) if lists else joined(item, more)
            return Keyed(inner, known)
    return value


def _by_key(call: Bound, node: ast.Call) -> Values:
    key = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
    known = dict(call.receiver.known) if isinstance(call.receiver, Keyed) else {}
    found = known.get(key, UNKNOWN) if isinstance(key, str) else UNKNOWN
    return found if call.name in {"get", "pop", "setdefault"} else UNKNOWN


def _of_plain(values: Values) -> bool:
    return all(isinstance(v, Bound) and isinstance(v.receiver, Plain) for v in values)


def _tells(values: Values) -> bool:
    return bool(values) and values != (Plain("None"),)


def _is_vague(values: Values) -> bool:
    """A bare ``list`` or ``dict`` says nothing about what is in it."""
    return all(isinstance(v, Many | Keyed) and not v.item for v in values)


def _is_abstract(node: Any) -> bool:
    """A method that only raises, or has no body, is there to be overridden."""
    body = getattr(node, "body", [])
    last = body[-1] if isinstance(body, list) and body else None
    docstring = isinstance(last, ast.Expr) and isinstance(last.value, ast.Constant)
    return isinstance(last, ast.Raise) or (docstring and len(body) == 1)


def _is_within(scope: Scope | None, outer: Scope) -> bool:
    while scope is not None:
        if scope is outer:
            return True
        scope = scope.parent
    return False

"""Who calls a function, and with what: an index by name, confirmed by looking at the call."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from governance.scan.engine import Engine
from governance.scan.syntax import Scope, Unit
from governance.scan.units import Units
from governance.scan.values import (
    PLAIN,
    UNKNOWN,
    ClassOf,
    Function,
    Method,
    ModelClass,
    Partial,
    Plain,
    Values,
    joined,
)

_WORD = re.compile(rb"[A-Za-z_]\w+")
_DEFINED = re.compile(rb"\bdef\s+(\w+)")
_BASES = re.compile(rb"^\s*class\s+\w+\s*(?:\[[^\]]*\])?\(([^)]*)\)", re.MULTILINE)
_ORDERING = re.compile(rb"\bset_\w+_order\b")
_MOST_FILES = 25
_MOST_CALLS = 60
_MOST_MODELS = 3
"""What is called with rows of more models takes rows of any: nobody knows which."""
_PASSING = frozenset(
    ["partial", "submit", "on_commit", "run_in_executor", "to_thread", "call_later", "map"]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What one file mentions."""

    defined: frozenset[bytes]
    bases: frozenset[bytes]
    mentioned: frozenset[bytes]
    silent: bool
    """Whether it says nothing that could write or read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """Names of functions → files that mention them, names of classes → files with heirs."""

    mentions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    definitions: Mapping[str, int] = field(default_factory=dict)
    heirs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    """Files that can neither write nor read."""


def words_of(source: bytes, telling: frozenset[bytes]) -> Words:
    """Return the words of a file, without parsing it.

    A ``telling`` word makes it worth a look, and so does a class that inherits: from a view, say.
    """
    mentioned = frozenset(_WORD.findall(source))
    bases = {w for found in _BASES.findall(source) for w in _WORD.findall(found)}
    return Words(
        defined=frozenset(_DEFINED.findall(source)),
        bases=frozenset(bases),
        mentioned=mentioned,
        silent=not bases and mentioned.isdisjoint(telling) and not _ORDERING.search(source),
    )


def index(files: Iterable[tuple[str, Words]]) -> Index:
    """Join the words of all files."""
    known = list(files)
    definitions: dict[str, int] = {}
    for _, words in known:
        for name in words.defined:
            key = name.decode()
            definitions[key] = definitions.get(key, 0) + 1
    names = frozenset(name.encode() for name in definitions)
    mentions: dict[str, list[str]] = {}
    heirs: dict[str, list[str]] = {}
    for file, words in known:
        for name in words.mentioned & names:
            mentions.setdefault(name.decode(), []).append(file)
        for name in words.bases:
            heirs.setdefault(name.decode(), []).append(file)
    return Index(
        mentions={k: tuple(v) for k, v in mentions.items() if len(v) <= _MOST_FILES},
        definitions=definitions,
        heirs={k: tuple(v) for k, v in heirs.items()},
        silent=frozenset(file for file, words in known if words.silent),
    )


class Callers:
    """Finds calls in the files that the index names."""

    def __init__(self, units: Units, known: Index) -> None:
        self.units = units
        self.index = known
        self._calls: dict[Unit, dict[str, list[ast.Call]]] = {}
        self._found: dict[Scope, list[tuple[ast.Call, int]]] = {}

    def passed(self, engine: Engine, scope: Scope, name: str, position: tuple[int, ...]) -> Values:
        """Return what calls pass to a parameter."""
        found: list[Values] = []
        for call, skipped in self._calls_of(engine, scope):
            argument = _argument(call, name, position, skipped)
            if argument is not None:
                given = engine.value(argument)
                found.append(UNKNOWN if given == (Plain("None"),) else given)
        passed = joined(*found)
        models = {model for v in passed if (model := getattr(v, "model", None)) is not None}
        return passed if len(models) <= _MOST_MODELS else UNKNOWN

    def calls_of(self, engine: Engine, scope: Scope) -> list[ast.Call]:
        """Return the calls of a function."""
        return [call for call, _ in self._calls_of(engine, scope)]

    def classes_with_base(self, engine: Engine, name: str) -> list[Scope]:
        """Return the classes that name a base like this."""
        del engine
        found = []
        for file in self.index.heirs.get(name.rpartition(".")[2], ())[:80]:
            unit = self.units.of_file(file)
            if isinstance(unit, Unit):
                found += [s for s in unit.scopes.values() if s.kind == "class" and _has(s, name)]
        return found

    def _calls_of(self, engine: Engine, scope: Scope) -> list[tuple[ast.Call, int]]:
        known = self._found.get(scope)
        if known is None:
            self._found[scope] = []
            known = self._found[scope] = self._find(engine, scope)
        return known

    def _find(self, engine: Engine, scope: Scope) -> list[tuple[ast.Call, int]]:
        name = getattr(scope.node, "name", "")
        if not name:
            return []
        sought = name if name != "__init__" else scope.parent.node.name if scope.parent else ""
        found: list[tuple[ast.Call, int]] = []
        for file in self.index.mentions.get(name, self._own(scope, sought)):
            unit = self.units.of_file(file)
            if not isinstance(unit, Unit):
                continue
            for call in self._named(unit).get(sought, ())[:_MOST_CALLS]:
                skipped = self._skipped(engine, call, scope)
                if skipped is not None:
                    found.append((call, skipped))
        return found

    def _own(self, scope: Scope, name: str) -> tuple[str, ...]:
        del name
        return (scope.unit.file,)

    def _named(self, unit: Unit) -> Mapping[str, Sequence[ast.Call]]:
        known = self._calls.get(unit)
        if known is None:
            known = self._calls[unit] = {}
            for call in unit.calls:
                for name in _names_of(call):
                    known.setdefault(name, []).append(call)
        return known

    def _skipped(self, engine: Engine, call: ast.Call, scope: Scope) -> int | None:
        """Return how many parameters are filled otherwise; None when it is another's call."""
        direct = _last(call.func)
        name = scope.node.name
        if direct == name or (direct in _DEFERRED and _holder(call.func) == name):
            target = call.func if direct == name else call.func.value  # type: ignore[attr-defined]
            return self._matching(engine, engine.value(target), scope)
        if call.args and _last(call.args[0]) == name:
            matched = self._matching(engine, engine.value(call.args[0]), scope)
            return None if matched is None else matched - 1
        return None

    def _matching(self, engine: Engine, values: Values, scope: Scope) -> int | None:
        is_method = _is_method(scope)
        static = is_method and any(_last(d) == "staticmethod" for d in scope.node.decorator_list)
        for value in values:
            match value:
                case Method(own, _) if _same(engine, own, scope):
                    return 0 if static else 1
                case Function(own) if own is scope:
                    return 0
                case Partial((Method(own, _), *_)) if _same(engine, own, scope):
                    return 1
                case Partial((Function(own), *_)) if own is scope:
                    return 0
        if not values or values == PLAIN:
            unique = self.index.definitions.get(scope.node.name, 2) == 1
            return (1 if is_method and not static else 0) if unique else None
        return None


_DEFERRED = frozenset(["delay", "apply_async", "s", "si", "enqueue", "aenqueue", "defer"])


def _same(engine: Engine, own: Scope, other: Scope) -> bool:
    """A method may be called through the class that declares it, or through an heir."""
    if own is other:
        return True
    if not (_is_method(own) and _is_method(other)) or own.node.name != other.node.name:
        return False
    assert own.parent is not None
    assert other.parent is not None
    first, second = engine.class_of(own.parent), engine.class_of(other.parent)
    if isinstance(first, ClassOf) and isinstance(second, ClassOf):
        return first.klass in engine.mro(second.klass)
    if isinstance(first, ModelClass) and isinstance(second, ModelClass):
        return issubclass(second.model, first.model)
    return False


def _is_method(scope: Scope) -> bool:
    return scope.kind == "function" and scope.parent is not None and scope.parent.kind == "class"


def _names_of(call: ast.Call) -> list[str]:
    direct = _last(call.func)
    names = [direct]
    if direct in _DEFERRED:
        names.append(_holder(call.func))
    elif direct in _PASSING and call.args:
        names.append(_last(call.args[0]))
    return [name for name in names if name]


def _last(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=func, args=[inner, *_]) if _last(func) in _WRAPPERS:
            return _last(inner)
        case ast.Call(func=func):
            return _last(func)
    return ""


_WRAPPERS = frozenset(["sync_to_async", "async_to_sync", "database_sync_to_async", "atomic"])


def _holder(node: ast.expr) -> str:
    return _last(node.value) if isinstance(node, ast.Attribute) else ""


def _argument(
    call: ast.Call, name: str, position: tuple[int, ...], skipped: int
) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if not position:
        return None
    place = position[0] - skipped
    if not 0 <= place < len(call.args):
        return None
    before = call.args[: place + 1]
    return None if any(isinstance(a, ast.Starred) for a in before) else call.args[place]


def _has(scope: Scope, name: str) -> bool:
    return any(
        _last(b.value if isinstance(b, ast.Subscript) else b) == name for b in scope.node.bases
    )

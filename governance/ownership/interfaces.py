"""What a module publishes: its functions, and the tables that each of them looks after.

Read from the source as text, so that asking never imports anything.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from pkgutil import iter_modules

from django.apps import apps

from governance.ownership.names import table_key
from governance.ownership.places import spec_of
from governance.ownership.registry import Registry

Body = ast.FunctionDef | ast.AsyncFunctionDef

_INSERT = frozenset({"create", "bulk_create", "get_or_create", "update_or_create", "save"})
_METHODS = {
    "insert": _INSERT,
    "copy": _INSERT,
    "update": frozenset({"update", "bulk_update", "update_or_create", "save"}),
    "delete": frozenset({"delete"}),
}
"""Methods of models and managers that write, by operation."""
_JOIN_METHODS = {
    "insert": frozenset({"add", "set"}),
    "delete": frozenset({"remove", "clear", "set"}),
}
"""Methods of M2M managers that write the table in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A published function."""

    dotted: str
    name: str
    signature: str
    """Parameter names as one would call it: ``(account, *, amount_minor)``."""
    models: frozenset[str]
    """Class names mentioned in the body, and in the functions of its file that it calls."""
    calls: frozenset[tuple[str, str]]
    """(class name, method) called there; the class is empty where it can't be made out."""

    def __str__(self) -> str:
        return f"{self.dotted}{self.signature}"


def functions_for(table: str, operation: str, registry: Registry) -> tuple[Function, ...]:
    """Return the owner's published functions that do an operation on a table, best match first.

    A function does it when it calls a writing method on the table's model. Where none does,
    those count that mention the model and call such a method on something unknown.
    """
    known = registry.table(table)
    owner = registry.modules.get(known.owner) if known else None
    if known is None or owner is None:
        return ()
    names, joins = _class_names(known.name)
    by_operation = _JOIN_METHODS if joins else _METHODS
    methods = by_operation.get(operation) or frozenset().union(*by_operation.values())
    every = [f for dotted in owner.interfaces for f in published(dotted)]
    surely = [f for f in every if _calls(f, names, methods)]
    maybe = [f for f in every if f.models & names and _calls(f, {""}, methods)]
    return tuple(surely or maybe)


@lru_cache(maxsize=256)
def published(dotted: str) -> tuple[Function, ...]:
    """Return the public functions of an interface: a module's, or the single one named."""
    path = _source_of(dotted)
    if path is not None:
        return tuple(_functions(dotted, path))
    module, _, name = dotted.rpartition(".")
    return tuple(f for f in published(module) if f.name == name) if module else ()


def neighbours(dotted: str) -> list[str]:
    """Return the modules and functions that stand beside a name, to guess what was meant."""
    parent = dotted.rpartition(".")[0]
    spec = spec_of(parent) if parent else None
    if spec is None:
        return neighbours(parent) if parent else []
    folders = list(spec.submodule_search_locations or ())
    modules = [f"{parent}.{module.name}" for module in iter_modules(folders)]
    return modules + [function.dotted for function in published(parent)]


def _source_of(dotted: str) -> Path | None:
    spec = spec_of(dotted)
    return Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None


def _functions(dotted: str, path: Path) -> Iterator[Function]:
    try:
        tree = ast.parse(path.read_bytes())
    except SyntaxError:
        return
    bodies = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
    for name, node in bodies.items():
        if not name.startswith("_"):
            reached = _reached(node, bodies)
            yield Function(
                dotted=f"{dotted}.{name}",
                name=name,
                signature=_signature(node.args),
                models=frozenset().union(*(_classes(body) for body in reached)),
                calls=frozenset().union(*(_method_calls(body) for body in reached)),
            )


def _reached(node: Body, bodies: dict[str, Body]) -> list[Body]:
    """The function and those of the same file that it calls, directly or not."""
    reached, waiting = [node], [node]
    while waiting:
        for name in _names(waiting.pop()):
            body = bodies.get(name)
            if body is not None and body not in reached:
                reached.append(body)
                waiting.append(body)
    return reached


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _classes(node: ast.AST) -> set[str]:
    attributes = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    return {name for name in _names(node) | attributes if name[:1].isupper()}


def _method_calls(body: Body) -> set[tuple[str, str]]:
    """Pair each method called with the class that the expression in front of it starts from."""
    bound: dict[str, str] = {}
    for node in ast.walk(body):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                bound[name] = _class_of(value, bound)
            case ast.For(target=ast.Name(id=name), iter=value):
                bound[name] = _class_of(value, bound)
    calls = (n.func for n in ast.walk(body) if isinstance(n, ast.Call))
    methods = [f for f in calls if isinstance(f, ast.Attribute)]
    return {(_class_of(f.value, bound), _synchronous(f.attr)) for f in methods}


def _class_of(node: ast.expr, bound: dict[str, str]) -> str:
    match node:
        case ast.Call(func=inner) | ast.Await(value=inner) | ast.Subscript(value=inner):
            return _class_of(inner, bound)
        case ast.Attribute(value=inner, attr=name):
            return name if name[:1].isupper() else _class_of(inner, bound)
        case ast.Name(id=name):
            return name if name[:1].isupper() else bound.get(name, "")
    return ""


def _synchronous(method: str) -> str:
    """``acreate`` does what ``create`` does."""
    return method[1:] if method[:1] == "a" and method[1:] in _ALL_METHODS else method


_ALL_METHODS = frozenset().union(*_METHODS.values(), *_JOIN_METHODS.values())


def _calls(function: Function, classes: Collection[str], methods: frozenset[str]) -> bool:
    return any(owner in classes and method in methods for owner, method in function.calls)


def _class_names(table: str) -> tuple[frozenset[str], bool]:
    """Class names that mean this table, and whether it only joins the tables of two of them."""
    for model in apps.get_models(include_auto_created=True):
        if table_key(model._meta.db_table) == table and not model._meta.proxy:
            if not model._meta.auto_created:
                return frozenset({model.__name__}), False
            joined = [f.related_model for f in model._meta.fields if f.is_relation]
            return frozenset(m.__name__ for m in joined if isinstance(m, type)), True
    return frozenset(), False


def _signature(arguments: ast.arguments) -> str:
    """Positional parameters, then keyword-only ones behind a star, without annotations."""
    plain = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    if arguments.vararg:
        plain.append(f"*{arguments.vararg.arg}")
    elif arguments.kwonlyargs:
        plain.append("*")
    plain += [a.arg for a in arguments.kwonlyargs]
    if arguments.kwarg:
        plain.append(f"**{arguments.kwarg.arg}")
    return f"({', '.join(plain)})"

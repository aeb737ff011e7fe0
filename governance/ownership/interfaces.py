"""What a module publishes: its functions, and the tables that each of them looks after.

Read from the source as text, so that asking never imports anything.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from django.apps import apps

from governance.ownership.names import table_key
from governance.ownership.registry import Registry

_OPERATIONS = {
    "insert": {"create", "bulk_create", "get_or_create", "update_or_create", "add", "set", "save"},
    "update": {"update", "bulk_update", "update_or_create", "save"},
    "delete": {"delete", "remove", "clear", "set"},
}
_CONSTRUCTS = "insert"


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A published function."""

    dotted: str
    name: str
    signature: str
    """Parameter names as one would call it: ``(account, *, amount_minor)``."""
    models: frozenset[str]
    """Class names mentioned in the body, and those of the functions it calls in its file."""
    calls: frozenset[str]
    """Method names called in the body."""

    def __str__(self) -> str:
        return f"{self.dotted}{self.signature}"


def functions_for(table: str, operation: str, registry: Registry) -> tuple[Function, ...]:
    """Return the owner's published functions that write a table, the best match first.

    A function is taken to look after a table when its body mentions the table's model (for the
    table behind an M2M field: the declaring model, with ``add``, ``set``…) and calls a method
    that writes. Those doing the same operation come first.
    """
    known = registry.table(table)
    owner = registry.modules.get(known.owner) if known else None
    if known is None or owner is None:
        return ()
    names = _class_names(known.name)
    every = [f for dotted in owner.interfaces for f in published(dotted)]
    able = [f for f in every if f.models & names and _writes(f, "")]
    return tuple(sorted(able, key=lambda f: not _writes(f, operation)))


@lru_cache(maxsize=256)
def published(dotted: str) -> tuple[Function, ...]:
    """Return the public functions of an interface: a module's, or the single one named."""
    path = _source_of(dotted)
    if path is not None:
        return tuple(_functions(dotted, path))
    module, _, name = dotted.rpartition(".")
    return tuple(f for f in published(module) if f.name == name) if module else ()


def _source_of(dotted: str) -> Path | None:
    try:
        spec = find_spec(dotted)
    except (ImportError, ValueError):
        return None
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
                calls=frozenset().union(*(_methods(body) for body in reached)),
            )


def _reached(node: ast.AST, bodies: dict[str, ast.FunctionDef | ast.AsyncFunctionDef]) -> list[ast.AST]:
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
    texts = {
        n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)
    }
    return {name for name in _names(node) | attributes | texts if name[:1].isupper() and name.isidentifier()}


def _methods(node: ast.AST) -> set[str]:
    calls = [n.func for n in ast.walk(node) if isinstance(n, ast.Call)]
    methods = {f.attr for f in calls if isinstance(f, ast.Attribute)}
    constructed = {f.id for f in calls if isinstance(f, ast.Name) and f.id[:1].isupper()}
    plain = {m[1:] if m[:1] == "a" and m[1:] in _ALL_METHODS else m for m in methods}
    return plain | ({_CONSTRUCTS} if constructed and "save" in plain else set())


_ALL_METHODS = frozenset().union(*_OPERATIONS.values())


def _writes(function: Function, operation: str) -> bool:
    wanted = _OPERATIONS.get(operation, _ALL_METHODS)
    return bool(function.calls & wanted)


def _class_names(table: str) -> frozenset[str]:
    """Class names whose mention means this table: its model's, or those an M2M table joins."""
    for model in apps.get_models(include_auto_created=True):
        if table_key(model._meta.db_table) == table and not model._meta.proxy:
            declaring = model._meta.auto_created
            if not declaring:
                return frozenset({model.__name__})
            joined = [f.related_model for f in model._meta.fields if f.is_relation]
            names = [m.__name__ for m in joined if isinstance(m, type)]
            return frozenset(names)
    return frozenset()


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

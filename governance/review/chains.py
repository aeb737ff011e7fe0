"""Chains of attributes and calls in the source of a script: ``Order.objects.filter(…)``."""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping

_NARROWING = frozenset({"filter", "exclude", "get", "first", "last", "earliest", "latest", "none"})
_PIECEMEAL = frozenset({"iterator", "values_list", "values", "aiterator"})
_AS_THEY_ARE = frozenset({"list", "tuple", "set", "sorted", "reversed", "iter"})
_OF_ROWS = frozenset({"get_model", "_default_manager", "_base_manager"})
Link = ast.Call | ast.Attribute | ast.Subscript


def expanded(node: ast.expr, values: Mapping[str, ast.expr]) -> ast.expr:
    """Return a chain with the variable that it starts from replaced by what the variable holds."""
    match node:
        case ast.Name(id=name):
            return values.get(name, node)
        case ast.Call(func=ast.Name(id=name), args=[rows, *_]) if name in _AS_THEY_ARE:
            return expanded(rows, values)
    if not isinstance(node, Link):
        return node
    found = copy.copy(node)
    if isinstance(found, ast.Call):
        found.func = expanded(found.func, values)
    else:
        found.value = expanded(found.value, values)
    return found


def one_of(rows: ast.expr) -> ast.expr:
    """Return what a loop variable holds: one row of what is looped over."""
    return ast.Subscript(value=rows, slice=ast.Constant(0), ctx=ast.Load())


def methods(node: ast.expr) -> set[str]:
    """Return the names that a chain goes through."""
    found = set()
    current: ast.AST = node
    while isinstance(current, Link):
        if isinstance(current, ast.Attribute):
            found.add(current.attr)
        current = current.func if isinstance(current, ast.Call) else current.value
    return found


def is_of_rows(node: ast.expr) -> bool:
    """Tell whether a chain leads to rows, of whatever model."""
    return any(name in _OF_ROWS or name.endswith("objects") for name in methods(node))


def is_sliced(node: ast.expr) -> bool:
    return any(isinstance(part, ast.Subscript) for part in ast.walk(node))


def is_whole(rows: ast.expr) -> bool:
    """Tell whether a queryset is one of all rows: it starts at a manager, nothing narrows it."""
    names = methods(rows)
    starts = any(name.endswith("objects") or name == "_default_manager" for name in names)
    return starts and not _NARROWING & names and not is_sliced(rows)


def is_loaded(rows: ast.expr) -> bool:
    """Tell whether all rows come into memory when a queryset is looped over."""
    return not _PIECEMEAL & methods(rows) and not is_sliced(rows)


def is_written_out(node: ast.expr) -> bool:
    """Tell whether what is gone through stands in the source: a list, a tuple, a dictionary."""
    match node:
        case ast.List() | ast.Tuple() | ast.Set() | ast.Dict():
            return True
        case ast.Call(func=ast.Attribute(value=value, attr="items" | "values" | "keys")):
            return is_written_out(value)
        case ast.Call(func=ast.Name(id="enumerate" | "zip" | "sorted"), args=arguments):
            return all(is_written_out(argument) for argument in arguments)
    return False


def named_model(node: ast.Call) -> tuple[str, str] | None:
    """Read ``get_model("app", "Model")`` and ``get_model("app.Model")``."""
    values = [*node.args, *(keyword.value for keyword in node.keywords)]
    names = [v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str)]
    parts = ".".join(names[:2]).split(".")
    return (parts[0], parts[1].lower()) if len(parts) == 2 else None

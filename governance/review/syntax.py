"""Python source as a tree, and what single expressions of it say."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from functools import partial
from typing import Any


def called_by(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function behind ``partial``."""
    return called_by(function.func) if isinstance(function, partial) else function


def name_of(function: Callable[..., Any]) -> str:
    return str(getattr(called_by(function), "__qualname__", repr(function)))


def tree_of(function: Callable[..., Any]) -> tuple[ast.Module | None, int]:
    """Return the tree of a function, and the line of its file on which it begins."""
    try:
        lines, first = inspect.getsourcelines(function)
        return ast.parse(textwrap.dedent("".join(lines))), first
    except (OSError, TypeError, SyntaxError):
        return None, 0


def arguments_of(tree: ast.Module | None) -> tuple[str, ...]:
    match tree:
        case ast.Module(body=[ast.FunctionDef(args=arguments), *_]):
            return tuple(argument.arg for argument in (*arguments.posonlyargs, *arguments.args))
    return ()


def methods_of(node: ast.expr) -> set[str]:
    """Return the methods that a chain of calls goes through."""
    found = set()
    current: ast.AST = node
    while isinstance(current, ast.Call | ast.Attribute | ast.Subscript):
        if isinstance(current, ast.Attribute):
            found.add(current.attr)
        current = current.func if isinstance(current, ast.Call) else current.value
    return found


def is_sliced(node: ast.expr) -> bool:
    return any(isinstance(part, ast.Subscript) for part in ast.walk(node))


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

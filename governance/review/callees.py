"""What a call in a script leads to: a function that can be read, one that is harmless, or neither."""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import FunctionType, ModuleType
from typing import Any

from django.apps import apps as live_apps

_WRITING = frozenset({"call_command", "create_permissions", "create_contenttypes"})
"""Functions of Django that write rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A function, and what is known of the values that it is given."""

    function: Callable[..., Any]
    values: Mapping[str, ast.expr] = field(default_factory=dict)
    """Parameter → the chain that it is given, with nothing in it but what was resolved."""
    editor: str = ""
    """The parameter that is the schema editor."""

    @property
    def key(self) -> tuple[Callable[..., Any], str]:
        given = sorted((name, ast.dump(value)) for name, value in self.values.items())
        return self.function, f"{given}{self.editor}" if given or self.editor else ""


def is_followed(function: object, caller: Any) -> bool:
    """Tell whether a function is of the same file, or of the same app, as who calls it."""
    if not isinstance(function, FunctionType):
        return False
    own, other = caller.__module__, function.__module__
    if own == other:
        return True
    mine, theirs = (live_apps.get_containing_app_config(name or "") for name in (own, other))
    return mine is not None and mine is theirs


def is_harmless(function: object) -> bool:
    """Tell whether something is of Python, or of Django's own tools, and so writes no rows."""
    name = getattr(function, "__name__", "")
    module = str(getattr(function, "__module__", "") or "").partition(".")[0]
    if module == "django":
        return name not in _WRITING
    return not module or module in sys.stdlib_module_names


def is_of_an_app(function: object) -> bool:
    """Tell whether something is of an app, whose models it may know without being given them."""
    module = str(getattr(function, "__module__", "") or "")
    return live_apps.get_containing_app_config(module) is not None


def described(function: object) -> str:
    name = getattr(function, "__qualname__", None) or type(function).__name__
    return f"{name} of {getattr(function, '__module__', '?')}"


def resolved(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """Return the object that ``name`` or ``module.name`` stands for; None where not known."""
    match node:
        case ast.Name(id=name):
            return names.get(name)
        case ast.Attribute(value=inner, attr=attribute):
            place = resolved(inner, names)
            return getattr(place, attribute, None) if isinstance(place, ModuleType) else None
    return None


def imported(node: ast.ImportFrom, package: str) -> ModuleType | None:
    """Return a module that a function imports, if it was imported before; it is not imported now."""
    base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
    return sys.modules.get(".".join([*base, *filter(None, [node.module])]))


def tree_of(function: Callable[..., Any]) -> ast.FunctionDef | None:
    """Return the tree of a function, with the lines of its file."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return None
    lines = linecache.getlines(code.co_filename, getattr(function, "__globals__", None))
    return _functions("".join(lines)).get((code.co_name, code.co_firstlineno))


@lru_cache(maxsize=128)
def _functions(source: str) -> dict[tuple[str, int], ast.FunctionDef]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return {}
    found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return {(node.name, _first_line(node)): node for node in found}


def _first_line(node: ast.FunctionDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])

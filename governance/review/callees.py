"""What a call in a script leads to: something to read, something harmless, or neither."""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
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


def may_write(function: object, *, handed: bool) -> bool:
    """Tell whether something that is not read may write rows.

    Python and Django's own tools don't, code of an app may, and other packages only if they are
    ``handed`` something to write with.
    """
    if inspect.isclass(function) and issubclass(function, BaseException | Enum):
        return False
    module = str(getattr(function, "__module__", "") or "")
    top = module.partition(".")[0]
    if top == "django":
        return getattr(function, "__name__", "") in _WRITING
    if not top or top in sys.stdlib_module_names:
        return False
    return handed or live_apps.get_containing_app_config(module) is not None


def described(function: object) -> str:
    name = getattr(function, "__qualname__", None) or type(function).__name__
    return f"{name} of {getattr(function, '__module__', '?')}"


def resolved(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """Return the object that ``name`` or ``name.attribute`` stands for; None where not known.

    No code of the object runs. A method is returned in a form that is never followed.
    """
    match node:
        case ast.Name(id=name):
            return names.get(name)
        case ast.Attribute(value=inner, attr=attribute):
            place = resolved(inner, names)
            if place is None or isinstance(place, ModuleType):
                return vars(place).get(attribute) if place else None
            return _member(place if inspect.isclass(place) else type(place), attribute)
    return None


def _member(place: type, attribute: str) -> Any:
    found = inspect.getattr_static(place, attribute, None)
    if isinstance(found, staticmethod):
        return found.__func__
    return classmethod(found) if isinstance(found, FunctionType) else found


def imported(node: ast.ImportFrom, package: str) -> ModuleType | None:
    """Return a module that a function imports, if somebody has: it is not imported now."""
    parts = package.split(".")
    base = parts[: len(parts) - node.level + 1] if node.level else []
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


def arguments_of(tree: ast.FunctionDef | None) -> tuple[str, ...]:
    arguments = (*tree.args.posonlyargs, *tree.args.args) if tree else ()
    return tuple(argument.arg for argument in arguments)

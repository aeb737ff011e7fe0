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


class Unseen:
    """What a function imports of a module that nobody has imported yet, so it can't be read."""

    def __init__(self, module: str, name: str = "") -> None:
        self.__module__ = module
        self.__qualname__ = name or module.rpartition(".")[2]
        self.__name__ = self.__qualname__.rpartition(".")[2]
        self._within = name

    def member(self, name: str) -> Unseen:
        """Return what a dotted name leads to; a module and a class can't be told apart."""
        return Unseen(self.__module__, f"{self._within}.{name}".lstrip("."))


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
            if isinstance(place, Unseen):
                return place.member(attribute)
            if isinstance(place, ModuleType):
                return _taken(place, attribute)
            if place is None:
                return None
            return _member(place if inspect.isclass(place) else type(place), attribute)
    return None


def _member(place: type, attribute: str) -> Any:
    found = inspect.getattr_static(place, attribute, None)
    if isinstance(found, staticmethod):
        return found.__func__
    return classmethod(found) if isinstance(found, FunctionType) else found


def imported(node: ast.Import | ast.ImportFrom, package: str) -> dict[str, Any]:
    """Return what an import within a function gives names to. Nothing is imported for it."""
    if isinstance(node, ast.Import):
        return {
            alias.asname or alias.name.partition(".")[0]: _module(
                alias.name if alias.asname else alias.name.partition(".")[0]
            )
            for alias in node.names
        }
    parts = package.split(".")
    base = parts[: len(parts) - node.level + 1] if node.level else []
    name = ".".join([*base, *filter(None, [node.module])])
    return {alias.asname or alias.name: _taken(_module(name), alias.name) for alias in node.names}


def _module(name: str) -> ModuleType | Unseen:
    return sys.modules.get(name) or Unseen(name)


def _taken(place: ModuleType | Unseen, name: str) -> Any:
    """What a package has not, may be a module of it."""
    if isinstance(place, Unseen):
        return place.member(name)
    if name in vars(place) or not hasattr(place, "__path__"):
        return vars(place).get(name)
    return _module(f"{place.__name__}.{name}")


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

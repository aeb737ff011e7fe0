"""A place in the code, and in whose name it acts."""

from __future__ import annotations

import inspect
import re
import sys
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from types import FrameType
from typing import Any

from governance.findings import Location
from governance.ownership.places import shown
from governance.writes.scopes import Scope

SYSTEM = "system"
"""Prefix of the named system actors, which may write every table: ``system:flush``."""

_INNER = re.compile(r"(?:(?:\.<locals>)?\.|^)<(?:listcomp|setcomp|dictcomp|genexpr)>")
"""A comprehension belongs to the function around it; Python 3.12 has no frame for most."""

TESTS = f"{SYSTEM}:tests"
"""Test code arranges the data it needs; inside a scope, the scope speaks for it."""


@dataclass(frozen=True, slots=True)
class Site:
    """A place in the code that acts, and the module in whose name it does."""

    module: str
    file: str
    line: int
    function: str
    """Dotted: module of the code and qualified name of the function or class."""
    bearer: str = ""
    """Module of the object whose method runs, where it inherits the method from elsewhere."""

    @property
    def location(self) -> Location:
        line = self.line or _line_of_class(self.function)
        return Location(file=shown(self.file), line=line, function=self.function)


CALL_SITE: ContextVar[tuple[Scope | None, Site] | None] = ContextVar(
    "governance_site", default=None
)
"""Scope and place of the innermost ``await`` on a synchronous function."""


def class_site(own: type, module: str, frame: FrameType) -> Site:
    """Describe a class that a framework runs; its line is looked up when somebody asks for it."""
    loaded = sys.modules.get(own.__module__)
    file = getattr(loaded, "__file__", None) or frame.f_code.co_filename
    return Site(module, file, 0, f"{own.__module__}.{own.__qualname__}")


def _line_of_class(dotted: str) -> int:
    """Return the line where a class begins; 1 when its source can't be had."""
    parts = dotted.split(".")
    for end in range(len(parts) - 1, 0, -1):
        found: Any = sys.modules.get(".".join(parts[:end]))
        for name in parts[end:]:
            found = getattr(found, name, None)
        if found is not None:
            try:
                return inspect.getsourcelines(found)[1] or 1
            except (OSError, TypeError):
                return 1
    return 1


@cache
def brief_site(module: str) -> Site:
    """Return a place of which only the module is told."""
    return Site(module, "", 0, "")


def site_of(frame: FrameType, module: str, bearer: str = "") -> Site:
    """Describe a frame."""
    code = frame.f_code
    function = code.co_qualname
    if function[-1] == ">":
        function = _INNER.sub("", function) or "<module>"
    name = frame.f_globals.get("__name__", "?")
    return Site(module, code.co_filename, frame.f_lineno, f"{name}.{function}", bearer)


def subject_of(frame: FrameType) -> Any:
    """Return the object, or class, whose method a frame runs; None for a plain function.

    The first argument alone does not tell: ``def fix(account)`` is no method of the account.
    """
    code = frame.f_code
    if not code.co_argcount:
        return None
    subject: Any = frame.f_locals.get(code.co_varnames[0])
    kind = type(subject)
    bases = subject.__mro__ if issubclass(kind, type) else kind.__mro__
    place, holder = frame.f_globals.get("__name__"), code.co_qualname.rpartition(".")[0]
    defined = any(base.__qualname__ == holder and base.__module__ == place for base in bases)
    return subject if defined else None

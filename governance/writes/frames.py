"""Walk the stack from a write outwards to the line of first-party code that caused it.

Only writes that no scope settles come here, so a step has to be cheap: one dictionary look-up
by file name for each frame.
"""

from __future__ import annotations

from functools import lru_cache
from types import CellType, CodeType, FrameType, FunctionType
from typing import Any

from django.db.models import Manager, Model, QuerySet

from governance.ownership.names import UNKNOWN
from governance.writes.files import (
    ASGIREF,
    EDGE,
    FRAMEWORK,
    HANDLERS,
    NAMED,
    ORM,
    SKIP,
    UNOWNED,
    kinds,
    learn,
)
from governance.writes.framework import bearer_of, framework_site, named_site
from governance.writes.scopes import Scope
from governance.writes.sites import CALL_SITE, Site, brief_site, site_of, subject_of

_CALL_VIEW = {"_get_response", "_get_response_async"}


def find_site(  # noqa: PLR0912 - one branch for each kind of file, in one loop for speed
    frame: FrameType | None, scope: Scope | None = None, *, brief: bool = False
) -> Site | None:
    """Return the innermost acting place from ``frame`` outwards; None when there is none.

    An override of an ORM method that calls the ORM's own on the same object is passed over,
    and so are its decorators: who calls ``save()`` writes, not who refined it. With a scope only
    what is more precise than the scope is found: inside of it, in another module's code than
    that which opened it. ``brief`` asks for the module of first-party code and nothing more.
    """
    stop = scope.entered_in if scope is not None else 0
    spoken_for = (kinds.get(scope.file) or learn(scope.file)) if scope is not None else ""
    method = ""  # ORM method that is running further inside
    inner = frame  # the frame that runs it
    override: FrameType | None = None  # the outermost frame so far that refines it
    unowned: FrameType | None = None
    while frame is not None and id(frame) != stop:
        code = frame.f_code
        kind = kinds.get(code.co_filename) or learn(code.co_filename)
        if kind is SKIP:
            pass
        elif kind is ORM:
            inner, override = frame, None
            if code.co_name != "manager_method":
                method = code.co_name
        elif kind is FRAMEWORK:
            found = framework_site(frame)
            if found is not None and found.module != spoken_for:
                return found
        elif kind is EDGE:
            if code.co_filename == HANDLERS:
                if code.co_name in _CALL_VIEW:
                    break
            elif code.co_filename != ASGIREF or code.co_name == "thread_handler":
                return _noted(scope)
        elif kind is NAMED:
            return named_site(frame)
        elif method and code.co_name == method and _same_object(frame, inner):
            inner = override = frame
        elif override is not None and _decorates(frame, override):
            pass
        elif kind is UNOWNED:
            unowned = unowned or frame
        elif kind != spoken_for:
            return brief_site(kind) if brief else site_of(frame, kind, bearer_of(frame))
        frame = frame.f_back
    return site_of(unowned, UNKNOWN) if unowned is not None and scope is None else None


def _same_object(frame: FrameType, inner: FrameType | None) -> bool:
    """An override works on the very object whose ORM method it calls."""
    subject = subject_of(frame)
    if inner is None or not issubclass(type(subject), Model | Manager | QuerySet):
        return False
    inner_name = inner.f_code.co_varnames[:1]
    return bool(inner_name) and inner.f_locals.get(inner_name[0]) is subject


def _decorates(frame: FrameType, wrapped: FrameType) -> bool:
    """Tell whether a frame runs a decorator of the override: what the class holds by that name."""
    subject: Any = wrapped.f_locals.get(wrapped.f_code.co_varnames[0])
    kind: type = subject if issubclass(type(subject), type) else type(subject)
    return frame.f_code in _layers(kind, wrapped.f_code.co_name)


@lru_cache(maxsize=1_024)
def _layers(kind: type, method: str) -> frozenset[CodeType]:
    """Return the code of a method of a class, and of all that it is wrapped in."""
    codes: set[CodeType] = set()
    waiting: list[object] = [vars(base)[method] for base in kind.__mro__ if method in vars(base)]
    seen: list[object] = []
    while waiting:
        layer = waiting.pop()
        code = _code_of(layer)
        if code is None or any(layer is known for known in seen):
            continue
        seen.append(layer)
        codes.add(code)
        waiting += [cell.cell_contents for cell in _cells(layer)]
        waiting += list(getattr(layer, "__dict__", {}).values())
    return frozenset(codes)


def _cells(layer: object) -> list[Any]:
    cells = getattr(layer, "__closure__", None) or ()
    return [cell for cell in cells if cell != CellType()]


def _code_of(value: object) -> CodeType | None:
    """The code of a function, or of the ``__call__`` of an object that stands for one."""
    value = getattr(value, "__func__", value)
    kind = type(value)
    function = value if kind is FunctionType else getattr(kind, "__call__", None)  # noqa: B004
    return function.__code__ if isinstance(function, FunctionType) else None


def _noted(scope: Scope | None) -> Site | None:
    """Return the noted place of the ``await``, if it is more precise than the scope.

    Beyond the edge the stack tells who drives the loop or the thread, not who asked.
    """
    noted = CALL_SITE.get()
    if noted is None:
        return None
    return noted[1] if noted[0] is scope else None

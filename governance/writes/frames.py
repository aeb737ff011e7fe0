"""Walk the stack from a write outwards to the line of first-party code that caused it.

Only writes that no scope settles come here, so a step has to be cheap: one dictionary look-up
by file name for each frame.
"""

from __future__ import annotations

from types import FrameType, FunctionType

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
    override: FrameType | None = None  # the innermost frame so far that refines it
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
            override = frame
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
    """A decorator's wrapper holds what it calls: in a variable, or in its object."""
    held = list(frame.f_locals.values())
    names = frame.f_code.co_varnames[: frame.f_code.co_argcount]
    first = frame.f_locals.get(names[0]) if names else None
    if not issubclass(type(first), Model | Manager | QuerySet):
        held += _own_values(first)
    return any(_code_of(value) is wrapped.f_code for value in held)


def _own_values(subject: object) -> list[object]:
    try:
        return list(object.__getattribute__(subject, "__dict__").values())
    except AttributeError:
        return []


def _code_of(value: object) -> object:
    kind = type(value)
    function = value if kind is FunctionType else getattr(kind, "__call__", None)  # noqa: B004
    return getattr(function, "__code__", None) if type(function) is FunctionType else None


def _noted(scope: Scope | None) -> Site | None:
    """Return the noted place of the ``await``, if it is more precise than the scope.

    Beyond the edge the stack tells who drives the loop or the thread, not who asked.
    """
    noted = CALL_SITE.get()
    if noted is None:
        return None
    return noted[1] if noted[0] is scope else None

"""Walk the stack from a write outwards to the line of first-party code that caused it.

Only writes that no scope settles come here, so a step has to be cheap: one dictionary look-up
by file name for each frame.
"""

from __future__ import annotations

import os
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import asgiref.sync
import django
from django.db.models import Manager, Model, QuerySet

from governance.findings import Location
from governance.ownership import current
from governance.ownership.names import PLATFORM, UNKNOWN
from governance.ownership.places import is_test_file, shown
from governance.writes.scopes import Scope

SYSTEM = "system"
"""Prefix of the named system actors, which may write every table: ``system:flush``."""

TESTS = f"{SYSTEM}:tests"
"""Test code arranges the data it needs; inside a scope, the scope speaks for it."""


@dataclass(frozen=True, slots=True)
class Site:
    """A place in the code that acts, and the module in whose name it does."""

    module: str
    file: str
    line: int
    function: str
    """Dotted: module of the code and qualified name of the function."""

    @property
    def location(self) -> Location:
        return Location(file=shown(self.file), line=self.line, function=self.function)


CALL_SITE: ContextVar[tuple[object, Site] | None] = ContextVar("governance_site", default=None)
"""Scope and place of the innermost ``await`` on a synchronous function; see ``capture``."""

_SKIP, _ORM, _EDGE, _SYSTEM, _UNOWNED = "-skip", "-orm", "-edge", "-system", "-unowned"
_kinds: dict[str, str] = {}
"""File name → one of the marks above, or the module that the file belongs to."""

_DJANGO = str(Path(django.__file__).parent)
_ORM_FOLDER = str(Path(_DJANGO, "db", "models", ""))
_EXECUTOR = str(Path(_DJANGO, "db", "migrations", "executor.py"))
_TEST_DATABASE = str(Path(_DJANGO, "db", "backends", "base", "creation.py"))
_COMMANDS = Path(_DJANGO, "core", "management", "commands")
_SYSTEM_FILES = {
    _EXECUTOR: "migrate",
    _TEST_DATABASE: "tests",
    **{str(_COMMANDS / f"{name}.py"): name for name in ("flush", "loaddata", "createcachetable")},
}
_ASGIREF = asgiref.sync.__file__
_EVENT_LOOP = ("asyncio/events.py", "asyncio/base_events.py", "asyncio/runners.py")


def find_site(frame: FrameType | None, scope: Scope | None = None) -> Site | None:
    """Return the innermost acting place from ``frame`` outwards; None when there is none.

    An override of an ORM method that calls the ORM's own on the same object is passed over:
    who calls ``save()`` writes, not who refined it. With a scope only what is more precise than
    the scope is found: inside of it, in another module's code than that which opened it.
    """
    kinds = _kinds
    stop = scope.entered_in if scope is not None else 0
    spoken_for = (kinds.get(scope.file) or _learn(scope.file)) if scope is not None else ""
    method = ""  # ORM method that the frame inside of this one is running
    inner = frame
    unowned: FrameType | None = None
    while frame is not None and id(frame) != stop:
        code = frame.f_code
        kind = kinds.get(code.co_filename) or _learn(code.co_filename)
        if kind is _SKIP:
            if code.co_name != method:
                method = ""
        elif kind is _ORM:
            inner = frame
            if code.co_name != "manager_method":
                method = code.co_name
        elif method and code.co_name == method and _same_object(frame, inner):
            inner = frame
        elif kind is _EDGE:
            if _leaves_thread(frame):
                return _captured(scope)
        elif kind is _SYSTEM:
            return _system_site(frame)
        elif kind is _UNOWNED:
            unowned = unowned or frame
        elif kind != spoken_for:
            return site_of(frame, kind)
        frame = frame.f_back
    return site_of(unowned, UNKNOWN) if unowned is not None and scope is None else None


def site_of(frame: FrameType, module: str) -> Site:
    """Describe a frame."""
    code = frame.f_code
    name = frame.f_globals.get("__name__", "?")
    return Site(module, code.co_filename, frame.f_lineno, f"{name}.{code.co_qualname}")


def framework_site(frame: FrameType | None) -> Site | None:
    """Return the first-party class that the framework is running, when no line of it is.

    A generic view, an admin, a form or a serializer may write without an own method on the
    stack; the class of ``self`` tells whose it is.
    """
    registry = current.ownership().registry
    while frame is not None:
        if not frame.f_code.co_filename.startswith(_ORM_FOLDER):
            subject = frame.f_locals.get("self")
            module = _module_of_class(subject, registry)
            if module:
                own = type(subject)
                name = f"{own.__module__}.{own.__qualname__}"
                return Site(module, frame.f_code.co_filename, frame.f_lineno, name)
        frame = frame.f_back
    return None


def is_migrating(frame: FrameType | None) -> bool:
    """Tell whether the frame runs inside ``migrate``: tables of the past are written there."""
    return _executor_frame(frame) is not None


def is_building(frame: FrameType | None) -> bool:
    """Tell whether ``migrate`` builds a database from nothing, repeating all of its history."""
    executor = _executor_frame(frame)
    while executor is not None:
        if executor.f_code.co_name == "_migrate_all_forwards":
            return len(executor.f_locals["plan"]) == len(executor.f_locals["full_plan"])
        executor = _executor_frame(executor.f_back)
    return False


def _executor_frame(frame: FrameType | None) -> FrameType | None:
    while frame is not None and frame.f_code.co_filename != _EXECUTOR:
        frame = frame.f_back
    return frame


def forget_files() -> None:
    """Learn anew which file belongs to which module: the registry has changed."""
    _kinds.clear()


def _learn(path: str) -> str:
    kind = _kind_of(path)
    _kinds[path] = kind
    return kind


def _kind_of(path: str) -> str:
    if path.startswith(_ORM_FOLDER):
        return _ORM
    if path in _SYSTEM_FILES:
        return _SYSTEM
    if path == _ASGIREF or path.endswith(_EVENT_LOOP):
        return _EDGE
    registry = current.ownership().registry
    module = registry.module_of(path)
    if module == PLATFORM:
        return _SKIP
    folders = (folder for folder, _ in registry.folders if path.startswith(folder))
    relative = path.removeprefix(next(folders)) if module else shown(path)
    if is_test_file(relative):
        return TESTS
    return module or _UNOWNED


def _same_object(frame: FrameType, inner: FrameType | None) -> bool:
    """An override works on the very object whose ORM method it calls."""
    names = frame.f_code.co_varnames
    if inner is None or not names or not frame.f_code.co_argcount:
        return False
    subject = frame.f_locals.get(names[0])
    inner_name = inner.f_code.co_varnames[:1]
    return (
        isinstance(subject, Model | Manager | QuerySet)
        and bool(inner_name)
        and inner.f_locals.get(inner_name[0]) is subject
    )


def _leaves_thread(frame: FrameType) -> bool:
    """Beyond this frame the stack tells who drives the loop or the thread, not who asked."""
    code = frame.f_code
    return code.co_filename != _ASGIREF or code.co_name == "thread_handler"


def _captured(scope: Scope | None) -> Site | None:
    """The noted place is more precise than a scope only if it was noted inside of it."""
    noted = CALL_SITE.get()
    if noted is None:
        return None
    return noted[1] if noted[0] is scope else None


def _system_site(frame: FrameType) -> Site:
    """Name the system actor; a migration acts for the module of its app."""
    outer: FrameType | None = frame
    while outer is not None:
        if outer.f_code.co_filename == _TEST_DATABASE:
            return site_of(outer, TESTS)
        outer = outer.f_back
    migration = _migration_of(frame)
    if migration is None:
        return site_of(frame, f"{SYSTEM}:{_SYSTEM_FILES[frame.f_code.co_filename]}")
    registry = current.ownership().registry
    owner = registry.apps.get(migration.app_label, f"{UNKNOWN}:{migration.app_label}")
    name = f"{migration.app_label}.{migration.name}"
    return Site(owner, _file_of(migration), 1, name)


def _migration_of(frame: FrameType) -> Any:
    outer: FrameType | None = frame
    while outer is not None and outer.f_code.co_filename == _EXECUTOR:
        if outer.f_code.co_name in {"apply_migration", "unapply_migration"}:
            return outer.f_locals["migration"]
        outer = outer.f_back
    return None


def _file_of(migration: Any) -> str:
    return type(migration).__module__.replace(".", os.sep) + ".py"


def _module_of_class(subject: Any, registry: Any) -> str | None:
    if subject is None or isinstance(subject, Model | Manager | QuerySet):
        return None
    own = type(subject)
    if (own.__module__, own.__qualname__) == ("django.contrib.admin.options", "ModelAdmin"):
        return str(registry.owner_of(subject.model))
    module = registry.module_of(own.__module__)
    return None if module in {None, PLATFORM} else module

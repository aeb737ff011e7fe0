"""Put scope, noted call-sites and the stack together into one actor."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import FrameType
from typing import Any

from asgiref.sync import SyncToAsync

from governance.findings import Location
from governance.ownership.names import UNKNOWN
from governance.writes.frames import find_site
from governance.writes.framework import any_framework_site
from governance.writes.scopes import SCOPE, Scope
from governance.writes.sites import CALL_SITE, SYSTEM, TESTS, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The module in whose name code runs, and how that is known."""

    module: str
    """A module, ``system:<name>``, or ``unknown``."""
    location: Location | None
    source: str
    """scope, code, framework or unknown."""
    reason: str = ""
    """The reason that the scope gives."""
    bearer: str = ""
    """Module of the object whose inherited method runs; it may write its own tables as well."""

    @property
    def is_system(self) -> bool:
        return self.module.startswith(f"{SYSTEM}:")

    @property
    def is_known(self) -> bool:
        return self.module != UNKNOWN


def current_actor() -> str:
    """Return the module in whose name this line runs, ``unknown`` when none can be made out."""
    return actor_at(sys._getframe(1)).module


def actor_at(frame: FrameType | None) -> Actor:
    """Return who acts at a frame: the innermost of open scopes and first-party code."""
    scope = SCOPE.get()
    if scope is not None:
        return _actor_in(scope, frame)
    site = find_site(frame)
    if site is not None and site.module != UNKNOWN:
        return _from_site(site, "code")
    by_class = any_framework_site(frame)
    if by_class is not None:
        return _from_site(by_class, "framework")
    named = site is not None and not site.file.endswith("manage.py")
    return Actor(
        module=UNKNOWN, location=site.location if site and named else None, source="unknown"
    )


def acts_for(module: str, frame: FrameType | None) -> bool:
    """Tell whether code on the stack acts for a module.

    For the guard: it asks on each write that no scope settles, and needs no more.
    """
    scope = SCOPE.get()
    site = find_site(frame, scope, brief=True)
    if site is None or site.module == module:
        return site is not None
    site = find_site(frame, scope)
    return site is not None and site.bearer == module


def note_call_sites() -> None:
    """Note the place of each ``await`` on a synchronous function, once per process.

    In the thread that runs the function, the stack does not show who awaits it, and under
    ``async_to_sync`` it shows somebody else.
    """
    SyncToAsync.__call__ = _noting_call  # type: ignore[method-assign]


_original_call: Any = SyncToAsync.__call__


async def _noting_call(self: Any, *args: Any, **kwargs: Any) -> Any:
    scope = SCOPE.get()
    site = find_site(sys._getframe(1), scope)
    if site is None:
        return await _original_call(self, *args, **kwargs)
    before = CALL_SITE.get()
    CALL_SITE.set((scope, site))
    try:
        return await _original_call(self, *args, **kwargs)
    finally:
        CALL_SITE.set(before)


def _actor_in(scope: Scope, frame: FrameType | None) -> Actor:
    site = find_site(frame, scope)
    if site is not None and site.module not in (UNKNOWN, TESTS):
        return _from_site(site, "code")
    return Actor(
        module=scope.module,
        location=_place(frame),
        source="scope",
        reason=scope.reason,
    )


def _place(frame: FrameType | None) -> Location | None:
    """The line that writes, whoever it belongs to, for a message about a scope."""
    site = find_site(frame)
    return site.location if site else None


def _from_site(site: Site, source: str) -> Actor:
    return Actor(module=site.module, location=site.location, source=source, bearer=site.bearer)

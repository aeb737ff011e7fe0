"""The registry in force: built once from the declarations, kept until they change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import connections

from governance import conf
from governance.conf import Mode
from governance.exceptions import ConfigurationError
from governance.findings import Finding

if TYPE_CHECKING:
    from django.db.models import Model

    from governance.ownership.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """The registry, and what is wrong with the declarations it was built from."""

    registry: Registry
    findings: tuple[Finding, ...]


class _State:
    __slots__ = ("building", "known", "modes")

    def __init__(self) -> None:
        self.known: Ownership | None = None
        self.modes: dict[str, Mode] = {}
        self.building = False


_MOST_KEPT = 4_096
_state = _State()
_lock = RLock()
_listeners: list[Callable[[], None]] = []


def owner_of(subject: type[Model] | Model | str) -> str:
    """Return the module that owns a model, a table or an app; see ``Registry.owner_of``."""
    return ownership().registry.owner_of(subject)


def ownership() -> Ownership:
    """Return who owns what; kept until ``forget``.

    Needs Django's models to be loaded. Raises ``ConfigurationError`` when a declaration file
    asks, also by running a query, while it is being read.
    """
    return _state.known or _build()


def mode(area: str) -> Mode:
    """Return the mode in force.

    Off on a database that is not PostgreSQL. Where nothing is declared nothing is refused:
    enforce reports.
    """
    return _limited(conf.settings().mode(area))


def mode_for(owner: str) -> Mode:
    """Return the mode for writes to the tables of one owner.

    ``GOVERNANCE["MODULES"]`` overrides ``MODE``; the limits of ``mode`` hold here as well.
    """
    known = _state.modes.get(owner)
    if known is None:
        if len(_state.modes) >= _MOST_KEPT:  # each table without an owner is an owner of its own
            _state.modes = {}
        known = _state.modes[owner] = _mode_for(owner)
    return known


def forget() -> None:
    """Build the registry anew at the next use: a setting, or the set of models, has changed."""
    _state.known = None
    _state.modes = {}
    for listener in _listeners:
        listener()


def on_change(listener: Callable[[], None]) -> None:
    """Call ``listener`` whenever the registry must be built anew."""
    _listeners.append(listener)


def _mode_for(owner: str) -> Mode:
    settings = conf.settings()
    chosen = settings.mode("writes")
    if not settings.findings and owner in settings.MODULES:
        chosen = Mode(settings.MODULES[owner])
    return _limited(chosen)


def _limited(chosen: Mode) -> Mode:
    if chosen is not Mode.OFF and connections[conf.settings().DATABASE].vendor != "postgresql":
        return Mode.OFF
    if chosen is Mode.ENFORCE and not ownership().registry.declared:
        return Mode.REPORT
    return chosen


def _build() -> Ownership:
    from governance.ownership.building import build
    from governance.ownership.discovery import discover

    apps.check_models_ready()
    with _lock:
        if _state.known is not None:
            return _state.known
        if _state.building:
            raise ConfigurationError("a declaration may neither run queries nor ask for owners")
        _state.building = True
        try:
            declared, findings = discover()
            registry, more = build(declared, broken=bool(findings))
            _state.known = Ownership(registry=registry, findings=(*findings, *more))
        finally:
            _state.building = False
        return _state.known

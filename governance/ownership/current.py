"""The registry in force: built once from the declarations, kept until they change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.apps import apps

from governance import conf
from governance.conf import Mode
from governance.findings import Finding

if TYPE_CHECKING:
    from django.db.models import Model

    from governance.ownership.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """The registry, and what is wrong with the declarations it was built from."""

    registry: Registry
    findings: tuple[Finding, ...]


_listeners: list[Callable[[], None]] = []


def owner_of(subject: type[Model] | Model | str) -> str:
    """Return the module that owns a model, a table or an app; see ``Registry.owner_of``."""
    return ownership().registry.owner_of(subject)


@lru_cache(maxsize=1)
def ownership() -> Ownership:
    """Return who owns what. Needs Django's models to be loaded; cached until ``forget``."""
    from governance.ownership.building import build
    from governance.ownership.discovery import discover

    apps.check_models_ready()
    declared, findings = discover()
    registry, more = build(declared)
    return Ownership(registry=registry, findings=(*findings, *more))


def mode(area: str) -> Mode:
    """Return the mode in force. Where nothing is declared, nothing is refused: enforce reports."""
    chosen = conf.settings().mode(area)
    if chosen is Mode.ENFORCE and not ownership().registry.declared:
        return Mode.REPORT
    return chosen


def forget() -> None:
    """Build the registry anew at the next use: a setting, or the set of models, has changed."""
    ownership.cache_clear()
    for listener in _listeners:
        listener()


def on_change(listener: Callable[[], None]) -> None:
    """Call ``listener`` whenever the registry must be built anew."""
    _listeners.append(listener)

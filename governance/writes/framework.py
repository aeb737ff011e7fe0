"""In whose name does framework code act? Asked where no line of the project is further inside."""

from __future__ import annotations

import os
from types import FrameType
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Manager, Model, QuerySet

from governance.ownership import current
from governance.ownership.building import is_first_party
from governance.ownership.names import PLATFORM, UNKNOWN, is_unknown, table_key
from governance.writes.files import (
    AUTH_COMMANDS,
    AUTH_FILES,
    COLLECTOR,
    EXECUTOR,
    HANDLERS,
    NAMED_FILES,
    ORM_FOLDER,
    TEST_DATABASE,
)
from governance.writes.sites import SYSTEM, TESTS, Site, class_site, site_of, subject_of

_WITH_MODEL = ("django.contrib.admin.", "django.views.generic.")
"""Where classes come from whose attribute ``model`` says what they are for."""


def framework_site(frame: FrameType) -> Site | None:
    """Return for whom one frame of a framework acts; None when it does not tell.

    A generic view, an admin or a form may write without a method of the project on the stack:
    the class of ``self`` tells whose it is, or the model that it was registered for. Signing in,
    changing a password and the like are the work of the module that owns the user model.
    """
    if frame.f_code.co_filename.startswith((*AUTH_FILES, AUTH_COMMANDS)):
        return _of_owner(frame, apps.get_model(settings.AUTH_USER_MODEL))
    subject = frame.f_locals.get("self")
    own = type(subject)
    if subject is None or issubclass(own, Model | Manager | QuerySet):
        return None
    module = current.ownership().registry.module_of(own.__module__)
    if module not in {None, PLATFORM}:
        return class_site(own, str(module), frame)
    if any(base.__module__.startswith(_WITH_MODEL) for base in own.__mro__):
        return _of_owner(frame, getattr(subject, "model", None))
    return None


def bearer_of(frame: FrameType) -> str:
    """Return the module of the object whose method a frame runs; empty for a plain function.

    A base class serves those who inherit it: ``delete()`` of a shared soft-delete queryset,
    declared by a model, is part of that model's module.
    """
    subject = subject_of(frame)
    own = subject if issubclass(type(subject), type) else type(subject)
    registry = current.ownership().registry
    if issubclass(own, Model):
        return registry.apps.get(own._meta.app_label, "")
    if issubclass(own, Manager | QuerySet):
        model: Any = getattr(subject, "model", None)
        return registry.apps.get(model._meta.app_label, "") if _declares(model, own) else ""
    module = registry.module_of(own.__module__)
    return "" if module in {None, PLATFORM} else str(module)


def _declares(model: Any, manager: type) -> bool:
    """Tell whether a model has this manager, or a manager of this queryset, among its own."""
    if not (isinstance(model, type) and issubclass(model, Model)):
        return False
    own = (type(m) for m in model._meta.managers)
    return any(manager in {kind, getattr(kind, "_queryset_class", None)} for kind in own)


def any_framework_site(frame: FrameType | None) -> Site | None:
    """Ask every frame outwards, also those of packages that are not known as frameworks."""
    while frame is not None and frame.f_code.co_filename != HANDLERS:
        if not frame.f_code.co_filename.startswith(ORM_FOLDER):
            found = framework_site(frame)
            if found is not None:
                return found
        frame = frame.f_back
    return None


def named_site(frame: FrameType) -> Site:
    """Return the system actor of a frame; a migration acts for the module of its app."""
    if builds_test_database(frame):
        return site_of(frame, TESTS)
    migration = _migration_of(frame)
    if migration is None:
        return site_of(frame, f"{SYSTEM}:{NAMED_FILES[frame.f_code.co_filename]}")
    registry = current.ownership().registry
    owner = registry.apps.get(migration.app_label, f"{UNKNOWN}:{migration.app_label}")
    file = type(migration).__module__.replace(".", os.sep) + ".py"
    return Site(owner, file, 1, f"{migration.app_label}.{migration.name}")


def is_migrating(frame: FrameType | None) -> bool:
    """Tell whether the frame runs inside ``migrate``: tables of the past are written there."""
    return _executor_frame(frame) is not None


def is_building(frame: FrameType | None) -> bool:
    """Tell whether ``migrate`` builds a database where no migration of the project was applied.

    It repeats what was once agreed; the gate judges nothing there either.
    """
    executor = _executor_frame(frame)
    while executor is not None:
        if executor.f_code.co_name == "_migrate_all_forwards":
            return not _applied_before(executor)
        executor = _executor_frame(executor.f_back)
    return False


def is_undoing(frame: FrameType | None) -> bool:
    """Tell whether ``migrate`` takes a migration back: what was applied once can be undone."""
    executor = _executor_frame(frame)
    while executor is not None:
        if executor.f_code.co_name == "unapply_migration":
            return True
        executor = _executor_frame(executor.f_back)
    return False


def builds_test_database(frame: FrameType | None) -> bool:
    """Tell whether a test database is being made or brought up to date."""
    while frame is not None and frame.f_code.co_filename != TEST_DATABASE:
        frame = frame.f_back
    return frame is not None


def cascade_origin(frame: FrameType | None) -> tuple[str, ...]:
    """Return the tables whose rows are being deleted, when Django deletes what depends on them.

    Empty outside of ``delete()``. A model with parents is deleted with its rows in their tables.
    """
    while frame is not None:
        code = frame.f_code
        if code.co_filename == COLLECTOR and code.co_name == "delete":
            origin = getattr(frame.f_locals.get("self"), "origin", None)
            model = getattr(origin, "model", None) or type(origin)
            meta = getattr(model, "_meta", None)
            every = (model, *meta.all_parents) if meta else ()
            return tuple(table_key(m._meta.db_table) for m in every)
        frame = frame.f_back
    return ()


def _applied_before(executor: FrameType) -> set[str]:
    own = {config.label for config in apps.get_app_configs() if is_first_party(config)}
    planned = {id(migration) for migration, _ in executor.f_locals["plan"]}
    every = (migration for migration, _ in executor.f_locals["full_plan"])
    return {m.app_label for m in every if id(m) not in planned} & own


def _executor_frame(frame: FrameType | None) -> FrameType | None:
    while frame is not None and frame.f_code.co_filename != EXECUTOR:
        frame = frame.f_back
    return frame


def _migration_of(frame: FrameType) -> Any:
    outer: FrameType | None = frame
    while outer is not None and outer.f_code.co_filename == EXECUTOR:
        if outer.f_code.co_name in {"apply_migration", "unapply_migration"}:
            return outer.f_locals["migration"]
        outer = outer.f_back
    return None


def _of_owner(frame: FrameType, model: Any) -> Site | None:
    if not (isinstance(model, type) and issubclass(model, Model)):
        return None
    owner = current.ownership().registry.owner_of(model)
    return None if owner == PLATFORM or is_unknown(owner) else site_of(frame, owner)

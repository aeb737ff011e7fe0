"""What a release knows of a table: the columns it selects, inserts and updates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.state import StateApps
from django.db.models import NOT_PROVIDED, Field, Model
from django.db.models.fields import AutoFieldMixin

from governance.ownership.names import table_key
from governance.rehearsal.proposing import Choices


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A column as the models of a release have it."""

    name: str
    type: str
    sent: bool = True
    """Whether an INSERT names it: neither a key that counts itself nor generated."""
    by_database: bool = False
    """Whether an INSERT says DEFAULT."""
    primary_key: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTable:
    """A table as a release knows it."""

    table: str
    columns: tuple[Known, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def key(self) -> str:
        return next((column.name for column in self.columns if column.primary_key), "")


Release = Mapping[str, KnownTable]
"""By table."""


def release(apps: StateApps, connection: BaseDatabaseWrapper) -> dict[str, KnownTable]:
    """Return what the models of a project state say of their tables."""
    found = {}
    for model in _models(apps):
        name = table_key(model._meta.db_table)
        columns = [_known(f, connection) for f in model._meta.local_concrete_fields]
        found[name] = KnownTable(table=name, columns=tuple(filter(None, columns)))
    return found


def choices(apps: StateApps) -> Choices:
    """Return the values that fields with choices allow."""
    found: dict[tuple[str, str], tuple[Any, ...]] = {}
    for model in _models(apps):
        for field in model._meta.local_concrete_fields:
            values = tuple(value for value, _ in field.flatchoices if value is not None)
            if values:
                found[table_key(model._meta.db_table), str(field.column)] = values
    return found


def _models(apps: StateApps) -> list[type[Model]]:
    every = apps.get_models(include_auto_created=True)
    return [m for m in every if m._meta.managed and not m._meta.proxy and not m._meta.swapped]


def _known(field: Field[Any, Any], connection: BaseDatabaseWrapper) -> Known | None:
    kind = field.db_type(connection)
    if kind is None or not field.column:
        return None
    counts_itself = isinstance(field, AutoFieldMixin)
    by_database = getattr(field, "db_default", NOT_PROVIDED) is not NOT_PROVIDED
    return Known(
        name=str(field.column),
        type=str(kind),
        sent=not getattr(field, "generated", False) and not counts_itself,
        by_database=by_database and not field.has_default(),
        primary_key=bool(field.primary_key),
    )

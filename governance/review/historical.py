"""Models as they are at one point of history, read from the state without rendering it.

A bound field is a copy of the state's field that knows its name, its column and, for a foreign
key, the field that it points to; so Django's own methods for types work on it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Any

from django.apps import apps as live_apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.backends.utils import strip_quotes, truncate_name
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.utils import resolve_relation
from django.utils.module_loading import import_string

LONGEST_NAME = 63

Key = tuple[str, str]


class HistoricalModel:
    """One model of a state. ``table`` is as Django writes it, not yet a table key."""

    def __init__(self, state: ProjectState, known: ModelState) -> None:
        self.state = state
        self.known = known
        self.options: dict[str, Any] = known.options
        self._bound: dict[str, Any] = {}

    @property
    def key(self) -> Key:
        return self.known.app_label, self.known.name_lower

    @property
    def label(self) -> str:
        return f"{self.known.app_label}.{self.known.name}"

    @cached_property
    def table(self) -> str:
        if self.proxied is not None:
            return self.proxied.table
        name = self.options.get("db_table") or f"{self.known.app_label}_{self.known.name_lower}"
        return str(truncate_name(str(name), LONGEST_NAME))

    @property
    def migrates(self) -> bool:
        """False for proxies, for unmanaged and for swapped models: Django leaves them alone."""
        swapped = str(getattr(settings, self.options.get("swappable") or "", None) or self.label)
        managed = self.options.get("managed", True) and not self.options.get("proxy")
        return bool(managed) and swapped.lower() == self.label.lower()

    @cached_property
    def proxied(self) -> HistoricalModel | None:
        return next(self.parents, None) if self.options.get("proxy") else None

    @property
    def parents(self) -> Iterator[HistoricalModel]:
        for base in self.known.bases:
            if isinstance(base, str) or hasattr(base, "_meta"):
                if getattr(getattr(base, "_meta", None), "abstract", False):
                    continue
                yield model_of(self.state, resolve_relation(base, *self.key))

    @cached_property
    def fields(self) -> list[Any]:
        """Fields with a column of this table, in the order in which Django creates them."""
        found = [self._bind(name, field) for name, field in self.declared.items()]
        return [f for f in found if not f.many_to_many]

    @property
    def by_column(self) -> dict[str, Any]:
        """Fields by the column they name, also where they point to a model that is not there."""
        copies = (named(name, field) for name, field in self.declared.items())
        return {str(f.column): f for f in copies if f.column is not None and not f.many_to_many}

    @property
    def many_to_many(self) -> list[Any]:
        return [
            self._bind(name, field)
            for name, field in self.known.fields.items()
            if field.many_to_many
        ]

    @cached_property
    def declared(self) -> dict[str, Any]:
        """The state's fields by name, with those that Django adds: the key, the order."""
        fields: dict[str, Any] = dict(self.known.fields)
        if not any(field.primary_key for field in fields.values()):
            fields = dict([self._implicit_key()]) | fields
        if self.options.get("order_with_respect_to"):
            fields["_order"] = models.OrderWrt()
        return fields

    def _implicit_key(self) -> tuple[str, Any]:
        parent = None if self.options.get("proxy") else next(self.parents, None)
        if parent is None:
            key = import_string(settings.DEFAULT_AUTO_FIELD)(primary_key=True)
            return ("id", key)
        link = models.OneToOneField(
            parent.label, models.CASCADE, primary_key=True, parent_link=True, auto_created=True
        )
        return (f"{parent.known.name_lower}_ptr", link)

    @property
    def primary_key(self) -> Any:
        if self.proxied is not None:
            return self.proxied.primary_key
        for name, field in self.declared.items():
            if field.primary_key:
                return self._bind(name, field)
        raise FieldDoesNotExist(f"{self.label} has no primary key")

    def field(self, name: str) -> Any:
        """Return a bound field; those of parents too, bound to the parent."""
        if name == "pk":
            return self.primary_key
        if self.proxied is None and name in self.declared:
            return self._bind(name, self.declared[name])
        for other in self.declared:
            if self.declared[other].is_relation and f"{other}_id" == name:
                return self._bind(other, self.declared[other])
        for parent in self.parents:
            try:
                return parent.field(name)
            except FieldDoesNotExist:
                continue
        raise FieldDoesNotExist(f"{self.label} has no field {name}")

    def columns(self, names: Any) -> tuple[str, ...]:
        return tuple(str(self.field(name).column) for name in names)

    def _bind(self, name: str, field: Any) -> Any:
        if name not in self._bound:
            self._bound[name] = bound(self, name, field)
        return self._bound[name]


def bound(model: HistoricalModel, name: str, field: Any) -> Any:
    """Return a copy of a state's field that knows where it stands."""
    result = named(name, field)
    result.historical = model
    if field.remote_field and not field.many_to_many:
        target = _target_of(model, field)
        result.__dict__["foreign_related_fields"] = (target,)
        result.target = target
    return result


def named(name: str, field: Any) -> Any:
    """Return a copy of a state's field that knows its column."""
    result = copy.copy(field)
    result.name = None
    result.set_attributes_from_name(name)
    return result


def _target_of(model: HistoricalModel, field: Any) -> Any:
    related = model_of(model.state, remote_key(model, field))
    names = [name for name in getattr(field, "to_fields", ()) if name not in (None, "self")]
    name = names[0] if names else field.remote_field.field_name
    own = related.key == model.key
    return (model if own else related).field(name or "pk")


def remote_key(model: HistoricalModel, field: Any) -> Key:
    """Return the model that a relation points to."""
    return resolve_relation(field.remote_field.model, *model.key)


def through_of(model: HistoricalModel, field: Any) -> HistoricalModel | None:
    """Return the model of the table that Django makes for an M2M field, None if it makes none."""
    if not field.many_to_many or field.remote_field.through:
        return None
    target = remote_key(model, field)
    source, to = model.known.name_lower, target[1]
    if source == to:
        source, to = f"from_{source}", f"to_{to}"
    name = f"{model.known.name}_{field.name}"
    own, other = (_joining_key(field, key, name) for key in (model.key, target))
    fields = [(source, own), (to, other)]
    table = field.db_table or f"{strip_quotes(model.table)}_{field.name}"
    options = {
        "db_table": truncate_name(str(table), LONGEST_NAME),
        "unique_together": {(source, to)},
        "db_tablespace": model.options.get("db_tablespace"),
        "auto_created": (source, to),
    }
    known = ModelState(model.known.app_label, name, fields, options)
    return HistoricalModel(model.state, known)


def _joining_key(field: Any, target: Key, name: str) -> Any:
    return models.ForeignKey(
        ".".join(target),
        models.CASCADE,
        related_name=f"{name}+",
        db_constraint=field.remote_field.db_constraint,
    )


def model_of(state: ProjectState, key: Key) -> HistoricalModel:
    """Return a model of a state, or of an app without migrations; raise LookupError if none."""
    known = state.models.get(key)
    if known is None and key[0] in state.real_apps:
        known = _live(*key)
    if known is None:
        raise LookupError(f"there is no model {'.'.join(key)} at this point of history")
    return HistoricalModel(state, known)


@lru_cache(maxsize=1000)
def _live(app_label: str, name: str) -> ModelState:
    return ModelState.from_model(live_apps.get_model(app_label, name))


def references_to(
    state: ProjectState, key: Key, *, joining: bool = True
) -> Iterator[tuple[HistoricalModel, Any]]:
    """Yield models and their bound relations that point to a model; those of M2M tables too."""
    for known in state.models.values():
        if not any(field.is_relation for field in known.fields.values()):
            continue
        model = HistoricalModel(state, known)
        for name, field in known.fields.items():
            if not field.is_relation or not field.remote_field:
                continue
            mine = remote_key(model, field) == key
            if mine and not field.many_to_many:
                yield model, model.field(name)
            elif field.many_to_many and joining and (mine or model.key == key):
                through = through_of(model, bound(model, name, field))
                if through is not None:
                    yield from (
                        (through, f)
                        for f in through.fields
                        if f.remote_field and remote_key(through, f) == key
                    )

"""What the live app registry knows of models: relations, managers, heirs."""

from __future__ import annotations

import inspect
from functools import cache, lru_cache
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Manager, Model, QuerySet
from django.db.models.fields.related import ForeignObject
from django.db.models.manager import BaseManager

from governance.scan.values import (
    PLAIN,
    UNKNOWN,
    FileOf,
    Meta,
    ModelClass,
    Related,
    Row,
    Rows,
    Text,
    Values,
)


def is_model(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Model) and value is not Model


@lru_cache(maxsize=1)
def all_models() -> tuple[Any, ...]:
    """All models that the registry knows, with the tables made for M2M fields."""
    return tuple(apps.get_models(include_auto_created=True, include_swapped=True))


@cache
def model_labelled(label: str) -> Any:
    """Return a model by ``app.Model``, in any case; None when there is none."""
    app, _, name = label.partition(".")
    try:
        return apps.get_model(app, name)
    except (LookupError, ValueError):
        return None


@cache
def models_named(name: str) -> tuple[Any, ...]:
    """Return the models of a class name, in lower case."""
    named = (m for m in all_models() if m._meta.model_name == name)
    return tuple(m for m in named if not m._meta.proxy and not m._meta.swapped)


@cache
def concrete(kind: Any) -> tuple[Any, ...]:
    """Return the models that an instance of a model class, abstract or not, may be of."""
    if not is_model(kind):
        return ()
    if hasattr(kind, "_meta") and not kind._meta.abstract:
        return (kind,)
    return tuple(m for m in all_models() if issubclass(m, kind))


@cache
def heirs_of_mixin(kind: Any) -> tuple[Any, ...]:
    """Return the models that inherit a class, itself a model or not."""
    return tuple(m for m in all_models() if issubclass(m, kind))


def own_kind(kind: Any) -> Any:
    """Return a manager's or queryset's class; None for Django's own."""
    return None if kind in {Manager, QuerySet, BaseManager} else kind


def rows(model: Any, manager: Any) -> Rows:
    return Rows(model, own_kind(type(manager)))


def default_rows(model: Any) -> Rows:
    manager = getattr(model, "_default_manager", None)
    return rows(model, manager) if manager is not None else Rows(model)


@cache
def models_managed_by(kind: Any) -> tuple[Any, ...]:
    """Return the models that have a manager, or rows, of a class among their own."""
    found = []
    for model in all_models():
        own = [type(manager) for manager in model._meta.managers]
        own += [getattr(k, "_queryset_class", k) for k in own]
        if any(isinstance(k, type) and issubclass(k, kind) for k in own):
            found.append(model)
    return tuple(found)


@cache
def on_class(model: Any, name: str) -> Values:
    """Return what ``Model.name`` is, where Django knows."""
    if name == "_meta":
        return (Meta(model),)
    managers = model._meta.managers_map
    if name in managers:
        return (rows(model, managers[name]),)
    if name in {"_default_manager", "objects"} and hasattr(model, "_default_manager"):
        return (rows(model, model._default_manager),)
    if name == "_base_manager":
        return (Rows(model),)
    if name in {"DoesNotExist", "MultipleObjectsReturned", "NotUpdated"}:
        return PLAIN
    field = _fields(model).get(name)
    through = getattr(getattr(field, "remote_field", None), "through", None)
    if through is not None:
        return (Related(getattr(field, "related_model", None), None, through),)
    return UNKNOWN


@cache
def on_meta(model: Any, name: str) -> Values:
    match name:
        case "db_table":
            return (Text(model._meta.db_table),)
        case "model" | "concrete_model":
            return (ModelClass(model),)
        case "default_manager" | "base_manager":
            return (default_rows(model),)
        case "app_label" | "model_name" | "label" | "label_lower" | "object_name":
            return (Text(getattr(model._meta, name)),)
    return PLAIN


@cache
def on_row(model: Any, name: str) -> Values:
    """Return what a field or relation of an instance is."""
    field = _fields(model).get(name)
    if field is not None:
        return _of_field(model, field)
    if name in {"pk", "id", "_state"} or name in _columns(model):
        return PLAIN
    return UNKNOWN


@cache
def _fields(model: Any) -> dict[str, Any]:
    """Fields, and relations by the name of their accessor."""
    found: dict[str, Any] = {}
    for field in model._meta.get_fields(include_hidden=False):
        accessor = getattr(field, "get_accessor_name", None)
        found[accessor() if accessor and field.auto_created else field.name] = field
    for field in model._meta.private_fields:
        found.setdefault(field.name, field)
    return found


def field_names(model: Any) -> frozenset[str]:
    return frozenset(_fields(model))


@lru_cache(maxsize=1)
def all_field_names() -> frozenset[str]:
    """Return the names of the fields and relations of all models."""
    return frozenset().union(*(field_names(m) for m in all_models() if not m._meta.swapped))


def field_of(model: Any, name: str) -> Any:
    """Return a field by its name or the name of its accessor or lookup."""
    if name == "pk":
        return model._meta.pk
    found = _fields(model).get(name)
    if found is None:
        found = next((f for f in model._meta.get_fields() if f.name == name), None)
    if found is None:
        found = next((f for f in model._meta.fields if f.attname == name), None)
    return found


@cache
def _columns(model: Any) -> frozenset[str]:
    return frozenset(field.attname for field in model._meta.concrete_fields)


def _of_field(model: Any, field: Any) -> Values:
    related = getattr(field, "related_model", None)
    if field.is_relation and not is_model(related):
        return UNKNOWN
    if not field.is_relation:
        return (FileOf(model),) if isinstance(field, models.FileField) else PLAIN
    if field.many_to_many:
        remote = field if field.auto_created else field.remote_field
        return (Related(related, _manager_kind(related), remote.through),)
    if field.one_to_many:
        return (Related(related, _manager_kind(related)),)
    if field.one_to_one or isinstance(field, ForeignObject):
        return (Row(related),)
    return UNKNOWN


def _manager_kind(model: Any) -> Any:
    manager = getattr(model, "_default_manager", None)
    return own_kind(type(manager)) if manager is not None else None


def member(kind: Any, name: str) -> tuple[Any, Any] | None:
    """Return the class in the inheritance of ``kind`` that defines a name, and the definition."""
    for base in kind.__mro__:
        if name in vars(base):
            return base, vars(base)[name]
    return None


def plain_function(value: Any) -> Any:
    """Return the function behind a method, property or wrapper; None when there is none."""
    value = value.fget if isinstance(value, property) else value
    for name in ("func", "__func__", "__wrapped__"):
        inner = inspect.getattr_static(value, name, None)
        if inner is not None and callable(inner):
            value = inner
    value = inspect.unwrap(value) if callable(value) else value
    return value if inspect.isfunction(value) else None


def is_property(value: Any) -> bool:
    """Tell whether reading the attribute runs a function."""
    return isinstance(value, property) or type(value).__name__ in {
        "cached_property",
        "classproperty",
    }


def written_tables(model: Any, names: frozenset[str] | None = None) -> list[Any]:
    """Return the models whose tables a write of rows touches: the model's and its parents'.

    With the names of the changed fields, those that hold one of them.
    """
    own = model._meta.concrete_model or model
    if names is None:
        return [own, *own._meta.get_parent_list()]
    if not names:
        return [own]
    holders = [field_of(own, name) for name in names]
    found = [getattr(f, "model", own) if f is not None else own for f in holders]
    return list(dict.fromkeys(m._meta.concrete_model or m for m in found))

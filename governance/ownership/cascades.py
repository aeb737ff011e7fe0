"""Rows that go, or lose their reference, along with rows of another table.

Read from the models: a foreign key with ``on_delete``, the table behind a many-to-many field, a
generic relation.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from governance.findings import Finding, Location
from governance.ownership.names import PLATFORM, table_key
from governance.ownership.places import shown
from governance.ownership.registry import Registry
from governance.rules import rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A column whose rows follow those of another table."""

    table: str
    of: str
    """The table referred to."""
    field: str
    """Label, such as ``dev.Project.owner``."""
    model: type[models.Model]
    """The model that refers, or that declares the many-to-many field."""
    on_delete: str
    """Name as written in the model: CASCADE, SET_NULL, DB_CASCADE …"""

    @property
    def operation(self) -> str:
        """What happens to the rows: they are deleted, or updated."""
        return "delete" if self.on_delete.endswith("CASCADE") else "update"


def references() -> Iterator[Reference]:
    """Yield every reference whose rows follow; those that protect or do nothing are left out."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or model._meta.swapped:
            continue
        for field in model._meta.local_fields:
            effect = _effect(field)
            if effect and field.related_model is not None:
                yield _reference(field, model, field.related_model, effect)
        for field in model._meta.private_fields:
            if _is_generic_relation(field):
                yield _reference(field, field.related_model, model, "CASCADE")


def may_follow(table: str, origins: Iterable[str], registry: Registry) -> bool:
    """Tell whether rows of a table may go with rows of one of the origins.

    Within a module they may. From one module to another, the owner of the rows that go must have
    declared a ``Cascade``.
    """
    edges = _declared(registry)
    reached, waiting = set(origins), list(origins)
    every = list(references())
    while waiting:
        of = waiting.pop()
        for reference in every:
            if reference.of != of or reference.table in reached:
                continue
            same = registry.owner_of_table(of) == registry.owner_of_table(reference.table)
            if same or (reference.table, of) in edges:
                reached.add(reference.table)
                waiting.append(reference.table)
    return table in reached


def judge_references(registry: Registry) -> list[Finding]:
    """Find references by which deleting in one module deletes or changes rows of another."""
    edges = _declared(registry)
    return [
        _crossing(reference, registry)
        for reference in references()
        if PLATFORM not in _owners(reference, registry)
        and len(_owners(reference, registry)) > 1
        and (reference.table, reference.of) not in edges
    ]


def cascade_text(table: str, of: str) -> str:
    """Return the declaration that permits it, ready to copy."""
    return f'Cascade(table="{table}", of="{of}", reason="…")'


def _reference(field: Any, model: Any, of: Any, effect: str) -> Reference:
    return Reference(
        table=table_key(model._meta.db_table),
        of=table_key(of._meta.db_table),
        field=f"{field.model._meta.label}.{field.name}",
        model=field.model._meta.auto_created or field.model,
        on_delete=effect,
    )


def _effect(field: Any) -> str:
    """Return the name of an ``on_delete`` that changes rows; empty for any other field."""
    on_delete = getattr(field.remote_field, "on_delete", None)
    if on_delete in (None, models.PROTECT, models.RESTRICT, models.DO_NOTHING):
        return ""
    for name in ("CASCADE", "SET_NULL", "SET_DEFAULT", *_IN_DATABASE):
        if on_delete is getattr(models, name, None):
            return name
    return "SET" if hasattr(on_delete, "deconstruct") else ""


_IN_DATABASE = ("DB_CASCADE", "DB_SET_NULL", "DB_SET_DEFAULT")
"""Since Django 6.1: PostgreSQL does it, and Python sees nothing of it."""


def _is_generic_relation(field: Any) -> bool:
    """Without importing ``contenttypes``, which need not be installed."""
    return bool(
        field.one_to_many and field.related_model and hasattr(field, "object_id_field_name")
    )


def _declared(registry: Registry) -> set[tuple[str, str]]:
    return {
        (table_key(edge.table), table_key(edge.of))
        for module in registry.modules.values()
        for edge in module.cascades
        if registry.owner_of_table(edge.table) == module.name
    }


def _owners(reference: Reference, registry: Registry) -> set[str]:
    return {registry.owner_of_table(reference.table), registry.owner_of_table(reference.of)}


def _crossing(reference: Reference, registry: Registry) -> Finding:
    owner, actor = (registry.owner_of_table(t) for t in (reference.table, reference.of))
    effect = "deletes" if reference.operation == "delete" else "changes"
    return Finding(
        rule=rule("cross-module-reference"),
        message=f"Deleting from {reference.of} ({actor}) {effect} rows of {reference.table} "
        f"({owner}): {reference.field} has on_delete={reference.on_delete}.",
        hint=f"Use on_delete=PROTECT and let {actor} call the interface of {owner}, or declare in "
        f"{owner}: {cascade_text(reference.table, reference.of)}.",
        subject=reference.table,
        actor=actor,
        owner=owner,
        location=_location(reference),
        details={
            "operation": reference.operation,
            "caller": reference.field,
            "layer": "static",
            "of": reference.of,
        },
    )


def _location(reference: Reference) -> Location:
    """The class that declares it; the function of the location is the field."""
    try:
        file = inspect.getsourcefile(reference.model) or reference.model.__module__
        line = inspect.getsourcelines(reference.model)[1]
    except (OSError, TypeError):  # a model that was made at run time
        file, line = reference.model.__module__, 1
    return Location(file=shown(file), line=line or 1, function=reference.field)

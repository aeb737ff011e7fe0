"""The models and tables behind the fields of a row, as the models of today have them."""

from __future__ import annotations

import ast
import inspect
from functools import lru_cache
from typing import Any, TypeGuard

from django.apps import apps as live_apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from governance.ownership.names import table_key


def is_model(value: object) -> TypeGuard[type[Model]]:
    return inspect.isclass(value) and issubclass(value, Model) and value is not Model


def label_of(model: Any) -> tuple[str, str]:
    return model._meta.app_label, model._meta.model_name


@lru_cache(maxsize=4096)
def _relation(app_label: str, model: str, attribute: str) -> Any:
    """Return the field behind ``row.<attribute>``, as the models of today have it."""
    try:
        options = live_apps.get_model(app_label, model)._meta
        for found in options.related_objects:
            if found.get_accessor_name() == attribute:
                return found
        field = options.get_field(attribute)
    except (LookupError, FieldDoesNotExist):
        return None
    return field if field.is_relation else None


def related_model(app_label: str, model: str, attribute: str) -> tuple[str, str] | None:
    related = getattr(_relation(app_label, model, attribute), "related_model", None)
    return label_of(related) if is_model(related) else None


def joining_table(model: tuple[str, str] | None, rows: ast.expr) -> str:
    """Return the table behind an M2M field, or an empty text."""
    field = _relation(*model, rows.attr) if model and isinstance(rows, ast.Attribute) else None
    through = getattr(getattr(field, "remote_field", None), "through", None)
    through = through or getattr(field, "through", None)
    return table_key(through._meta.db_table) if through else ""

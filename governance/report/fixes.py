"""What to do about a write, by way of the owner's interface."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Field, Model

from governance.ownership.interfaces import functions_for, published
from governance.ownership.names import is_unknown, table_key
from governance.ownership.registry import Registry

_MOST = 3
_SCHEMA = {"create", "alter", "drop"}
_REMOVING = {"delete", "truncate"}
_CHANGING = {"update"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """The owner's functions that do it already; else one that the owner may publish."""

    functions: tuple[str, ...] = ()
    """Best match first, each with its parameters."""
    module: str = ""
    """Where the owner would publish a new one."""
    signature: str = ""
    """A suggestion for it; empty where functions exist, or only a migration helps."""
    declaration: str = ""
    """What to declare, for a table that nobody owns."""


def fix_for(
    table: str, operation: str, owner: str, registry: Registry, columns: Collection[str] = ()
) -> Fix:
    """Return the way on for one operation on one table; ``columns`` are those that it writes."""
    if is_unknown(owner):
        return Fix(declaration=f'Module(name=…, tables=["{table}"])')
    if operation in _SCHEMA:
        return Fix()
    able = functions_for(table, operation, registry)
    if able:
        return Fix(functions=tuple(str(function) for function in able[:_MOST]))
    return Fix(module=_home(owner, registry), signature=suggestion(table, operation, columns))


def suggestion(table: str, operation: str, columns: Collection[str] = ()) -> str:
    """Return a signature that would do an operation on a table, with its model's field names."""
    model = _model_of(table)
    if model is None:
        return _without_model(table, operation, columns)
    if model._meta.auto_created:
        return _joining(model, operation)
    name = _snake(model.__name__)
    if operation in _REMOVING:
        return f"def delete_{name}({name}_id): ..."
    if operation in _CHANGING:
        given = _parameters(_written(model, columns), "**changes")
        return f"def update_{name}({name}_id, {given}): ..."
    given = _parameters(_written(model, columns) or _required(model), "**values")
    return f"def create_{name}({given}): ..."


def _home(owner: str, registry: Registry) -> str:
    module = registry.modules.get(owner)
    modules = [dotted for dotted in (module.interfaces if module else ()) if published(dotted)]
    if modules:
        return modules[0]
    packages = [name for name, of in registry.packages.items() if of == owner]
    return f"{min(packages, key=len)}.services" if packages else f"{owner}.services"


def _without_model(table: str, operation: str, columns: Collection[str]) -> str:
    name = re.sub(r"\W", "_", table.rpartition(".")[2])
    if operation in _REMOVING:
        return f"def delete_from_{name}(**conditions): ..."
    verb = "update" if operation in _CHANGING else "insert_into"
    return f"def {verb}_{name}({_parameters(sorted(columns), '**values')}): ..."


def _joining(model: type[Model], operation: str) -> str:
    """Name the function after the two models whose rows it joins: the holder of the field first."""
    ends = [f.related_model for f in model._meta.fields if f.is_relation]
    first, second = (_snake(end.__name__) for end in ends if isinstance(end, type))
    given = f"({first}_id, {second}_id)" if first != second else f"({first}_id, other_id)"
    if operation in _REMOVING:
        return f"def remove_{second}_from_{first}{given}: ..."
    return f"def add_{second}_to_{first}{given}: ..."


def _parameters(names: Collection[str], otherwise: str) -> str:
    return f"*, {', '.join(names)}" if names else otherwise


def _written(model: type[Model], columns: Collection[str]) -> list[str]:
    """Field names of the columns that a call writes, in the order of the model."""
    return [f.name for f in _fields(model) if {f.name, f.attname, f.column} & set(columns)]


def _required(model: type[Model]) -> list[str]:
    """Fields that nobody fills in when they are left out."""
    return [f.name for f in _fields(model) if not (f.has_default() or f.null or _fills_itself(f))]


def _fills_itself(field: Field[object, object]) -> bool:
    automatic = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    generated = getattr(field, "generated", False) or getattr(field, "db_default", None)
    return bool(automatic or field.blank or generated is True)


def _fields(model: type[Model]) -> list[Field[object, object]]:
    """Without the automatic key, and the links to parents."""
    return [
        field
        for field in model._meta.concrete_fields
        if not (field.primary_key and (field.is_relation or "Auto" in type(field).__name__))
        and not getattr(field.remote_field, "parent_link", False)
        and not (field.primary_key and field.model is not model)
    ]


def _model_of(table: str) -> type[Model] | None:
    for model in apps.get_models(include_auto_created=True):
        if table_key(model._meta.db_table) == table and not model._meta.proxy:
            return model
    return None


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()

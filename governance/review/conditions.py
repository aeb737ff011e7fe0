"""Conditions and expressions of indexes, constraints and generated columns → SQL text."""

from __future__ import annotations

from typing import Any

from django.apps.registry import Apps
from django.db import models
from django.db.models.expressions import ExpressionList
from django.db.models.indexes import IndexExpression
from django.db.models.sql import Query

from governance.review.historical import HistoricalModel


def literal(value: Any, connection: Any) -> str:
    """Return a value as PostgreSQL reads it in a statement."""
    return str(connection.schema_editor(collect_sql=True, atomic=False).quote_value(value))


def filled(text: str, parameters: Any, connection: Any) -> str:
    return text % tuple(literal(p, connection) for p in parameters) if parameters else text


def condition(model: HistoricalModel, wanted: Any, connection: Any) -> str:
    """Return the SQL of a Q, or of a constraint's condition."""
    query = Query(model=stand_in(model), alias_cols=False)
    compiler = query.get_compiler(connection=connection)
    text, parameters = query.build_where(wanted).as_sql(compiler, connection)
    return filled(text, parameters, connection)


def expressions(model: HistoricalModel, wanted: Any, connection: Any) -> tuple[str, ...]:
    """Return the key of an index on expressions: columns plain, all else in parentheses."""
    query = Query(model=stand_in(model), alias_cols=False)
    compiler = query.get_compiler(connection=connection)
    found = []
    for one in wanted:
        wrapped = one if isinstance(one, IndexExpression) else IndexExpression(one)
        wrapped.set_wrapper_classes(connection)
        resolved = ExpressionList(wrapped).resolve_expression(query)
        text, parameters = compiler.compile(resolved)
        found.append(filled(text, parameters, connection))
    return tuple(found)


def generated(model: HistoricalModel, name: str, connection: Any) -> str:
    field = stand_in(model)._meta.get_field(name)
    text, parameters = field.generated_sql(connection)
    return filled(text, parameters, connection)


def stand_in(model: HistoricalModel) -> Any:
    """Return a class with the fields of one model only: foreign keys are plain columns there."""
    columns: dict[str, Any] = {}
    for field in (*_inherited(model), *model.fields):
        columns[field.name] = _Reference(field) if field.remote_field else field.clone()
    meta = type("Meta", (), {"apps": Apps(), "app_label": model.known.app_label})
    meta.db_table = model.table  # type: ignore[attr-defined]
    body = {"Meta": meta, "__module__": __name__, **columns}
    return type(model.known.name, (models.Model,), body)


def _inherited(model: HistoricalModel) -> list[Any]:
    return [field for parent in model.parents for field in (*_inherited(parent), *parent.fields)]


class _Reference(models.Field):  # type: ignore[type-arg]
    """The column of a foreign key, found under the names that the key has."""

    def __init__(self, field: Any) -> None:
        super().__init__(primary_key=field.primary_key, null=field.null, db_column=field.column)
        self.key_attname = field.attname

    def get_attname(self) -> str:
        return str(self.key_attname)

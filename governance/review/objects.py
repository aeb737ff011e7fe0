"""Django's index and constraint objects → the actions that add and remove them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from django.db.models import CheckConstraint, UniqueConstraint
from django.db.models import Index as DjangoIndex

from governance.ownership.names import clipped, table_key
from governance.postgres.ddl.actions import (
    Action,
    AddConstraint,
    Constraint,
    ConstraintKind,
    CreateIndex,
    DropConstraint,
    DropIndex,
    Index,
    Unreadable,
)
from governance.review import conditions
from governance.review.historical import HistoricalModel

_PLAIN = re.compile(r'"([^"]+)"(?: (?:ASC|DESC).*)?')
_NOT_NULL = re.compile(r'\(?"([^"]+)" IS NOT NULL\)?')
_MODULE = "django.contrib.postgres.constraints"


def made_name(connection: Any, table: str, columns: tuple[str, ...], suffix: str) -> str:
    """Return the name that Django makes: ``table_columns_digest_suffix``, shortened to fit."""
    editor = connection.schema_editor(collect_sql=True, atomic=False)
    return clipped(str(editor._create_index_name(table, list(columns), suffix)))


def index_action(
    model: HistoricalModel, index: DjangoIndex, connection: Any, *, concurrently: bool = False
) -> Action:
    """Return the CREATE INDEX of an ``Index``."""
    suffix = str(getattr(index, "suffix", "") or "")
    method = suffix if type(index).__module__ != "django.db.models.indexes" else "btree"
    made = Index(
        name=clipped(index.name),
        columns=_key(model, index, connection),
        method=method or "btree",
        condition=_condition(model, index.condition, connection),
        include=model.columns(index.include),
        opclasses=tuple(index.opclasses),
    )
    return CreateIndex(table=table_key(model.table), index=made, concurrently=concurrently)


def _key(model: HistoricalModel, index: Any, connection: Any) -> tuple[str, ...]:
    if not index.expressions:
        names = getattr(index, "fields", ())
        return model.columns(name.removeprefix("-") for name in names)
    found = []
    for text in conditions.expressions(model, index.expressions, connection):
        plain = _PLAIN.fullmatch(text)
        found.append(plain[1] if plain else text)
    return tuple(found)


def _condition(model: HistoricalModel, wanted: Any, connection: Any) -> str:
    return conditions.condition(model, wanted, connection) if wanted is not None else ""


def constraint_of(
    model: HistoricalModel, wanted: Any, connection: Any
) -> Constraint | Index | None:
    """Return what a constraint object makes: a constraint, or a unique index; None if unknown."""
    if isinstance(wanted, CheckConstraint):
        text = conditions.condition(model, wanted.condition, connection)
        only = _NOT_NULL.fullmatch(text)
        return Constraint(
            kind=ConstraintKind.CHECK,
            name=clipped(wanted.name),
            expression=text,
            not_null_of=only[1] if only else "",
        )
    if isinstance(wanted, UniqueConstraint):
        return _unique(model, wanted, connection)
    if any(base.__module__ == _MODULE for base in type(wanted).__mro__):
        return _exclusion(model, wanted, connection)
    return None


def _unique(model: HistoricalModel, wanted: Any, connection: Any) -> Constraint | Index:
    if is_index(wanted):
        return Index(
            name=clipped(wanted.name),
            columns=_key(model, wanted, connection),
            unique=True,
            condition=_condition(model, wanted.condition, connection),
            include=model.columns(wanted.include),
            opclasses=tuple(wanted.opclasses),
        )
    return Constraint(
        kind=ConstraintKind.UNIQUE,
        name=clipped(wanted.name),
        columns=model.columns(wanted.fields),
        deferrable=wanted.deferrable is not None,
    )


def is_index(wanted: Any) -> bool:
    """Tell whether Django makes a unique index of a UniqueConstraint, and no constraint."""
    parts = (wanted.condition, wanted.include, wanted.opclasses, wanted.expressions)
    return any(parts)


def _exclusion(model: HistoricalModel, wanted: Any, connection: Any) -> Constraint:
    """Its text is Django's own, between the name and what is said of deferring."""
    editor = connection.schema_editor(collect_sql=True, atomic=False)
    text = str(wanted.constraint_sql(conditions.stand_in(model), editor))
    rule = text[text.index("USING ") :].partition(" DEFERRABLE")[0]
    named = [getattr(e, "name", e) for e, _ in wanted.expressions]
    return Constraint(
        kind=ConstraintKind.EXCLUDE,
        name=clipped(wanted.name),
        columns=model.columns(name for name in named if isinstance(name, str)),
        expression=rule,
        deferrable=wanted.deferrable is not None,
    )


def adding(model: HistoricalModel, wanted: Any, connection: Any, *, valid: bool = True) -> Action:
    """Return the action of AddConstraint."""
    table = table_key(model.table)
    made = constraint_of(model, wanted, connection)
    match made:
        case Constraint():
            return AddConstraint(table=table, constraint=replace(made, valid=valid))
        case Index():
            return CreateIndex(table=table, index=made)
    kind = type(wanted).__name__
    return Unreadable(table=table, why=f"adds a {kind}, a constraint that governance does not know")


def removing(model: HistoricalModel, wanted: Any) -> Action:
    """Return the action of RemoveConstraint."""
    table, name = table_key(model.table), clipped(wanted.name)
    if isinstance(wanted, UniqueConstraint) and is_index(wanted):
        return DropIndex(table=table, name=name, if_exists=True)
    return DropConstraint(table=table, name=name)


def name_of(action: Action) -> str:
    """Return the name of what an action adds."""
    match action:
        case AddConstraint():
            return action.constraint.name
        case CreateIndex():
            return action.index.name
    return ""

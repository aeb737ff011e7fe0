"""What Django's schema editor sends, as actions: its order, its names, what it puts off.

``Editor`` stands beside ``DatabaseSchemaEditor`` as it is in Django 5.2 to 6.1 and has its
methods. Where Django asks the catalogue of the database for a name, this asks the schema that
the actions so far have made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import django
from django.db.migrations.operations.base import Operation

from governance.ownership.names import clipped, table_key
from governance.postgres.ddl.actions import (
    Action,
    AddColumn,
    AddConstraint,
    ChangeObject,
    Constraint,
    ConstraintKind,
    CreateIndex,
    CreateTable,
    DropColumn,
    DropConstraint,
    DropDefault,
    DropTable,
    Index,
    Reference,
    RenameTable,
)
from governance.postgres.ddl.schema import Schema
from governance.review import objects
from governance.review.columns import column_of, python_default
from governance.review.deferring import Deferred, Taken, key_suffix, mentions, renamed_table
from governance.review.historical import HistoricalModel, through_of

CASCADES = django.VERSION < (6, 0)
"""Django 5.2 drops columns with CASCADE."""


class Editor:
    """Takes actions on a schema for the operations of one migration."""

    def __init__(self, schema: Schema, connection: Any) -> None:
        self.schema = schema
        self.connection = connection
        self.operation = 0
        self.source: Operation | None = None
        self.taken: list[Taken] = []
        self.deferred: list[Deferred] = []
        self.nondeterministic: set[str] = set()

    def take(self, action: Action, *, put_off: Deferred | None = None) -> None:
        before, self.schema = self.schema, self.schema.after(action)
        self.taken.append(
            Taken(
                action=action,
                before=before,
                after=self.schema,
                operation=put_off.operation if put_off else self.operation,
                source=put_off.source if put_off else self.source,
                deferred=put_off is not None,
            )
        )

    def finish(self) -> None:
        """Take what was put off; Django does it when the migration is through."""
        for waiting in self.deferred:
            self.take(self._named(waiting), put_off=waiting)
        self.deferred = []

    def _named(self, waiting: Deferred) -> Action:
        action, suffix = waiting.action, waiting.suffix
        if not suffix:
            return action
        if isinstance(action, CreateIndex):
            columns = action.index.columns
            name = objects.made_name(self.connection, waiting.db_table, columns, suffix.strip())
            return replace(action, index=replace(action.index, name=name))
        constraint = action.constraint
        if constraint.reference is not None:
            suffix = key_suffix(waiting.target, constraint.reference.columns)
        name = objects.made_name(self.connection, waiting.db_table, constraint.columns, suffix)
        return replace(action, constraint=replace(constraint, name=name))

    # Tables

    def create_model(self, model: HistoricalModel) -> None:
        for names in _sorted(model.options.get("unique_together") or ()):
            self._defer_unique(model, model.columns(names))
        for field in model.fields:
            self._defer_key(model, field)
        inline = self._constraints(model)
        self.take(
            CreateTable(
                table=table_key(model.table),
                columns=tuple(column_of(f, self.connection) for f in model.fields if f.column),
                constraints=tuple(inline),
            )
        )
        self._comments(model)
        for field in model.fields:
            self._defer_indexes(model, field)
        for index in model.options.get("indexes", ()):
            action = objects.index_action(model, index, self.connection)
            self._defer(model, action)
        for field in model.many_to_many:
            through = through_of(model, field)
            if through is not None:
                self.create_model(through)

    def _constraints(self, model: HistoricalModel) -> Iterator[Constraint]:
        """Constraints go with the table, unless a default has a parameter: Django's rule."""
        parameters = any(_has_parameter(f, self.connection) for f in model.fields)
        for wanted in model.options.get("constraints", ()):
            action = objects.adding(model, wanted, self.connection)
            nulls = getattr(wanted, "nulls_distinct", None)
            if isinstance(action, AddConstraint) and not parameters and nulls is None:
                yield action.constraint
            else:
                self._defer(model, action)
        key = model.primary_key
        if key.column is None:
            columns = model.columns(key.field_names)
            yield Constraint(kind=ConstraintKind.PRIMARY_KEY, columns=columns)

    def _comments(self, model: HistoricalModel) -> None:
        table = table_key(model.table)
        if model.options.get("db_table_comment"):
            self.comment(table)
        for field in model.fields:
            if field.db_comment:
                self.comment(table, field.column)

    def comment(self, table: str, column: str = "") -> None:
        name, detail = (column, "column") if column else (table, "table")
        self.take(ChangeObject(verb="alter", kind="comment", table=table, name=name, detail=detail))

    def delete_model(self, model: HistoricalModel) -> None:
        for field in model.many_to_many:
            through = through_of(model, field)
            if through is not None:
                self.delete_model(through)
        table = table_key(model.table)
        self.take(DropTable(table=table, cascade=True))
        self.deferred = [
            waiting
            for waiting in self.deferred
            if table not in (waiting.action.table, table_key(waiting.target))
        ]

    def alter_db_table(self, old: str, new: str) -> None:
        if old == new:
            return
        old_key, new_key = table_key(old), table_key(new)
        self.take(RenameTable(table=old_key, to=new_key))
        self.deferred = [renamed_table(waiting, old, new) for waiting in self.deferred]

    # Columns

    def add_field(self, model: HistoricalModel, field: Any) -> None:
        through = through_of(model, field)
        if through is not None:
            self.create_model(through)
            return
        if field.column is None or field.db_parameters(self.connection)["type"] is None:
            return
        table = table_key(model.table)
        default = None if field.has_db_default() else python_default(field, self.connection)
        column = column_of(field, self.connection, default=default)
        if field.remote_field and field.db_constraint:
            column = replace(column, constraints=(*column.constraints, self.key(model, field)))
        self.take(AddColumn(table=table, column=column))
        if default is not None:
            self.take(DropDefault(table=table, column=field.column))
        if field.db_comment:
            self.comment(table, field.column)
        self._defer_indexes(model, field)

    def remove_field(self, model: HistoricalModel, field: Any) -> None:
        through = through_of(model, field)
        if through is not None:
            self.delete_model(through)
            return
        if field.column is None or field.db_parameters(self.connection)["type"] is None:
            return
        table = table_key(model.table)
        if field.remote_field:
            for name in self.names(table, field.column, ConstraintKind.FOREIGN_KEY):
                self.take(DropConstraint(table=table, name=name))
        self.take(DropColumn(table=table, column=clipped(field.column), cascade=CASCADES))
        self.deferred = [w for w in self.deferred if not mentions(w, table, field.column)]

    # Keys, constraints, indexes

    def key(self, model: HistoricalModel, field: Any, *, suffix: str = "") -> Constraint:
        """Return the foreign key of a field, by the name that it gets when made now."""
        target = field.target
        columns = (target.column,)
        end = suffix or key_suffix(target.historical.table, columns)
        on_delete = getattr(field.remote_field.on_delete, "on_delete_sql", None)
        return Constraint(
            kind=ConstraintKind.FOREIGN_KEY,
            name=objects.made_name(self.connection, model.table, (field.column,), end),
            columns=(field.column,),
            reference=Reference(
                table=table_key(target.historical.table),
                columns=columns,
                on_delete=_on_delete(on_delete, self.connection),
            ),
            deferrable=True,
        )

    def _defer_key(self, model: HistoricalModel, field: Any) -> None:
        if field.remote_field and field.db_constraint:
            action = AddConstraint(table=table_key(model.table), constraint=self.key(model, field))
            self._defer(model, action, suffix="_fk", target=field.target.historical.table)

    def unique(self, model: HistoricalModel, columns: tuple[str, ...]) -> AddConstraint:
        name = objects.made_name(self.connection, model.table, columns, "_uniq")
        made = Constraint(kind=ConstraintKind.UNIQUE, name=name, columns=columns)
        return AddConstraint(table=table_key(model.table), constraint=made)

    def _defer_unique(self, model: HistoricalModel, columns: tuple[str, ...]) -> None:
        self._defer(model, self.unique(model, columns), suffix="_uniq")

    def index(
        self, model: HistoricalModel, columns: tuple[str, ...], suffix: str = "", opclass: str = ""
    ) -> CreateIndex:
        name = objects.made_name(self.connection, model.table, columns, suffix)
        opclasses = (opclass,) if opclass else ()
        made = Index(name=name, columns=columns, opclasses=opclasses)
        return CreateIndex(table=table_key(model.table), index=made)

    def like_index(self, model: HistoricalModel, field: Any) -> CreateIndex | None:
        """Return the second index that Django makes for LIKE on texts."""
        db_type = field.db_type(self.connection)
        if db_type is None or "[" in db_type or not (field.db_index or field.unique):
            return None
        source = field if not field.remote_field else field.target
        collation = getattr(field, "db_collation", None) or getattr(source, "db_collation", None)
        if collation in self.nondeterministic:
            return None
        for kind in ("varchar", "text"):
            if db_type.startswith(kind):
                return self.index(model, (field.column,), "_like", f"{kind}_pattern_ops")
        return None

    def _defer_indexes(self, model: HistoricalModel, field: Any) -> None:
        if field.column is None:
            return
        if field.db_index and not field.unique:
            self._defer(model, self.index(model, (field.column,)), suffix=" ")
        like = self.like_index(model, field)
        if like is not None:
            self._defer(model, like, suffix="_like")

    def _defer(
        self, model: HistoricalModel, action: Action, *, suffix: str = "", target: str = ""
    ) -> None:
        if isinstance(action, AddConstraint | CreateIndex):
            self.deferred.append(
                Deferred(
                    action=action,
                    db_table=model.table,
                    operation=self.operation,
                    source=self.source,
                    suffix=suffix,
                    target=target,
                )
            )
        else:
            self.take(action)

    def names(
        self, table: str, column: str, kind: ConstraintKind, *, besides: Iterable[str] = ()
    ) -> list[str]:
        """Return the constraints of this kind on just this column, as the schema has them."""
        known = self.schema.tables.get(table)
        if known is None:
            return []
        return [
            name
            for name, constraint in known.constraints.items()
            if constraint.kind is kind and constraint.columns == (column,) and name not in besides
        ]


def _sorted(together: Iterable[Iterable[str]]) -> list[tuple[str, ...]]:
    """A set has no order: the names decide, so that two runs tell the same."""
    return sorted(tuple(names) for names in together)


def _on_delete(on_delete_sql: Any, connection: Any) -> str:
    if on_delete_sql is None:
        return ""
    text = str(on_delete_sql(connection.schema_editor(collect_sql=True, atomic=False)))
    return text.strip().removeprefix("ON DELETE ")


def _has_parameter(field: Any, connection: Any) -> bool:
    if not field.has_db_default():
        return False
    from django.db.models.sql import Query

    compiler = Query(model=None).get_compiler(connection=connection)
    return bool(compiler.compile(field._db_default_expression)[1])

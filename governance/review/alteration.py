"""What Django's schema editor sends to alter a field: its steps, in its order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from governance.ownership.names import clipped, table_key
from governance.postgres.ddl.actions import (
    AddConstraint,
    Constraint,
    ConstraintKind,
    DropConstraint,
    DropDefault,
    DropIndex,
    DropNotNull,
    Expression,
    RenameColumn,
    SetDefault,
    SetNotNull,
    WriteRows,
)
from governance.review import objects
from governance.review.columns import database_default, python_default
from governance.review.deferring import renamed_column
from governance.review.editor import Editor
from governance.review.historical import (
    HistoricalModel,
    remote_key,
    through_of,
)
from governance.review.retyping import leaves_text, like_name, references, retype


def alter_field(editor: Editor, model: HistoricalModel, old: Any, new: Any) -> None:
    """Take what turns the old field into the new one; ``model`` is as Django passes it."""
    if not is_altered(old, new, editor.connection):
        return
    if old.many_to_many and new.many_to_many:
        before, after = through_of(old.historical, old), through_of(new.historical, new)
        if before is not None and after is not None:
            alter_many_to_many(editor, before, after)
        return
    if old.column is None or new.column is None:
        raise ValueError(f"Django can't alter {old.name}: only one of the two has a column")
    _Alteration(editor, model, old, new).take()


def alter_many_to_many(editor: Editor, before: HistoricalModel, after: HistoricalModel) -> None:
    """Rename the table and the columns behind an M2M field: the other end first."""
    editor.alter_db_table(before.table, after.table)
    for place in (1, 0):
        old = before.field(before.options["auto_created"][place])
        new = after.field(after.options["auto_created"][place])
        alter_field(editor, after, old, new)


def is_altered(
    old: Any, new: Any, connection: Any, *, ignore: frozenset[str] = frozenset()
) -> bool:
    """Tell whether Django finds a difference that matters to the database."""
    joined = old.many_to_many and new.many_to_many
    if not old.concrete and not new.concrete and not joined:
        return False
    if old.column != new.column or (joined and old.name != new.name):
        return True
    before, after = (_described(*pair, ignore, connection) for pair in ((old, new), (new, old)))
    return bool(before != after)


def _described(field: Any, other: Any, ignore: frozenset[str], connection: Any) -> Any:
    _, path, args, kwargs = field.deconstruct()
    for name in ignore.union(field.non_db_attrs).union(other.non_db_attrs):
        kwargs.pop(name, None)
    if field.remote_field:
        kwargs["to"] = remote_key(field.historical, field)
        if not field.many_to_many and other.remote_field and not other.many_to_many:
            kwargs["to_field"] = field.target.name
            if _table_of(field) == _table_of(other):
                kwargs.pop("to")
        if not field.many_to_many and field.target.primary_key:
            kwargs.pop("to_field", None)
    if field.has_db_default() and other.has_db_default():
        kwargs["db_default"] = database_default(field, connection).text
    return path, args, kwargs


def _table_of(field: Any) -> str:
    return str(HistoricalModel(field.target.historical.state, field.target.historical.known).table)


class _Alteration:
    """One alteration under way; the methods are the steps."""

    def __init__(self, editor: Editor, model: HistoricalModel, old: Any, new: Any) -> None:
        self.editor, self.model, self.old, self.new = editor, model, old, new
        self.connection = editor.connection
        self.table = table_key(model.table)
        self.before = old.db_parameters(self.connection)
        self.after = new.db_parameters(self.connection)
        self.retyped = _kind(self.before) != _kind(self.after)
        stays_key = old.primary_key and new.primary_key
        stays_unique = old.unique and new.unique
        self.frees_references = bool(stays_key or stays_unique) and self.retyped
        self.freed: list[tuple[HistoricalModel, Any, Any]] = []
        self.key_dropped = False

    def take(self) -> None:
        self._drop_key()
        self._drop_unique()
        if self.frees_references:
            self._drop_references()
        self._drop_indexes()
        self._drop_check()
        self._rename()
        temporary = self._alter_column()
        self._drop_primary_key()
        self._add_unique_and_index()
        self._retype_references()
        self._add_keys()
        self._add_check()
        if temporary:
            self.editor.take(DropDefault(table=self.table, column=self.new.column))
        self._like_indexes()

    def _drop_key(self) -> None:
        old, ignored = self.old, frozenset({"db_comment"})
        if not old.remote_field or not old.db_constraint:
            return
        if not is_altered(old, self.new, self.connection, ignore=ignored):
            return
        for name in self.editor.names(self.table, old.column, ConstraintKind.FOREIGN_KEY):
            self.key_dropped = True
            self._drop(name)

    def _drop_unique(self) -> None:
        became_key = not self.old.primary_key and self.new.primary_key
        if not self.old.unique or (self.new.unique and not became_key):
            return
        for name in self._own(ConstraintKind.UNIQUE):
            self._drop(name)

    def _drop_references(self) -> None:
        self.freed = list(references(self.old, self.new))
        for model, old, _ in self.freed:
            table = table_key(model.table)
            for name in self.editor.names(table, old.column, ConstraintKind.FOREIGN_KEY):
                self.editor.take(DropConstraint(table=table, name=name))

    def _drop_indexes(self) -> None:
        """Those of ``db_index``; Django knows them by what they are, not by name."""
        old, new = self.old, self.new
        if not old.db_index or old.unique or (new.db_index and not new.unique):
            return
        known = self.editor.schema.tables.get(self.table)
        declared = {index.name for index in self.model.options.get("indexes", ())}
        for name, index in dict(known.indexes if known else {}).items():
            plain = index.method == "btree" and not index.unique and not index.include
            if index.columns == (old.column,) and plain and name not in declared:
                self._drop_index(name)

    def _drop_check(self) -> None:
        if self._check_changes() and self.before["check"]:
            for name in self._own(ConstraintKind.CHECK):
                self._drop(name)

    def _rename(self) -> None:
        old, new = self.old.column, self.new.column
        if old == new:
            return
        self.editor.take(RenameColumn(table=self.table, column=clipped(old), to=clipped(new)))
        self.editor.deferred = [
            renamed_column(waiting, self.table, old, new) for waiting in self.editor.deferred
        ]

    def _alter_column(self) -> bool:
        """Type, default and NOT NULL; returns whether a default is left to drop."""
        old, new, take = self.old, self.new, self.editor.take
        table, column = self.table, new.column
        after: list[Callable[[], None]] = []
        if self._type_is_sent():
            after = retype(self.editor, self.model, old, new)
        temporary = self._defaults()
        tightens = old.null and not new.null
        filled = tightens and (new.has_default() or new.has_db_default())
        if filled:
            take(WriteRows(table=table, operation="update", columns=(column,)))
        if tightens and not new.generated:
            take(SetNotNull(table=table, column=column))
        elif new.null and not old.null:
            take(DropNotNull(table=table, column=column))
        for step in after:
            step()
        return temporary

    def _type_is_sent(self) -> bool:
        suffixes = [f.db_type_suffix(self.connection) for f in (self.old, self.new)]
        return (
            self.retyped or suffixes[0] != suffixes[1] or self.old.db_comment != self.new.db_comment
        )

    def _defaults(self) -> bool:
        old, new, take = self.old, self.new, self.editor.take
        table, column = self.table, new.column
        if new.has_db_default():
            wanted = database_default(new, self.connection)
            if not old.has_db_default() or new.db_default != old.db_default:
                take(SetDefault(table=table, column=column, default=wanted))
        elif old.has_db_default():
            take(DropDefault(table=table, column=column))
        if not old.null or new.null or new.has_db_default():
            return False
        default = self._fresh_default()
        if default is None:
            return False
        take(SetDefault(table=table, column=column, default=default))
        return True

    def _fresh_default(self) -> Expression | None:
        """The default of the new field, where the old one had not the same."""
        default = python_default(self.new, self.connection)
        return default if default != python_default(self.old, self.connection) else None

    def _drop_primary_key(self) -> None:
        if not self.old.primary_key or self.new.primary_key:
            return
        known = self.editor.schema.tables.get(self.table)
        for name, constraint in dict(known.constraints if known else {}).items():
            if constraint.kind is ConstraintKind.PRIMARY_KEY:
                self._drop(name)

    def _add_unique_and_index(self) -> None:
        old, new, columns = self.old, self.new, (self.new.column,)
        if not new.primary_key and new.unique and (not old.unique or old.primary_key):
            self.editor.take(self.editor.unique(self.model, columns))
        if (not old.db_index or old.unique) and new.db_index and not new.unique:
            self.editor.take(self.editor.index(self.model, columns))

    def _retype_references(self) -> None:
        old, new = self.old, self.new
        if new.primary_key and not old.primary_key:
            name = objects.made_name(self.connection, self.model.table, (new.column,), "_pk")
            kind = ConstraintKind.PRIMARY_KEY
            made = Constraint(kind=kind, name=name, columns=(new.column,))
            self.editor.take(AddConstraint(table=self.table, constraint=made))
            self.freed += list(references(old, new))
        for model, before, after in self.freed:
            for step in retype(self.editor, model, before, after):
                step()

    def _add_keys(self) -> None:
        old, new = self.old, self.new
        missing = self.key_dropped or not old.remote_field or not old.db_constraint
        if new.remote_field and missing and new.db_constraint:
            key = self.editor.key(self.model, new)
            self.editor.take(AddConstraint(table=self.table, constraint=key))
        for model, _, field in self.freed if self.frees_references else ():
            if field.db_constraint:
                key = self.editor.key(model, field, suffix="_fk")
                self.editor.take(AddConstraint(table=table_key(model.table), constraint=key))

    def _add_check(self) -> None:
        if not self._check_changes() or not self.after["check"]:
            return
        columns = (self.new.column,)
        made = Constraint(
            kind=ConstraintKind.CHECK,
            name=objects.made_name(self.connection, self.model.table, columns, "_check"),
            columns=columns,
            expression=self.after["check"],
        )
        self.editor.take(AddConstraint(table=self.table, constraint=made))

    def _like_indexes(self) -> None:
        old, new = self.old, self.new
        indexed = not (old.db_index or old.unique) and new.db_index
        if indexed or (not old.unique and new.unique) or leaves_text(old, self.before, self.after):
            like = self.editor.like_index(self.model, new)
            if like is not None:
                self.editor.take(like)
        if old.unique and not (new.db_index or new.unique):
            self._drop_index(like_name(self.editor, self.model, old))

    def _check_changes(self) -> bool:
        checks = self.connection.data_type_check_constraints
        before, after = (checks.get(f.get_internal_type()) for f in (self.old, self.new))
        return bool(before != after)

    def _own(self, kind: ConstraintKind) -> list[str]:
        declared = {c.name for c in self.model.options.get("constraints", ())}
        return self.editor.names(self.table, self.old.column, kind, besides=declared)

    def _drop(self, name: str) -> None:
        self.editor.take(DropConstraint(table=self.table, name=name))

    def _drop_index(self, name: str) -> None:
        self.editor.take(DropIndex(table=self.table, name=name, if_exists=True))


def _kind(parameters: dict[str, Any]) -> tuple[Any, Any]:
    return parameters["type"], parameters.get("collation")

"""Migration operations → actions. The one place that matches operation types."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import router
from django.db.migrations import operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.models import AlterTogetherOptionOperation
from django.db.migrations.state import ProjectState

from governance.ownership.names import clipped, table_key
from governance.postgres.ddl.actions import (
    AddConstraint,
    ChangeObject,
    ConstraintKind,
    DropConstraint,
    DropIndex,
    RenameIndex,
    Unreadable,
    ValidateConstraint,
)
from governance.review import objects, scripts
from governance.review.alteration import alter_field, alter_many_to_many
from governance.review.editor import Editor
from governance.review.historical import (
    HistoricalModel,
    model_of,
    references_to,
    through_of,
)
from governance.review.states import advanced

try:
    from django.db.migrations.operations.models import AlterConstraint
except ImportError:  # Django 5.2 has none
    AlterConstraint = operations.AlterModelManagers  # type: ignore[misc, assignment]

_STATE_ONLY = (operations.AlterModelOptions, operations.AlterModelManagers, AlterConstraint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An operation between two states; ``before`` has what it meets, also on the way back."""

    operation: Any
    app_label: str
    before: ProjectState
    after: ProjectState
    backwards: bool = False

    @property
    def new(self) -> ProjectState:
        return self.before if self.backwards else self.after

    @property
    def old(self) -> ProjectState:
        return self.after if self.backwards else self.before

    def model(self, state: ProjectState, name: str) -> HistoricalModel:
        return model_of(state, (self.app_label, name.lower()))


def take(editor: Editor, step: Step) -> None:
    """Take the actions of an operation, forwards or backwards.

    Raises one of ``states.MISTAKES`` when the operation does not fit its states.
    """
    for kinds, taker in _TAKERS:
        if isinstance(step.operation, kinds):
            taker(editor, step)
            if _does_more(step.operation):
                why = "does something of its own to the database besides what Django does"
                editor.take(Unreadable(why=why))
            return
    _unknown(editor, step)


def _does_more(operation: Operation) -> bool:
    """Tell whether somebody else's subclass of Django's operation has its own way."""
    return not type(operation).database_forwards.__module__.startswith("django.")


def _unknown(editor: Editor, step: Step) -> None:
    kind = type(step.operation).__name__
    known = getattr(step.operation, "model_name", None)
    table = ""
    if isinstance(known, str):
        table = table_key(step.model(step.before, known).table)
    why = f"is a {kind}, an operation that governance does not know"
    editor.take(Unreadable(table=table, why=why))


def _migrates(editor: Editor, model: HistoricalModel) -> bool:
    if not model.migrates:
        return False
    alias = editor.connection.alias
    return bool(router.allow_migrate(alias, model.key[0], model_name=model.key[1]))


def _nothing(editor: Editor, step: Step) -> None:
    """Django touches the state only."""


def _separate(editor: Editor, step: Step) -> None:
    inner = list(step.operation.database_operations)
    states = [step.before]
    for one in inner:
        states.append(advanced(states[-1], one, step.app_label))
    steps = [
        Step(
            operation=one,
            app_label=step.app_label,
            before=before,
            after=after,
            backwards=step.backwards,
        )
        for one, before, after in zip(inner, states, states[1:], strict=False)
    ]
    for one in reversed(steps) if step.backwards else steps:
        take(editor, one)


def _sql(editor: Editor, step: Step) -> None:
    sql = step.operation.reverse_sql if step.backwards else step.operation.sql
    for action in scripts.sql_actions(sql, editor.connection):
        editor.take(action)


def _python(editor: Editor, step: Step) -> None:
    code = step.operation.reverse_code if step.backwards else step.operation.code
    if code is not None:
        for action in scripts.python_actions(code, step.old):
            editor.take(action)


def _create(editor: Editor, step: Step) -> None:
    model = step.model(step.after, step.operation.name)
    if not _migrates(editor, model):
        return
    if step.backwards:
        editor.delete_model(model)
        return
    _create_model(editor, model)


def _create_model(editor: Editor, model: HistoricalModel) -> None:
    editor.create_model(model)
    for names in sorted(tuple(n) for n in model.options.get("index_together") or ()):
        editor.take(editor.index(model, model.columns(names), "_idx"))


def _delete(editor: Editor, step: Step) -> None:
    model = step.model(step.before, step.operation.name)
    if _migrates(editor, model):
        (editor.create_model if step.backwards else editor.delete_model)(model)


def _add_field(editor: Editor, step: Step) -> None:
    name = step.operation.name
    model = step.model(step.after, step.operation.model_name)
    if not _migrates(editor, model):
        return
    field = model.field(name)
    if step.backwards:
        editor.remove_field(model, field)
        return
    if not step.operation.preserve_default:
        field.default = step.operation.field.default
        field.__dict__.pop("_get_default", None)
    editor.add_field(step.model(step.before, step.operation.model_name), field)


def _remove_field(editor: Editor, step: Step) -> None:
    model = step.model(step.before, step.operation.model_name)
    if _migrates(editor, model):
        field = model.field(step.operation.name)
        (editor.add_field if step.backwards else editor.remove_field)(model, field)


def _alter_field(editor: Editor, step: Step) -> None:
    operation = step.operation
    model, new_model = (step.model(state, operation.model_name) for state in (step.old, step.new))
    if not _migrates(editor, new_model):
        return
    old, new = model.field(operation.name), new_model.field(operation.name)
    if not operation.preserve_default:
        new.default = operation.field.default
        new.__dict__.pop("_get_default", None)
    alter_field(editor, model, old, new)


def _rename_field(editor: Editor, step: Step) -> None:
    names = [step.operation.old_name, step.operation.new_name]
    old_name, new_name = reversed(names) if step.backwards else names
    model, new_model = (
        step.model(state, step.operation.model_name) for state in (step.old, step.new)
    )
    if _migrates(editor, new_model):
        alter_field(editor, model, model.field(old_name), new_model.field(new_name))


def _rename_model(editor: Editor, step: Step) -> None:
    names = [step.operation.old_name, step.operation.new_name]
    old_name, new_name = reversed(names) if step.backwards else names
    old, new = step.model(step.old, old_name), step.model(step.new, new_name)
    if not _migrates(editor, new):
        return
    editor.alter_db_table(old.table, new.table)
    for referring, field in _related(step.old, old):
        key = new.key if referring.key == old.key else referring.key
        model = model_of(step.new, key)
        alter_field(editor, model, field, model.field(field.name))
    for before, after in zip(old.many_to_many, new.many_to_many, strict=True):
        source, target = through_of(old, before), through_of(new, after)
        itself = after.remote_field and _points_to_itself(new, after)
        if source is not None and target is not None and not itself:
            alter_many_to_many(editor, source, target)


def _points_to_itself(model: HistoricalModel, field: Any) -> bool:
    from governance.review.historical import remote_key

    return remote_key(model, field) == model.key


def _related(state: ProjectState, model: HistoricalModel) -> Iterable[tuple[HistoricalModel, Any]]:
    """Relations as Django's ``related_objects`` has them: hidden foreign keys are left out."""
    for referring, field in references_to(state, model.key, joining=False):
        hidden = str(field.remote_field.related_name or "").endswith("+")
        if not hidden:
            yield referring, field
    for known in list(state.models.values()):
        source = HistoricalModel(state, known)
        for field in source.many_to_many:
            from governance.review.historical import remote_key

            if remote_key(source, field) == model.key:
                yield source, field


def _alter_table(editor: Editor, step: Step) -> None:
    old, new = (step.model(state, step.operation.name) for state in (step.old, step.new))
    if not _migrates(editor, new):
        return
    editor.alter_db_table(old.table, new.table)
    for before, after in zip(old.many_to_many, new.many_to_many, strict=True):
        source, target = through_of(old, before), through_of(new, after)
        if source is not None and target is not None:
            editor.alter_db_table(source.table, target.table)


def _table_comment(editor: Editor, step: Step) -> None:
    model = step.model(step.new, step.operation.name)
    if _migrates(editor, model):
        editor.comment(table_key(model.table))


def _together(editor: Editor, step: Step) -> None:
    model = step.model(step.new, step.operation.name)
    if not _migrates(editor, model):
        return
    option = step.operation.option_name
    before, after = (
        {tuple(names) for names in step.model(state, step.operation.name).options.get(option) or ()}
        for state in (step.old, step.new)
    )
    unique = option == "unique_together"
    for names in sorted(before - after):
        columns = model.columns(names)
        _drop_unique(editor, model, columns) if unique else _drop_index(editor, model, columns)
    for names in sorted(after - before):
        columns = model.columns(names)
        made = editor.unique(model, columns) if unique else editor.index(model, columns, "_idx")
        editor.take(made)


def _drop_unique(editor: Editor, model: HistoricalModel, columns: tuple[str, ...]) -> None:
    """The constraint on just these columns, by the name that Django gives it if there are more."""
    made = editor.unique(model, columns).constraint.name
    for waiting in editor.deferred:
        if isinstance(waiting.action, AddConstraint) and waiting.action.constraint.name == made:
            editor.deferred.remove(waiting)
            return
    table = table_key(model.table)
    known = editor.schema.tables.get(table)
    declared = {c.name for c in model.options.get("constraints", ())}
    names = [
        name
        for name, c in (known.constraints if known else {}).items()
        if c.kind is ConstraintKind.UNIQUE and c.columns == columns and name not in declared
    ]
    name = made if made in names or not names else names[0]
    editor.take(DropConstraint(table=table, name=name))


def _drop_index(editor: Editor, model: HistoricalModel, columns: tuple[str, ...]) -> None:
    editor.take(
        DropIndex(
            table=table_key(model.table),
            name=_index_on(editor, model, columns),
            if_exists=True,
        )
    )


def _index_on(editor: Editor, model: HistoricalModel, columns: tuple[str, ...]) -> str:
    """Return the index that Django made for these columns, by what it is."""
    known = editor.schema.tables.get(table_key(model.table))
    declared = {index.name for index in model.options.get("indexes", ())}
    for name, index in (known.indexes if known else {}).items():
        if index.columns == columns and not index.unique and name not in declared:
            return name
    return objects.made_name(editor.connection, model.table, columns, "_idx")


def _order(editor: Editor, step: Step) -> None:
    old, new = (step.model(state, step.operation.name) for state in (step.old, step.new))
    option = "order_with_respect_to"
    if not _migrates(editor, new):
        return
    if old.options.get(option) and not new.options.get(option):
        editor.remove_field(old, old.field("_order"))
    elif new.options.get(option) and not old.options.get(option):
        field = new.field("_order")
        field.default = 0
        editor.add_field(old, field)


def _index(editor: Editor, step: Step) -> None:
    """AddIndex and RemoveIndex, and the two that do it concurrently."""
    operation = step.operation
    adds = isinstance(operation, operations.AddIndex)
    model = step.model(step.after if adds else step.before, operation.model_name)
    if not _migrates(editor, model):
        return
    index = operation.index if adds else model.known.get_index_by_name(operation.name)
    concurrently = type(operation).__name__.endswith("Concurrently")
    if adds != step.backwards:
        made = objects.index_action(model, index, editor.connection, concurrently=concurrently)
        editor.take(made)
        return
    name = clipped(index.name)
    editor.deferred = [w for w in editor.deferred if objects.name_of(w.action) != name]
    editor.take(
        DropIndex(
            table=table_key(model.table), name=name, concurrently=concurrently, if_exists=True
        )
    )


def _rename_index(editor: Editor, step: Step) -> None:
    operation = step.operation
    old, new = (step.model(state, operation.model_name) for state in (step.before, step.after))
    if not _migrates(editor, new) or (step.backwards and operation.old_fields):
        return
    if operation.old_fields:
        names = [_index_on(editor, old, old.columns(operation.old_fields)), operation.new_name]
    else:
        names = [operation.old_name, operation.new_name]
    name, to = reversed(names) if step.backwards else names
    if name != to:
        editor.take(RenameIndex(table=table_key(new.table), name=clipped(name), to=clipped(to)))


def _constraint(editor: Editor, step: Step) -> None:
    operation = step.operation
    adds = isinstance(operation, operations.AddConstraint)
    model = step.model(step.after if adds else step.before, operation.model_name)
    if not _migrates(editor, model):
        return
    known = model.known
    wanted = operation.constraint if adds else known.get_constraint_by_name(operation.name)
    if adds == step.backwards:
        editor.take(objects.removing(model, wanted))
        return
    valid = type(operation).__name__ != "AddConstraintNotValid"
    editor.take(objects.adding(model, wanted, editor.connection, valid=valid))


def _validate(editor: Editor, step: Step) -> None:
    model = step.model(step.before, step.operation.model_name)
    if _migrates(editor, model) and not step.backwards:
        name = clipped(step.operation.name)
        editor.take(ValidateConstraint(table=table_key(model.table), name=name))


def _extension(editor: Editor, step: Step) -> None:
    verb = "drop" if step.backwards else "create"
    name = step.operation.name
    editor.take(ChangeObject(verb=verb, kind="extension", name=name, if_exists=step.backwards))


def _collation(editor: Editor, step: Step) -> None:
    operation = step.operation
    creates = (type(operation).__name__ == "CreateCollation") != step.backwards
    if creates and not operation.deterministic:
        editor.nondeterministic.add(operation.name)
    verb = "create" if creates else "drop"
    editor.take(ChangeObject(verb=verb, kind="collation", name=operation.name))


_Taker = Callable[[Editor, Step], None]


def _of_postgres() -> tuple[tuple[Any, _Taker], ...]:
    """The operations of ``contrib.postgres``; they import psycopg."""
    try:
        from django.contrib.postgres import operations as postgres
    except ImportError:
        return ()
    return (
        (postgres.CreateExtension, _extension),
        (postgres.CollationOperation, _collation),
        (postgres.ValidateConstraint, _validate),
    )


_TAKERS: tuple[tuple[Any, _Taker], ...] = (
    (operations.SeparateDatabaseAndState, _separate),
    (operations.RunSQL, _sql),
    (operations.RunPython, _python),
    (_STATE_ONLY, _nothing),
    (operations.CreateModel, _create),
    (operations.DeleteModel, _delete),
    (operations.RenameModel, _rename_model),
    (operations.AlterModelTable, _alter_table),
    (operations.AlterModelTableComment, _table_comment),
    (AlterTogetherOptionOperation, _together),
    (operations.AlterOrderWithRespectTo, _order),
    (operations.AddField, _add_field),
    (operations.RemoveField, _remove_field),
    (operations.AlterField, _alter_field),
    (operations.RenameField, _rename_field),
    ((operations.AddIndex, operations.RemoveIndex), _index),
    (operations.RenameIndex, _rename_index),
    ((operations.AddConstraint, operations.RemoveConstraint), _constraint),
    *_of_postgres(),
)

"""Operations on models → actions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.migrations.state import ProjectState

from governance.ownership.names import table_key
from governance.postgres.ddl.actions import (
    AddConstraint,
    ConstraintKind,
    DropConstraint,
    DropIndex,
)
from governance.review.alteration import alter_field, alter_many_to_many
from governance.review.editor import Editor
from governance.review.historical import (
    HistoricalModel,
    model_of,
    references_to,
    through_of,
)
from governance.review.steps import Step, index_on, migrates


def create(editor: Editor, step: Step) -> None:
    model = step.model(step.after, step.operation.name)
    if not migrates(editor, model):
        return
    if step.backwards:
        editor.delete_model(model)
        return
    _create_model(editor, model)


def _create_model(editor: Editor, model: HistoricalModel) -> None:
    editor.create_model(model)
    for names in sorted(tuple(n) for n in model.options.get("index_together") or ()):
        editor.take(editor.index(model, model.columns(names), "_idx"))


def delete(editor: Editor, step: Step) -> None:
    model = step.model(step.before, step.operation.name)
    if migrates(editor, model):
        (editor.create_model if step.backwards else editor.delete_model)(model)


def rename_model(editor: Editor, step: Step) -> None:
    names = [step.operation.old_name, step.operation.new_name]
    old_name, new_name = reversed(names) if step.backwards else names
    old, new = step.model(step.old, old_name), step.model(step.new, new_name)
    if not migrates(editor, new):
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


def alter_table(editor: Editor, step: Step) -> None:
    old, new = (step.model(state, step.operation.name) for state in (step.old, step.new))
    if not migrates(editor, new):
        return
    editor.alter_db_table(old.table, new.table)
    for before, after in zip(old.many_to_many, new.many_to_many, strict=True):
        source, target = through_of(old, before), through_of(new, after)
        if source is not None and target is not None:
            editor.alter_db_table(source.table, target.table)


def table_comment(editor: Editor, step: Step) -> None:
    model = step.model(step.new, step.operation.name)
    if migrates(editor, model):
        editor.comment(table_key(model.table))


def together(editor: Editor, step: Step) -> None:
    model = step.model(step.new, step.operation.name)
    if not migrates(editor, model):
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
            name=index_on(editor, model, columns),
            if_exists=True,
        )
    )


def order(editor: Editor, step: Step) -> None:
    old, new = (step.model(state, step.operation.name) for state in (step.old, step.new))
    option = "order_with_respect_to"
    if not migrates(editor, new):
        return
    if old.options.get(option) and not new.options.get(option):
        editor.remove_field(old, old.field("_order"))
    elif new.options.get(option) and not old.options.get(option):
        field = new.field("_order")
        field.default = 0
        editor.add_field(old, field)

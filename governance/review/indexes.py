"""Operations on indexes and constraints → actions."""

from __future__ import annotations

from django.db.migrations import operations

from governance.ownership.names import clipped, table_key
from governance.postgres.ddl.actions import (
    DropIndex,
    RenameIndex,
    ValidateConstraint,
)
from governance.review import objects
from governance.review.editor import Editor
from governance.review.steps import Step, index_on, migrates


def index(editor: Editor, step: Step) -> None:
    """AddIndex and RemoveIndex, and the two that do it concurrently."""
    operation = step.operation
    adds = isinstance(operation, operations.AddIndex)
    model = step.model(step.after if adds else step.before, operation.model_name)
    if not migrates(editor, model):
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


def rename_index(editor: Editor, step: Step) -> None:
    operation = step.operation
    old, new = (step.model(state, operation.model_name) for state in (step.before, step.after))
    if not migrates(editor, new) or (step.backwards and operation.old_fields):
        return
    if operation.old_fields:
        names = [index_on(editor, old, old.columns(operation.old_fields)), operation.new_name]
    else:
        names = [operation.old_name, operation.new_name]
    name, to = reversed(names) if step.backwards else names
    if name != to:
        editor.take(RenameIndex(table=table_key(new.table), name=clipped(name), to=clipped(to)))


def constraint(editor: Editor, step: Step) -> None:
    operation = step.operation
    adds = isinstance(operation, operations.AddConstraint)
    model = step.model(step.after if adds else step.before, operation.model_name)
    if not migrates(editor, model):
        return
    known = model.known
    wanted = operation.constraint if adds else known.get_constraint_by_name(operation.name)
    if adds == step.backwards:
        editor.take(objects.removing(model, wanted))
        return
    valid = type(operation).__name__ != "AddConstraintNotValid"
    editor.take(objects.adding(model, wanted, editor.connection, valid=valid))


def validate(editor: Editor, step: Step) -> None:
    model = step.model(step.before, step.operation.model_name)
    if migrates(editor, model) and not step.backwards:
        name = clipped(step.operation.name)
        editor.take(ValidateConstraint(table=table_key(model.table), name=name))

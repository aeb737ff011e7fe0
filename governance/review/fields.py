"""Operations on fields → actions."""

from __future__ import annotations

from governance.review.alteration import alter_field
from governance.review.editor import Editor
from governance.review.steps import Step, migrates


def add_field(editor: Editor, step: Step) -> None:
    name = step.operation.name
    model = step.model(step.after, step.operation.model_name)
    if not migrates(editor, model):
        return
    field = model.field(name)
    if step.backwards:
        editor.remove_field(model, field)
        return
    if not step.operation.preserve_default:
        field.default = step.operation.field.default
        field.__dict__.pop("_get_default", None)
    editor.add_field(step.model(step.before, step.operation.model_name), field)


def remove_field(editor: Editor, step: Step) -> None:
    model = step.model(step.before, step.operation.model_name)
    if migrates(editor, model):
        field = model.field(step.operation.name)
        (editor.add_field if step.backwards else editor.remove_field)(model, field)


def alter_field_of(editor: Editor, step: Step) -> None:
    operation = step.operation
    model, new_model = (step.model(state, operation.model_name) for state in (step.old, step.new))
    if not migrates(editor, new_model):
        return
    old, new = model.field(operation.name), new_model.field(operation.name)
    if not operation.preserve_default:
        new.default = operation.field.default
        new.__dict__.pop("_get_default", None)
    alter_field(editor, model, old, new)


def rename_field(editor: Editor, step: Step) -> None:
    names = [step.operation.old_name, step.operation.new_name]
    old_name, new_name = reversed(names) if step.backwards else names
    model, new_model = (
        step.model(state, step.operation.model_name) for state in (step.old, step.new)
    )
    if migrates(editor, new_model):
        alter_field(editor, model, model.field(old_name), new_model.field(new_name))

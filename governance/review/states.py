"""Project states before and after an operation, sharing what does not change."""

from __future__ import annotations

from django.core.exceptions import FieldDoesNotExist
from django.db.migrations import operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.fields import FieldOperation
from django.db.migrations.operations.models import IndexOperation, ModelOperation
from django.db.migrations.state import ProjectState
from django.db.migrations.utils import get_references
from django.db.models import NOT_PROVIDED

MISTAKES = (LookupError, ValueError, TypeError, AttributeError, FieldDoesNotExist)
"""What Django raises when an operation does not fit the state it meets."""


def advanced(state: ProjectState, operation: Operation, app_label: str) -> ProjectState:
    """Return the state after an operation; ``state`` is left as it is.

    A clone of everything for each operation would cost more than all the rest, so only the models
    that the operation changes are copied. Raises one of ``MISTAKES`` when it does not fit.
    """
    match operation:
        case operations.RunSQL() | operations.RunPython() if not _has_state(operation):
            return state
        case operations.SeparateDatabaseAndState():
            for inner in operation.state_operations:
                state = advanced(state, inner, app_label)
            return state
        case operations.RunSQL():
            for inner in operation.state_operations:
                state = advanced(state, inner, app_label)
            return state
    after = _copied(state, operation, app_label)
    if isinstance(operation, operations.AlterField) and _known(operation):
        _alter_field(after, operation, app_label)
    else:
        operation.state_forwards(app_label, after)
    return after


def _alter_field(after: ProjectState, operation: operations.AlterField, app_label: str) -> None:
    """As Django does, without looking for references of models that are not rendered."""
    field = operation.field
    if not operation.preserve_default:
        field = field.clone()
        field.default = NOT_PROVIDED
    after.models[app_label, operation.model_name_lower].fields[operation.name] = field


def _has_state(operation: Operation) -> bool:
    return bool(getattr(operation, "state_operations", ()))


def _copied(state: ProjectState, operation: Operation, app_label: str) -> ProjectState:
    if not _known(operation) or isinstance(operation, operations.RenameModel):
        return state.clone()
    after = ProjectState(models=dict(state.models), real_apps=state.real_apps)
    name = getattr(operation, "model_name", None) or getattr(operation, "name", "")
    key = (app_label, str(name).lower())
    if key in after.models:
        after.models[key] = after.models[key].clone()
    if isinstance(operation, operations.RenameField):
        _copy_references(after, operation, key)
    return after


def _known(operation: Operation) -> bool:
    """Tell whether ``state_forwards`` is Django's, so that it is known what it changes."""
    kinds = (FieldOperation, ModelOperation, IndexOperation)
    place = type(operation).state_forwards.__module__
    return isinstance(operation, kinds) and place.startswith("django.")


def _copy_references(
    after: ProjectState, operation: operations.RenameField, key: tuple[str, str]
) -> None:
    """Django renames the field in the fields themselves, which the state before shares."""
    if key not in after.models:
        return
    own = after.models[key]
    own.fields = {name: field.clone() for name, field in own.fields.items()}
    found = own.fields.get(operation.old_name)
    if found is None:
        return
    for known, name, field, _ in list(get_references(after, key, (operation.old_name, found))):
        place = (known.app_label, known.name_lower)
        if place != key:
            after.models[place] = known.clone()
            after.models[place].fields[name] = field.clone()

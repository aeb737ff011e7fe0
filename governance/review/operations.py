"""Migration operations → actions. The one place that matches operation types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.migrations import operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.models import AlterTogetherOptionOperation

from governance.ownership.names import table_key
from governance.postgres.ddl.actions import (
    ChangeObject,
    Unreadable,
)
from governance.review import fields, indexes, libraries, scripts, tables
from governance.review.editor import Editor
from governance.review.states import advanced
from governance.review.steps import Step

try:
    from django.db.migrations.operations.models import AlterConstraint
except ImportError:  # Django 5.2 has none
    AlterConstraint = operations.AlterModelManagers  # type: ignore[misc, assignment]

_STATE_ONLY = (operations.AlterModelOptions, operations.AlterModelManagers, AlterConstraint)


def take(editor: Editor, step: Step) -> None:
    """Take the actions of an operation, forwards or backwards.

    Raises one of ``states.MISTAKES`` when the operation does not fit its states.
    """
    editor.source = step.operation
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
    taker = libraries.taker_of(step.operation)
    if taker is not None:
        taker(editor, step)
        return
    known = getattr(step.operation, "model_name", None)
    table = ""
    if isinstance(known, str):
        table = table_key(step.model(step.before, known).table)
    why = "is an operation that governance does not know"
    editor.take(Unreadable(table=table, why=why))


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
    for action in scripts.sql_actions(sql):
        editor.take(action)


def _python(editor: Editor, step: Step) -> None:
    code = step.operation.reverse_code if step.backwards else step.operation.code
    if code is not None:
        for action in scripts.python_actions(code, step.old):
            editor.take(action)


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
        (postgres.ValidateConstraint, indexes.validate),
    )


_TAKERS: tuple[tuple[Any, _Taker], ...] = (
    (operations.SeparateDatabaseAndState, _separate),
    (operations.RunSQL, _sql),
    (operations.RunPython, _python),
    (_STATE_ONLY, _nothing),
    (operations.CreateModel, tables.create),
    (operations.DeleteModel, tables.delete),
    (operations.RenameModel, tables.rename_model),
    (operations.AlterModelTable, tables.alter_table),
    (operations.AlterModelTableComment, tables.table_comment),
    (AlterTogetherOptionOperation, tables.together),
    (operations.AlterOrderWithRespectTo, tables.order),
    (operations.AddField, fields.add_field),
    (operations.RemoveField, fields.remove_field),
    (operations.AlterField, fields.alter_field_of),
    (operations.RenameField, fields.rename_field),
    ((operations.AddIndex, operations.RemoveIndex), indexes.index),
    (operations.RenameIndex, indexes.rename_index),
    ((operations.AddConstraint, operations.RemoveConstraint), indexes.constraint),
    *_of_postgres(),
)

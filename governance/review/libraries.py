"""Operations of other people's libraries → actions, known by the path of their class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from governance.ownership.names import table_key
from governance.postgres.ddl.actions import DropDefault, Expression, SetDefault
from governance.review import conditions
from governance.review.editor import Editor
from governance.review.steps import Step, migrates

_MOMENTS = {"__NOW__": "now()", "__TODAY__": "now()"}


def taker_of(operation: object) -> Callable[[Editor, Step], None] | None:
    """Return what takes the actions of an operation that is not Django's, where it is known."""
    kind = type(operation)
    return _TAKERS.get(f"{kind.__module__.partition('.')[0]}.{kind.__qualname__}")


def _default(editor: Editor, step: Step) -> None:
    model = step.model(step.after, step.operation.model_name)
    if not migrates(editor, model):
        return
    table, column = table_key(model.table), model.field(step.operation.name).column
    if step.backwards:
        editor.take(DropDefault(table=table, column=column))
    else:
        default = Expression(text=_text(step.operation.value, editor.connection))
        editor.take(SetDefault(table=table, column=column, default=default))


def _text(value: Any, connection: Any) -> str:
    return _MOMENTS.get(str(value)) or conditions.literal(value, connection)


_TAKERS: Mapping[str, Callable[[Editor, Step], None]] = {
    "django_add_default_value.AddDefaultValue": _default,
}

"""A write, as the parts of the scan name it to each other."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

from governance.scan import facts
from governance.scan.classes import Klass


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Rows of a model's table, or a table by name, are written."""

    table: str
    operation: str
    by: Klass | None = None
    """The form, serializer or view in whose name it happens; None for the code itself."""
    verbs: tuple[str, ...] = ()
    """Methods of that class, an override of which passes on to the write."""


NOTHING: tuple[Write, ...] = ()


def tables(
    model: Any,
    operation: str,
    names: frozenset[str] | None = None,
    by: Klass | None = None,
    verbs: tuple[str, ...] = (),
) -> tuple[Write, ...]:
    """Return the writes of a model's rows: its table, and those of its parents."""
    return tuple(
        Write(table=m._meta.db_table, operation=operation, by=by, verbs=verbs)
        for m in facts.written_tables(model, names)
        if not m._meta.abstract and not m._meta.swapped
    )


def is_off(node: ast.Call | None, option: str) -> bool:
    """Tell whether a call says ``commit=False``."""
    for keyword in node.keywords if node is not None else ():
        if keyword.arg == option and isinstance(keyword.value, ast.Constant):
            return keyword.value.value is False
    if option == "commit" and node is not None and node.args:
        return isinstance(node.args[0], ast.Constant) and node.args[0].value is False
    return False

"""Operations as they are written in a migration, on one line."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation
from django.db.migrations.writer import MigrationWriter, OperationWriter

from governance.review.policy.cases import Case


def value_code(value: Any) -> str:
    """Return the code of an index or a constraint; a stand-in where Django can't write it."""
    try:
        return str(MigrationWriter.serialize(value)[0])
    except (ValueError, TypeError):
        return f"models.{type(value).__name__}(…)"


def operation_code(operation: Operation) -> str:
    """Return the code of an operation; a stand-in where Django can't write it."""
    try:
        lines = OperationWriter(operation, indentation=0).serialize()[0].splitlines()
    except (ValueError, TypeError):
        return f"migrations.{type(operation).__name__}(…)"
    text = " ".join(line.strip() for line in lines).rstrip(",")
    return text.replace("( ", "(").replace(", )", ")").replace("[ ", "[").replace(", ]", "]")


def keeping_state(case: Case) -> str:
    """Return the line that makes SQL say to Django what the operation would have said.

    Empty for RunSQL, whose author knows.
    """
    if case.operation.kind == "RunSQL":
        return ""
    operation = operation_code(case.operation.operation)
    return f"\nand for Django, on the last RunSQL: state_operations=[{operation}]"

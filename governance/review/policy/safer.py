"""The code that hints are made of: operations and SQL with the names of the user's own tables."""

from __future__ import annotations

import re
from typing import Any

from django.db.migrations.operations.fields import FieldOperation
from django.db.migrations.writer import MigrationWriter
from django.db.models import Field

from governance.postgres.ddl.actions import Column
from governance.review.policy.cases import Case

GAP = "…"
"""Stands where only the author knows what to write."""


_LONG_NAMES = re.compile(
    r"django\.db\.models\.(deletion|functions(\.\w+)*)\.|django\.utils\.timezone\."
    r"|django\.contrib\.postgres\.(\w+\.)+(?=[A-Z])"
)
_SHORT = {"django.db.models.deletion.": "models.", "django.utils.timezone.": "timezone."}


def numbered(intro: str, *steps: str) -> str:
    """Return a sentence and what to do one after the other, each in a release of its own."""
    lines = [f"{n}. {step}".replace("\n", "\n   ") for n, step in enumerate(steps, start=1)]
    return "\n".join([intro, *lines])


def field_operation(case: Case) -> Any:
    """Return the AddField or AlterField that a case comes from; None for SQL and all others."""
    operation = case.operation.operation
    return operation if isinstance(operation, FieldOperation) else None


def field_code(field: Field[Any, Any], *without: str, **changes: Any) -> str:
    """Return the field as it is written in a migration, with arguments left out or changed."""
    try:
        _, _, args, kwargs = field.deconstruct()
        kept = {key: value for key, value in kwargs.items() if key not in without}
        code = str(MigrationWriter.serialize(type(field)(*args, **kept | changes))[0])
    except (ValueError, TypeError, AttributeError):
        return f"models.{type(field).__name__}({GAP})"
    return _LONG_NAMES.sub(lambda found: _SHORT.get(found[0], ""), code)


def add_field(operation: Any, *without: str, **changes: Any) -> str:
    return _field_line("AddField", operation, *without, **changes)


def alter_field(operation: Any, *without: str, **changes: Any) -> str:
    return _field_line("AlterField", operation, *without, **changes)


def _field_line(verb: str, operation: Any, *without: str, **changes: Any) -> str:
    code = field_code(operation.field, *without, **changes)
    return f'migrations.{verb}("{operation.model_name}", "{operation.name}", {code})'


def add_nullable(case: Case, column: Column) -> str:
    """Return how a column is added without a default, a constraint or a value."""
    operation = field_operation(case)
    if operation is not None:
        return add_field(operation, "default", "db_default", "unique", "primary_key", null=True)
    return f"ALTER TABLE {case.table} ADD COLUMN {column.name} {plain_type(column)}"


def plain_type(column: Column) -> str:
    """Return the type to write for a column; that of a serial is the number behind it."""
    number = {"serial": "integer", "bigserial": "bigint", "smallserial": "smallint"}
    return number.get(column.type, column.type) or GAP


def run_sql(forwards: str, backwards: str) -> str:
    return f'migrations.RunSQL("{forwards}", "{backwards}")'


def state_only(*lines: str) -> str:
    """Return an operation that changes what Django knows and leaves the table alone."""
    inner = "".join(f"        {line},\n" for line in lines)
    return f"migrations.SeparateDatabaseAndState(\n    state_operations=[\n{inner}    ]\n)"


def not_null_steps(table: str, column: str) -> tuple[str, str, str]:
    """Return the three steps that make a column NOT NULL without a long lock.

    The CHECK goes in a statement of its own: within one ALTER TABLE it would be dropped first.
    """
    name = f"{column}_not_null"
    drop = f"ALTER TABLE {table} DROP CONSTRAINT {name}"
    return (
        f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IS NOT NULL) NOT VALID",
        f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}",
        f"ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;\n{drop}",
    )

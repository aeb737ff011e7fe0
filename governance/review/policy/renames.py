"""Columns, tables and schemas that get another name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.migrations.operations import AlterField, RenameField, RenameModel

from governance.findings import Finding
from governance.postgres.ddl.actions import (
    Action,
    ChangeObject,
    RenameColumn,
    RenameTable,
    SetSchema,
)
from governance.review.policy.cases import ActionRules, Case, finding
from governance.review.policy.readers import field_of, may_be_read, models_of, running
from governance.review.policy.safer import field_code, numbered, state_only
from governance.review.reviewed import ReviewedMigration, ReviewedOperation
from governance.review.sizes import Sizes


def _column(case: Case, action: RenameColumn) -> Iterator[Finding]:
    if case.is_fresh() or _renames_model(case.operation):
        return
    if not may_be_read(case.migration, case.table, action.column):
        return
    yield case.finding(
        "column-renamed",
        f"renames {case.table}.{action.column} to {action.to}: statements of the running release "
        f"fail (42703) until it is replaced",
        _kept_column(case, action),
        part=action.column,
    )


def _kept_column(case: Case, action: RenameColumn) -> str:
    field = field_of(running(case.migration), case.table, action.column)
    if field is None:
        return numbered(
            "A new column instead, over three releases:",
            f"add {action.to} to {case.table}, and a trigger that keeps both columns equal",
            f"fill {action.to} in batches, then let the code use it only",
            f"drop the trigger and {action.column}",
        )
    model, operation = field.historical.known.name_lower, case.operation.operation
    match operation:
        case RenameField():
            lines = [_code("RenameField", model, operation.old_name, operation.new_name)]
            lines.append(_bound_to(model, operation.new_name, field, action.column))
        case AlterField():
            lines = [_bound_to(model, operation.name, operation.field, action.column)]
        case _:
            lines = [_bound_to(model, field.name, field, action.column)]
    return f"Keep the column, and change what Django calls it:\n{state_only(*lines)}"


def _bound_to(model: str, name: str, field: Any, column: str) -> str:
    return f'migrations.AlterField("{model}", "{name}", {field_code(field, db_column=column)})'


def _code(verb: str, *names: str) -> str:
    return f"migrations.{verb}({', '.join(f'{chr(34)}{name}{chr(34)}' for name in names)})"


def _table(case: Case, action: RenameTable | SetSchema) -> Iterator[Finding]:
    if case.is_fresh() or _renames_model(case.operation):
        return
    if not may_be_read(case.migration, case.table):
        return
    moved = isinstance(action, SetSchema)
    yield case.finding(
        "table-moved" if moved else "table-renamed",
        f"{'moves' if moved else 'renames'} {case.table} to {action.to}: statements of the running "
        "release fail (42P01) until it is replaced",
        _kept_table(case, action.to),
    )


def _kept_table(case: Case, to: str) -> str:
    models = models_of(running(case.migration), case.table)
    view = f"CREATE VIEW {case.table} AS SELECT * FROM {to}"
    if not models:
        return (
            "Leave a view under the old name until the old release is gone, in the same "
            f"migration:\n{view}"
        )
    name = models[0].known.name_lower
    return (
        "Keep the name of the table; where it has to change, leave a view under the old one, in "
        "the same migration:\n"
        + state_only(_code("AlterModelTable", name, case.table))
        + f"\n{view}"
    )


def judge_renamed_model(
    migration: ReviewedMigration, operation: ReviewedOperation, _: Sizes
) -> Iterator[Finding]:
    """RenameModel: its table, and tables and columns of M2M fields, those of other apps too."""
    if not _renames_model(operation) or not operation.steps:
        return
    renamed = [line for step in operation.steps for line in _renaming(migration, step.action)]
    if not renamed:
        return
    model = operation.operation
    assert isinstance(model, RenameModel)
    table = operation.steps[0].action.table
    yield finding(
        migration,
        operation,
        "model-renamed",
        f"renames {', '.join(renamed)}: statements of the running release fail (42P01, 42703) "
        "until it is replaced",
        "Keep the tables, and change what Django calls the model:\n"
        + state_only(
            _code("RenameModel", model.old_name, model.new_name),
            f'migrations.AlterModelTable("{model.new_name}", "{table}")',
        )
        + _joining(renamed),
        table=table,
        what=table,
    )


def _renaming(migration: ReviewedMigration, action: Action) -> Iterator[str]:
    if action.table not in migration.before.tables:
        return
    match action:
        case RenameTable():
            yield f"{action.table} to {action.to}"
        case RenameColumn():
            yield f"{action.table}.{action.column} to {action.to}"


def _joining(renamed: list[str]) -> str:
    if len(renamed) == 1:
        return ""
    return "\nGive its M2M fields a through model that names the tables and columns as they are."


def _renames_model(operation: ReviewedOperation) -> bool:
    return isinstance(operation.operation, RenameModel)


def _schema(case: Case, action: ChangeObject) -> Iterator[Finding]:
    if (action.kind, action.verb) != ("schema", "rename"):
        return
    yield case.finding(
        "schema-renamed",
        f"renames the schema {action.name}: statements of the running release that name it or "
        "have it in their search_path fail (42P01)",
        "Create the new schema beside it, move table by table with a view left behind, and drop "
        f"{action.name} in a later release.",
        part=action.name,
    )


RENAME_RULES: ActionRules = {
    RenameColumn: (_column,),
    RenameTable: (_table,),
    SetSchema: (_table,),
    ChangeObject: (_schema,),
}

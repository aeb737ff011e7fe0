"""Columns, tables and schemas that get another name."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.migrations.operations import RenameField, RenameModel

from governance.findings import Finding
from governance.postgres.ddl.actions import (
    Action,
    ChangeObject,
    RenameColumn,
    RenameTable,
    SetSchema,
)
from governance.review.policy.cases import ActionRules, Case, finding
from governance.review.policy.readers import field_of, may_be_read, running
from governance.review.policy.safer import field_code, numbered, state_only
from governance.review.reviewed import ReviewedMigration, ReviewedOperation
from governance.review.sizes import Sizes


def _column(case: Case, action: RenameColumn) -> Iterator[Finding]:
    after = case.migration.after.tables.get(case.table)
    if case.is_fresh() or _renames_model(case.operation):
        return
    if after is not None and action.column in after.columns:  # and back again
        return
    if not may_be_read(case.migration, case.table, action.column):
        return
    yield case.finding(
        "column-renamed",
        f"renames {case.table}.{action.column} to {action.to}: statements of the running release "
        "fail (42703) until it is replaced",
        _kept_column(case, action),
        part=action.column,
    )


def _kept_column(case: Case, action: RenameColumn) -> str:
    field = field_of(running(case.migration), case.table, action.column)
    operation = case.operation.operation
    if field is None or not isinstance(operation, RenameField):
        return numbered(
            "Keep the name; where it has to change, a new column, over three releases:",
            f"add {action.to} to {case.table}, and a trigger that keeps both columns equal",
            f"fill {action.to} in batches, then let the code use it only",
            f"drop the trigger and {action.column}",
        )
    model, new = field.historical.known.name_lower, operation.new_name
    code = field_code(field, db_column=action.column)
    return "Keep the column, and change what Django calls it:\n" + state_only(
        _code("RenameField", model, operation.old_name, new),
        f'migrations.AlterField("{model}", "{new}", {code})',
    )


def _code(verb: str, *names: str) -> str:
    return f"migrations.{verb}({', '.join(f'{chr(34)}{name}{chr(34)}' for name in names)})"


def _table(case: Case, action: RenameTable | SetSchema) -> Iterator[Finding]:
    left = case.migration.after.tables.get(case.table)
    if case.is_fresh() or _renames_model(case.operation) or left is not None:
        return  # a view under the old name serves the running release
    if not may_be_read(case.migration, case.table):
        return
    moved = isinstance(action, SetSchema)
    yield case.finding(
        "table-moved" if moved else "table-renamed",
        f"{'moves' if moved else 'renames'} {case.table} to {action.to}: statements of the running "
        "release fail (42P01) until it is replaced",
        "Keep the name. Where it has to change, leave a view under the old one, in the same "
        f'migration:\nmigrations.RunSQL("CREATE VIEW {case.table} AS SELECT * FROM {action.to}")',
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
        f"Keep the tables, and change what Django calls the model{_joining(renamed)}:\n"
        + state_only(
            _code("RenameModel", model.old_name, model.new_name),
            f'migrations.AlterModelTable("{model.new_name}", "{table}")',
        ),
        table=table,
        what=table,
        details={"tables": sorted({step.action.table for step in operation.steps})},
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
    return "; give its M2M fields a through model that names their tables and columns as they are"


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

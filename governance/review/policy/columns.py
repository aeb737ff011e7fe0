"""Columns that are added."""

from __future__ import annotations

from collections.abc import Iterator

from governance.findings import Finding
from governance.postgres.ddl.actions import AddColumn, DropDefault, Volatility
from governance.review.policy.cases import ActionRules, Case


def _required_without_default(case: Case, action: AddColumn) -> Iterator[Finding]:
    column = action.column
    filled = column.default or column.generated or column.identity or column.serial
    if case.is_fresh() or not column.not_null or filled:
        return
    yield case.finding(
        "required-column-without-default",
        f"adds {column.name} to {case.table}{case.size()} as NOT NULL without a default: it fails "
        "on the first row (23502), and INSERTs of the running release would fail as well",
        f"Keep a default in the database, or add {column.name} nullable, fill it, and make it "
        "NOT NULL in a later release:\n"
        f"ALTER TABLE {case.table} ADD COLUMN {column.name} {column.type} NOT NULL DEFAULT …",
        part=column.name,
    )


def _default_only_in_python(case: Case, action: DropDefault) -> Iterator[Finding]:
    """Django's AddField(default=…): ADD COLUMN … DEFAULT, then DROP DEFAULT."""
    column = case.column(action.column)
    before = case.migration.before.tables.get(case.table)
    added_here = before is not None and action.column not in before.columns
    if not added_here or column is None or not column.not_null or column.default is None:
        return
    yield case.finding(
        "default-only-in-python",
        f"adds {action.column} to {case.table} as NOT NULL and then drops its default: INSERTs of "
        "the release that still runs fail (23502)",
        f"Let the database keep the default: add db_default={column.default.text} to the field "
        f"{action.column}.",
        part=action.column,
    )


def _volatile_default(case: Case, action: AddColumn) -> Iterator[Finding]:
    column = action.column
    if column.default is None or column.default.volatility is Volatility.CONSTANT:
        return
    if case.is_quiet():
        return
    yield case.finding(
        "volatile-default",
        f"rewrites {case.table}{case.size()} under ACCESS EXCLUSIVE to fill {column.name} with "
        f"{column.default.text}: nobody can read or write the table meanwhile",
        "Three migrations instead:\n"
        f"1. add {column.name} with null=True and no default\n"
        f"2. ALTER TABLE {case.table} ALTER COLUMN {column.name} SET DEFAULT "
        f"{column.default.text}\n"
        "3. fill the old rows in batches, then make it NOT NULL by a validated CHECK",
        part=column.name,
    )


COLUMN_RULES: ActionRules = {
    AddColumn: (_required_without_default, _volatile_default),
    DropDefault: (_default_only_in_python,),
}

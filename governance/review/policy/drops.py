"""Columns and tables that are dropped."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.migrations.operations import RemoveField, RunSQL, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation

from governance.findings import Finding
from governance.postgres.ddl.actions import (
    AddColumn,
    CreateTable,
    DropColumn,
    DropTable,
    Unreadable,
)
from governance.postgres.locks import Lock
from governance.review.policy.cases import ActionRules, Case
from governance.review.policy.readers import field_of, may_be_read, models_of, running, views_of
from governance.review.policy.safer import GAP, field_code, numbered, run_sql, state_only
from governance.review.scripts import sql_actions

_NEEDED = "2BP01"


def _column(case: Case, action: DropColumn) -> Iterator[Finding]:
    """One finding: what fails or is lost by mistake comes before what the running release reads."""
    known = case.known()
    if case.is_fresh() or (known and known.complete and action.column not in known.columns):
        return
    if case.step.effects.error == _NEEDED:
        yield _needed(case, action.column)
    elif _added_before(case, action.column):
        return
    elif (twin := _twin(case, action)) is not None:
        yield _swapped(case, action, twin)
    elif may_be_read(case.migration, case.table, action.column):
        yield _read(case, action.column)
    else:
        yield _contents(case, action, f"{case.table}.{action.column}", action.column)


def _needed(case: Case, column: str) -> Finding:
    return case.finding(
        "dropped-column-is-used",
        f"drops {case.table}.{column}, which a view or a generated column uses: it fails (2BP01)",
        f"First drop or replace what uses {case.table}.{column}, by name; CASCADE would drop it "
        "without telling.",
        part=column,
    )


def _swapped(case: Case, action: DropColumn, twin: str) -> Finding:
    table, column = case.table, action.column
    if twin == column:
        fact = f"drops {table}.{column} and adds it again: its values are lost{case.size()}"
        instead = numbered(
            "Three releases instead:",
            f"add {column}_new, and a trigger that keeps both columns equal",
            f"fill {column}_new in batches, then let the code read and write it only",
            f"drop the trigger and {column}",
        )
    else:
        fact = (
            f"drops {table}.{column} and adds {twin}, which is defined alike: its values are "
            f"lost{case.size()}"
        )
        instead = (
            "If it is a new name, keep the column and change what Django calls it:\n"
            + _renamed(case, column, twin)
        )
    return case.finding("column-dropped-and-added", fact, instead, part=column)


def _read(case: Case, column: str) -> Finding:
    known = field_of(running(case.migration), case.table, column) is not None
    return case.finding(
        "column-dropped",
        f"drops {case.table}.{column}, which the running release "
        f"{'still reads' if known else 'may read'}: its SELECTs and INSERTs on {case.table} fail "
        "(42703) until it is replaced",
        _two_releases(case, column),
        part=column,
    )


def _contents(case: Case, action: DropColumn | DropTable, what: str, part: str = "") -> Finding:
    if _is_made_again_backwards(case, action):
        return case.finding(
            "contents-dropped",
            f"drops {what}{case.size()}, which no model uses any more, with all that is in it",
            f"Keep a copy of {what} if there may be a way back.",
            part=part,
        )
    return case.finding(
        "drop-not-undone",
        f"drops {what}{case.size()} with all that is in it, and does not make it again when it "
        "is undone: the migrations before it, and their releases, have to do without",
        f"Keep a copy of {what}, and write a reverse_sql that makes it again.",
        part=part,
    )


def _is_made_again_backwards(case: Case, action: DropColumn | DropTable) -> bool:
    """Django's own operations do; of a RunSQL the reverse is read."""
    texts = list(_reverses(case.operation.operation))
    for found in (found for sql in texts for found in sql_actions(sql)):
        match found:
            case CreateTable(table=action.table):
                return True
            case AddColumn(table=action.table, column=column):
                if isinstance(action, DropColumn) and column.name == action.column:
                    return True
            case Unreadable():
                return True
    return not texts


def _reverses(operation: Operation) -> Iterator[object]:
    if isinstance(operation, RunSQL) and operation.reverse_sql is not None:
        yield operation.reverse_sql
    elif isinstance(operation, SeparateDatabaseAndState):
        for inner in operation.database_operations:
            yield from _reverses(inner)


def _two_releases(case: Case, column: str) -> str:
    """Return how a column goes: out of the models first, out of the table one release later."""
    known = case.column(column)
    drop = run_sql(
        f"ALTER TABLE {case.table} DROP COLUMN {column}",
        f"ALTER TABLE {case.table} ADD COLUMN {column} {(known and known.type) or GAP}",
    )
    field = field_of(running(case.migration), case.table, column)
    if field is None or field.primary_key:
        return numbered("Two releases instead:", f"let no code use {column}", drop)
    model = field.historical.known.name_lower
    removal = state_only(f'migrations.RemoveField("{model}", "{field.name}")')
    if not (field.null or field.has_db_default() or field.generated):
        changes = {"db_constraint": False} if field.remote_field else {}
        code = field_code(field, "default", null=True, **changes)
        removal = f'migrations.AlterField("{model}", "{field.name}", {code})\n{removal}'
    return numbered("Two releases instead:", removal, drop)


def _renamed(case: Case, column: str, twin: str) -> str:
    field = field_of(running(case.migration), case.table, column)
    if field is None:
        return f"ALTER TABLE {case.table} RENAME COLUMN {column} TO {twin}"
    model = field.historical.known.name_lower
    new = field_code(field, db_column=column)
    return state_only(
        f'migrations.RenameField("{model}", "{field.name}", "{twin}")',
        f'migrations.AlterField("{model}", "{twin}", {new})',
    )


def _twin(case: Case, action: DropColumn) -> str | None:
    """Return a column that the migration adds to the table in place of this one."""
    known = case.column(action.column)
    for operation in case.migration.operations:
        for step in operation.steps:
            added = step.action
            if not isinstance(added, AddColumn) or added.table != case.table:
                continue
            new = added.column
            if new.name == action.column:
                return new.name
            if known and known.type and (known.type, known.not_null) == (new.type, new.not_null):
                return new.name if _is_lone(case) else None
    return None


def _is_lone(case: Case) -> bool:
    """Tell whether the migration drops and adds one column of the table: one for the other."""
    actions = [step.action for operation in case.migration.operations for step in operation.steps]
    here = [action for action in actions if action.table == case.table]
    return all(sum(isinstance(a, kind) for a in here) == 1 for kind in (DropColumn, AddColumn))


def _added_before(case: Case, column: str) -> bool:
    """Tell whether this migration itself has added the column: nobody has put anything in it."""
    before = case.migration.before.tables.get(case.table)
    return before is not None and before.complete and column not in before.columns


def _column_cascades(case: Case, action: DropColumn) -> Iterator[Finding]:
    if action.cascade and not case.is_fresh():
        what = f"{case.table}.{action.column}"
        yield from _cascades(case, what, action.column, f"DROP COLUMN {action.column}")


def _cascades(case: Case, what: str, column: str, clause: str) -> Iterator[Finding]:
    """Django writes CASCADE where it need not: told where that is known to hit something."""
    views = views_of(case, column)
    if not views and case.operation.kind != "RunSQL":
        return
    others = ", ".join(views) or "views, foreign keys and whatever else depends on it"
    yield case.finding(
        "cascading-drop",
        f"drops {what} with CASCADE, and with it {others}, which it does not name",
        "Drop what depends on it by name, each where it belongs, then:\n"
        + (f"ALTER TABLE {case.table} {clause}" if column else clause),
        part=f"{column} cascade".strip(),
    )


def _table(case: Case, action: DropTable) -> Iterator[Finding]:
    """DeleteModel drops the tables of its M2M fields first: one finding, at the model's own."""
    migration = case.migration
    dropped = [s.action.table for s in case.operation.steps if isinstance(s.action, DropTable)]
    known = migration.before.tables.get(case.table)
    if case.is_fresh() or (case.operation.kind == "DeleteModel" and dropped[-1] != case.table):
        return
    if _is_created_again(case):
        if known is not None or not action.if_exists:
            yield _created_again(case, dropped)
    elif may_be_read(migration, case.table):
        yield _table_read(case, dropped if case.operation.kind == "DeleteModel" else [case.table])
    else:
        yield _contents(case, action, case.table)


def _created_again(case: Case, dropped: list[str]) -> Finding:
    return case.finding(
        "table-dropped-and-created",
        f"drops {case.table} and creates it again: its rows are lost{case.size()}",
        f"Change {case.table} by operations on its columns and constraints instead.",
        tables=dropped,
    )


def _table_read(case: Case, dropped: list[str]) -> Finding:
    parents = {effect.relation for effect in case.others(Lock.ACCESS_EXCLUSIVE)} - set(dropped)
    also = f". It locks {', '.join(sorted(parents))} as well (ACCESS EXCLUSIVE)" if parents else ""
    known = models_of(running(case.migration), case.table)
    tables = " and ".join(f"{table}{case.size(table)}" for table in reversed(dropped))
    return case.finding(
        "table-dropped",
        f"drops {tables}, which the running release {'still uses' if known else 'may use'}: its "
        f"statements fail (42P01) until it is replaced{also}",
        _table_in_two_releases(case, dropped),
        tables=dropped,
    )


def _table_in_two_releases(case: Case, dropped: list[str]) -> str:
    models, operation = models_of(running(case.migration), case.table), case.operation.operation
    back = "; ".join(f"CREATE TABLE {table} ({GAP})" for table in reversed(dropped))
    drop = run_sql(f"DROP TABLE {', '.join(dropped)}", back)
    if not models:
        return numbered("Two releases instead:", f"let no code use {case.table}", drop)
    removals = [f'migrations.DeleteModel("{model.known.name}")' for model in models]
    if isinstance(operation, RemoveField):  # of an M2M field
        removals = [f'migrations.RemoveField("{operation.model_name}", "{operation.name}")']
    return numbered("Two releases instead:", state_only(*removals), drop)


def _is_created_again(case: Case) -> bool:
    return any(
        isinstance(step.action, CreateTable) and step.action.table == case.table
        for operation in case.migration.operations
        for step in operation.steps
    )


def _table_cascades(case: Case, action: DropTable) -> Iterator[Finding]:
    if action.cascade and not case.is_fresh():
        yield from _cascades(case, case.table, "", f"DROP TABLE {case.table}")


DROP_RULES: ActionRules = {
    DropColumn: (_column, _column_cascades),
    DropTable: (_table, _table_cascades),
}

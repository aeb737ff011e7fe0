"""What RunPython functions do, read from their source."""

from __future__ import annotations

from collections.abc import Iterator

from governance.findings import Finding
from governance.postgres.ddl.actions import Action, CallFunction, WriteRows
from governance.postgres.locks import Lock
from governance.review.details import is_new
from governance.review.policy.cases import finding
from governance.review.reviewed import ReviewedMigration, ReviewedOperation
from governance.review.script import Loop, Script, Write
from governance.review.scripts import table_of
from governance.review.sizes import Sizes

_ROWS = (WriteRows, CallFunction)


def judge_scripts(
    migration: ReviewedMigration, operation: ReviewedOperation, sizes: Sizes
) -> Iterator[Finding]:
    """Yield what is said of the functions of an operation."""
    for script in operation.python:
        for slug, fact, instead in (*_source(script), *_schema(script)):
            yield finding(migration, operation, slug, fact, instead, what=f"{script.name} {slug}")
        yield from _loops(migration, operation, script, sizes)
        yield from _under_lock(migration, operation, script, sizes)


def _source(script: Script) -> Iterator[tuple[str, str, str]]:
    for label in script.live_models:
        app, _, model = label.partition(".")
        yield (
            "live-model-in-migration",
            f"imports {label} in {script.name}: the class of today, not the table as it is now",
            f'{model} = apps.get_model("{app}", "{model}")',
        )
    if script.composed_sql:
        yield (
            "sql-put-together",
            f"puts SQL together from pieces in {script.name}: what it does can't be reviewed",
            "Pass values as parameters: cursor.execute(sql, [value])",
        )


def _schema(script: Script) -> Iterator[tuple[str, str, str]]:
    steps = [s for s in script.steps if isinstance(s, Action) and not isinstance(s, _ROWS)]
    calls = [f"schema_editor.{name}" for name in script.schema_editor_calls]
    for what in dict.fromkeys([*calls, *(_words(step) for step in steps)]):
        yield (
            "schema-change-in-python",
            f"changes the schema in {script.name} ({what}): Django's state does not know of it",
            "Write it as an operation, or as RunSQL with state_operations=[…].",
        )


def _words(action: Action) -> str:
    name = "".join(f" {c.lower()}" if c.isupper() else c for c in type(action).__name__).strip()
    return f"{name} on {action.table}" if action.table else name


def _loops(
    migration: ReviewedMigration, operation: ReviewedOperation, script: Script, sizes: Sizes
) -> Iterator[Finding]:
    for loop in script.loops:
        table = table_of(operation.state_before, loop.app_label, loop.model)
        if is_new(table, migration) or sizes.is_small(table):
            continue
        yield finding(
            migration,
            operation,
            "rows-loaded-at-once",
            f"loads all rows of {table} in {script.name}{_saving(loop)}",
            "Go through them in batches: .iterator(chunk_size=2000), and bulk_update or one "
            "UPDATE for each batch.",
            table=table,
            what=f"{script.name} loop {table}",
        )


def _saving(loop: Loop) -> str:
    return ", and saves each by a statement of its own" if loop.saves else ""


def _under_lock(
    migration: ReviewedMigration, operation: ReviewedOperation, script: Script, sizes: Sizes
) -> Iterator[Finding]:
    """Work on other tables is done while an earlier operation's lock is held."""
    locked = _locked_before(migration, operation, sizes)
    written = {
        step.table or table_of(operation.state_before, step.app_label, step.model)
        for step in script.steps
        if isinstance(step, Write)
    }
    for table in locked:
        if written and table not in written:
            yield finding(
                migration,
                operation,
                "work-under-a-strong-lock",
                f"runs {script.name} while ACCESS EXCLUSIVE on {table} is held: nobody can read "
                "or write it until the function is done",
                "Move it to a migration of its own.",
                table=table,
                what=f"{script.name} {table}",
            )


def _locked_before(
    migration: ReviewedMigration, operation: ReviewedOperation, sizes: Sizes
) -> list[str]:
    if not migration.atomic:
        return []
    return list(
        dict.fromkeys(
            effect.relation
            for earlier in migration.operations[: operation.number - 1]
            for step in earlier.steps
            for effect in step.effects.relations
            if effect.lock is Lock.ACCESS_EXCLUSIVE
            and not is_new(effect.relation, migration)
            and not sizes.is_small(effect.relation)
        )
    )

"""Rules about an operation or a migration as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

from governance.findings import Finding
from governance.postgres.ddl.actions import AlterType, DropNotNull, SetNotNull
from governance.postgres.locks import Lock
from governance.review.details import is_new
from governance.review.places import location_of
from governance.review.policy.cases import finding
from governance.review.reviewed import Phase, Reversal, ReviewedMigration, ReviewedOperation, Step
from governance.review.sizes import Sizes
from governance.rules import rule

_AUTOMATIC = re.compile(r"\d{4}_auto_\d{8}_\d{4}")
_MANY_TABLES = 3


def judge_operation(
    migration: ReviewedMigration, operation: ReviewedOperation, sizes: Sizes
) -> Iterator[Finding]:
    """Yield what is said of an operation once, whatever its single actions are."""
    del sizes
    if operation.reversal is Reversal.IMPOSSIBLE:
        argument = "reverse_code" if operation.kind == "RunPython" else "reverse_sql"
        noop = f"migrations.{operation.kind}.noop" if operation.kind.startswith("Run") else "noop"
        yield finding(
            migration,
            operation,
            "no-way-back",
            "can't be undone, and with it no migration before it",
            f"Give {argument}; where nothing has to be undone: {argument}={noop}",
        )
    elif operation.reversal is Reversal.FAILS_WITH_ROWS and operation.phase is not Phase.CONTRACT:
        yield from _way_back(migration, operation)


def _way_back(migration: ReviewedMigration, operation: ReviewedOperation) -> Iterator[Finding]:
    """What lets NULLs in is told by a rule of its own."""
    facts = [_outgrown(step) for step in operation.steps if isinstance(step.action, AlterType)]
    if not facts and not any(isinstance(step.action, DropNotNull) for step in operation.steps):
        facts = ["can be undone only until the new release has written rows"]
    for fact in facts:
        yield finding(
            migration,
            operation,
            "way-back-needs-care",
            fact,
            "Say on the review card what to do with these rows before going back.",
        )


def _outgrown(step: Step) -> str:
    action = step.action
    assert isinstance(action, AlterType)
    table = step.before.tables.get(action.table)
    column = table.columns.get(action.column) if table else None
    old = column.type if column and column.type else "its old type"
    return (
        f"makes {action.table}.{action.column} {action.type}: once a value is there that does not "
        f"fit {old}, this can't be undone"
    )


def judge_migration(migration: ReviewedMigration, sizes: Sizes) -> Iterator[Finding]:
    """Yield what is said of a migration as a whole."""
    yield from _name(migration)
    if migration.atomic:
        yield from _several_tables(migration)
        yield from _merged(migration, sizes)
    else:
        yield from _repeatable(migration)


def _name(migration: ReviewedMigration) -> Iterator[Finding]:
    if _AUTOMATIC.fullmatch(migration.migration.name):
        yield _whole(
            migration,
            "automatic-name",
            "has the name that Django made up, which tells nobody what it does",
            f"git mv it to {migration.migration.name[:4]}_<what it does>.py before it is applied.",
        )


def _several_tables(migration: ReviewedMigration) -> Iterator[Finding]:
    locked = dict.fromkeys(
        step.action.table
        for operation in migration.operations
        for step in operation.steps
        for effect in step.effects.relations
        if effect.relation == step.action.table
        and effect.lock is Lock.ACCESS_EXCLUSIVE
        and not is_new(effect.relation, migration)
    )
    if len(locked) >= _MANY_TABLES:
        yield _whole(
            migration,
            "several-tables-locked",
            f"locks {len(locked)} tables in one transaction: {', '.join(locked)}",
            "One table for each migration.",
        )


def _merged(migration: ReviewedMigration, sizes: Sizes) -> Iterator[Finding]:
    passes: dict[str, set[int]] = {}
    for operation in migration.operations:
        for step in operation.steps:
            table = step.action.table
            read = any(
                (e.scan or e.rewrite) and e.relation == table for e in step.effects.relations
            )
            if read and isinstance(step.action, AlterType | SetNotNull):
                passes.setdefault(table, set()).add(operation.number)
    for table, numbers in passes.items():
        if len(numbers) > 1 and not is_new(table, migration) and not sizes.is_small(table):
            listed = ", ".join(str(number) for number in sorted(numbers))
            yield _whole(
                migration,
                "operations-to-merge",
                f"reads or rewrites {table} once for each of its operations {listed}",
                "Write them as one ALTER TABLE in a RunSQL with state_operations.",
            )


def _repeatable(migration: ReviewedMigration) -> Iterator[Finding]:
    lasting = [o for o in migration.operations if o.steps or o.kind == "RunPython"]
    if len(lasting) > 1:
        yield _whole(
            migration,
            "not-repeatable",
            f"has {len(lasting)} operations without a transaction: when one fails, those before "
            "it stay done, and the next run fails on them",
            "One operation for each migration with atomic = False.",
        )


def _whole(migration: ReviewedMigration, slug: str, fact: str, instead: str) -> Finding:
    return Finding(
        rule=rule(slug),
        message=f"{migration.name} {fact}.",
        hint=instead,
        subject=migration.name,
        location=location_of(migration.migration),
        details={"operation": "migration"},
    )

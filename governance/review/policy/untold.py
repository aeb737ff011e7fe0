"""What surely fails or surely takes long, and what no rule about it has told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from governance.findings import Finding, Severity
from governance.postgres.ddl.effects import Effect
from governance.postgres.locks import Lock
from governance.review.details import is_new
from governance.review.policy.cases import finding
from governance.review.reviewed import ReviewedMigration, ReviewedOperation, Step
from governance.review.sizes import Sizes

_REASONS = {
    "0A000": "something that uses it forbids that",
    "23502": "a row has NULL there",
    "25001": "it can't run in a transaction",
    "2BP01": "something else needs it",
    "42804": "there is no cast from the old type to the new one, so it needs USING",
    "42P16": "the definition of the table forbids that",
}


def judge_failing(migration: ReviewedMigration, told: Sequence[Finding]) -> Iterator[Finding]:
    """Tell of statements that surely fail, in operations without any error among ``told``."""
    for operation in _without_errors(migration, told):
        for step in operation.steps:
            yield from _failing(migration, operation, step)


def judge_untold(
    migration: ReviewedMigration, sizes: Sizes, told: Sequence[Finding]
) -> Iterator[Finding]:
    """Tell of operations without any error among ``told``, by what PostgreSQL does for them."""
    for operation in _without_errors(migration, told):
        for step in operation.steps:
            yield from _long(migration, operation, step, sizes)


def _without_errors(
    migration: ReviewedMigration, told: Sequence[Finding]
) -> list[ReviewedOperation]:
    errors = {f.subject for f in told if f.severity >= Severity.ERROR}
    return [o for o in migration.operations if f"{migration.name}#{o.number}" not in errors]


def _failing(
    migration: ReviewedMigration, operation: ReviewedOperation, step: Step
) -> Iterator[Finding]:
    code, table = step.effects.error, step.action.table
    if not code or (table and table not in migration.before.tables):
        return
    on = f" on {table}" if table else ""
    why = _REASONS.get(code, "PostgreSQL refuses it")
    yield finding(
        migration,
        operation,
        "statement-fails",
        f"fails{on}, because {why} ({code})",
        "Rehearse it on a copy of the database before you change it.",
        table=table,
        what=f"{table} {code}",
    )


def _long(
    migration: ReviewedMigration, operation: ReviewedOperation, step: Step, sizes: Sizes
) -> Iterator[Finding]:
    for effect in step.effects.relations:
        table = effect.relation
        earlier = step.earlier(table)
        there = earlier in migration.before.tables or not is_new(table, migration)
        known = there and table in step.before.tables
        if _is_long(effect) and known and not sizes.is_small(earlier):
            yield finding(
                migration,
                operation,
                "long-lock",
                f"{'rewrites' if effect.rewrite else 'reads all rows of'} {table} under "
                f"{effect.lock}: nobody can {_stopped(effect)} it meanwhile",
                "Look for a way in several migrations, or run it while nobody works.",
                table=table,
                what=table,
            )


def _is_long(effect: Effect) -> bool:
    return (effect.rewrite or effect.scan) and effect.lock >= Lock.SHARE


def _stopped(effect: Effect) -> str:
    return "read or write" if effect.lock.blocks_reads else "write"

"""All rules of the review, in the order in which they are told."""

from __future__ import annotations

from collections.abc import Iterator

from governance.findings import Finding
from governance.review.policy.cases import ActionRules, Case
from governance.review.policy.columns import COLUMN_RULES
from governance.review.policy.constraints import CONSTRAINT_RULES
from governance.review.policy.indexes import INDEX_RULES
from governance.review.policy.objects import OBJECT_RULES
from governance.review.policy.rows import ROW_RULES
from governance.review.policy.whole import judge_migration, judge_operation
from governance.review.reviewed import ReviewedMigration
from governance.review.sizes import NO_SIZES, Sizes

_ACTION_RULES: tuple[ActionRules, ...] = (
    COLUMN_RULES,
    CONSTRAINT_RULES,
    INDEX_RULES,
    OBJECT_RULES,
    ROW_RULES,
)


def judge(migration: ReviewedMigration, sizes: Sizes = NO_SIZES) -> list[Finding]:
    """Return what is risky about a migration; the same thing is told once."""
    return list({f.fingerprint: f for f in _findings(migration, sizes)}.values())


def _findings(migration: ReviewedMigration, sizes: Sizes) -> Iterator[Finding]:
    for operation in migration.operations:
        for step in operation.steps:
            case = Case(migration=migration, operation=operation, step=step, sizes=sizes)
            for rules in _ACTION_RULES:
                for judge_action in rules.get(type(step.action), ()):
                    yield from judge_action(case, step.action)
        yield from judge_operation(migration, operation, sizes)
    yield from judge_migration(migration, sizes)

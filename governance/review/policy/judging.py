"""All rules of the review, in the order in which they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from governance.findings import Finding
from governance.review.policy.additions import ADDITION_RULES
from governance.review.policy.cases import ActionRules, Case
from governance.review.policy.columns import COLUMN_RULES
from governance.review.policy.drops import DROP_RULES
from governance.review.policy.generation import GENERATION_RULES
from governance.review.policy.nullability import NULLABILITY_RULES
from governance.review.policy.partitions import PARTITION_RULES
from governance.review.policy.references import judge_rebuilt
from governance.review.policy.releases import judge_releases
from governance.review.policy.renames import RENAME_RULES, judge_renamed_model
from governance.review.policy.tables import TABLE_RULES
from governance.review.policy.types import TYPE_RULES, judge_cascade
from governance.review.reviewed import ReviewedMigration, ReviewedOperation
from governance.review.sizes import NO_SIZES, Sizes

OperationRule = Callable[[ReviewedMigration, ReviewedOperation, Sizes], Iterator[Finding]]
"""Judges one operation: several actions together, or what is no action."""

_ACTION_RULES: tuple[ActionRules, ...] = (
    COLUMN_RULES,
    ADDITION_RULES,
    TYPE_RULES,
    NULLABILITY_RULES,
    GENERATION_RULES,
    DROP_RULES,
    RENAME_RULES,
    TABLE_RULES,
    PARTITION_RULES,
)
_OPERATION_RULES: tuple[OperationRule, ...] = (judge_cascade, judge_rebuilt, judge_renamed_model)


def judge(migration: ReviewedMigration, sizes: Sizes = NO_SIZES) -> list[Finding]:
    """Return what is risky about a migration; the same thing is told once."""
    found = {f.fingerprint: f for f in _findings(migration, sizes)}
    untold = {f.fingerprint: f for f in judge_releases(migration, list(found.values()))}
    return list((found | untold).values())


def _findings(migration: ReviewedMigration, sizes: Sizes) -> Iterator[Finding]:
    for operation in migration.operations:
        for step in operation.steps:
            case = Case(migration=migration, operation=operation, step=step, sizes=sizes)
            for rules in _ACTION_RULES:
                for judge_action in rules.get(type(step.action), ()):
                    yield from judge_action(case, step.action)
        for judge_operation in _OPERATION_RULES:
            yield from judge_operation(migration, operation, sizes)

"""All rules of the review, in the order in which they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from governance.findings import Finding
from governance.review.policy.additions import ADDITION_RULES
from governance.review.policy.cases import ActionRules, Case
from governance.review.policy.columns import COLUMN_RULES
from governance.review.policy.constraints import CONSTRAINT_RULES
from governance.review.policy.drops import DROP_RULES
from governance.review.policy.generation import GENERATION_RULES
from governance.review.policy.indexes import INDEX_RULES
from governance.review.policy.nullability import NULLABILITY_RULES
from governance.review.policy.objects import OBJECT_RULES
from governance.review.policy.partitions import PARTITION_RULES
from governance.review.policy.references import judge_rebuilt
from governance.review.policy.releases import judge_releases
from governance.review.policy.renames import RENAME_RULES, judge_renamed_model
from governance.review.policy.rows import ROW_RULES
from governance.review.policy.scripts import judge_scripts
from governance.review.policy.tables import TABLE_RULES
from governance.review.policy.types import TYPE_RULES, judge_cascade
from governance.review.policy.untold import judge_failing, judge_untold
from governance.review.policy.whole import judge_migration, judge_operation
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
    CONSTRAINT_RULES,
    INDEX_RULES,
    OBJECT_RULES,
    ROW_RULES,
)
_OPERATION_RULES: tuple[OperationRule, ...] = (
    judge_cascade,
    judge_rebuilt,
    judge_renamed_model,
    judge_operation,
    judge_scripts,
)
_OF_FOREIGN_KEYS = frozenset(
    {
        "foreign-key-validated-at-once",
        "foreign-key-locks-both-tables",
        "foreign-key-drop-locks-both-tables",
    }
)
_INCLUDED: Mapping[str, frozenset[str]] = {
    "foreign-key-rebuilt": _OF_FOREIGN_KEYS,
    "key-type-cascades": _OF_FOREIGN_KEYS,
    "column-renamed": _OF_FOREIGN_KEYS,
    "model-renamed": _OF_FOREIGN_KEYS | {"foreign-key-rebuilt"},
    "null-allowed": frozenset({"way-back-needs-care"}),
    "nulls-filled-under-lock": frozenset({"backfill-with-schema-change", "unbatched-write"}),
    "one-value-for-unique-column": frozenset({"default-only-in-python", "unique-built-under-lock"}),
}
"""What needs no telling once the operation has the finding in front."""


def judge(migration: ReviewedMigration, sizes: Sizes = NO_SIZES) -> list[Finding]:
    """Return what is risky about a migration; the same thing is told once."""
    found = _once(_without_included(list(_findings(migration, sizes))))
    found += judge_failing(migration, found)
    found += judge_releases(migration, found)
    return _once([*found, *judge_untold(migration, sizes, found)])


def _findings(migration: ReviewedMigration, sizes: Sizes) -> Iterator[Finding]:
    for operation in migration.operations:
        for step in operation.steps:
            case = Case(migration=migration, operation=operation, step=step, sizes=sizes)
            for rules in _ACTION_RULES:
                for judge_action in rules.get(type(step.action), ()):
                    yield from judge_action(case, step.action)
        for judge_whole in _OPERATION_RULES:
            yield from judge_whole(migration, operation, sizes)
    yield from judge_migration(migration, sizes)


def _without_included(findings: list[Finding]) -> list[Finding]:
    included = {
        (finding.subject, slug)
        for finding in findings
        for slug in _INCLUDED.get(finding.rule.slug, ())
    }
    return [f for f in findings if (f.subject, f.rule.slug) not in included]


def _once(findings: Iterable[Finding]) -> list[Finding]:
    return list({finding.fingerprint: finding for finding in findings}.values())

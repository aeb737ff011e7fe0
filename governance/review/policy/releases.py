"""Releases that break and that no rule about one action has told of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from governance.findings import Finding, Severity
from governance.postgres.ddl.actions import Column, RenameTable, SetSchema
from governance.review.policy.cases import finding
from governance.review.policy.readers import columns_of, coming, may_be_mended, models_of
from governance.review.policy.safer import numbered
from governance.review.reviewed import Breakage, ReviewedMigration, ReviewedOperation

_COSTS = frozenset(
    {
        "volatile-default",
        "numbering-column",
        "stored-generated-column",
        "constrained-domain-column",
        "time-zone-rewrite",
        "type-rewrite",
        "type-rebuilds-index",
        "key-type-cascades",
        "not-null-scan",
        "nulls-filled-under-lock",
        "foreign-key-rebuilt",
    }
)
"""Rules that tell how long something takes, and nothing of who breaks."""


def judge_releases(migration: ReviewedMigration, told: Sequence[Finding]) -> Iterator[Finding]:
    """Tell of breakages of the whole migration; ``told`` are the findings that there are."""
    sides = (("old", migration.old_release), ("new", migration.new_release))
    for side, breakages in sides:
        found: dict[tuple[int, str, bool], list[Breakage]] = {}
        for breakage in breakages:
            operation = _cause(migration, side, breakage)
            if not (_is_told(migration, operation, breakage, told) or _holds(migration, breakage)):
                key = operation.number, breakage.table, breakage.certain
                found.setdefault(key, []).append(breakage)
        for (number, table, _), group in found.items():
            yield from _told(migration, migration.operations[number - 1], side, table, group)


def _cause(migration: ReviewedMigration, side: str, breakage: Breakage) -> ReviewedOperation:
    """Return the operation that breaks it: by what it breaks, or else by the table it changes."""
    for operation in reversed(migration.operations):
        own = operation.old_release if side == "old" else operation.new_release
        if any((b.table, b.reason) == (breakage.table, breakage.reason) for b in own):
            return operation
    for operation in reversed(migration.operations):
        if any(step.action.table == breakage.table for step in operation.steps):
            return operation
    return migration.operations[-1]


def _is_told(
    migration: ReviewedMigration,
    operation: ReviewedOperation,
    breakage: Breakage,
    told: Sequence[Finding],
) -> bool:
    """That something may break is told by an information already; that it breaks is not."""
    subject = f"{migration.name}#{operation.number}"
    least = Severity.WARNING if breakage.certain else Severity.INFO
    return any(
        f.subject == subject
        and f.severity >= least
        and f.rule.slug not in _COSTS
        and breakage.table in {f.details["table"], *f.details.get("tables", ())}
        for f in told
    )


def _holds(migration: ReviewedMigration, breakage: Breakage) -> bool:
    """Tell whether it was so before: a CHECK refused NULL, a foreign key had another name."""
    table = migration.before.tables.get(breakage.table)
    renamed = dict(_renamed(migration))
    for known in table.constraints.values() if table else ():
        if known.not_null_of and breakage.reason == f"demands a value for {known.not_null_of}":
            return True
        if known.reference is not None:
            target = renamed.get(known.reference.table, known.reference.table)
            if breakage.reason == f"takes only rows of {target} for {', '.join(known.columns)}":
                return True
    return False


def _renamed(migration: ReviewedMigration) -> Iterator[tuple[str, str]]:
    for operation in migration.operations:
        for step in operation.steps:
            if isinstance(step.action, RenameTable | SetSchema):
                yield step.action.table, step.action.to


def _told(
    migration: ReviewedMigration,
    operation: ReviewedOperation,
    side: str,
    table: str,
    breakages: list[Breakage],
) -> Iterator[Finding]:
    if side == "new" and any(b.verb == "insert" for b in breakages):
        for column in _forgotten(migration, table):
            breakages = [b for b in breakages if not b.reason.endswith(f" {column.name}")]
            yield _still_required(migration, operation, table, column)
    if not breakages:
        return
    certain = breakages[0].certain and not may_be_mended(migration, table)
    slug = "old-release-breaks" if certain else "old-release-may-break"
    release = "the running release" if side == "old" else "the release that comes with it"
    yield finding(
        migration,
        operation,
        slug if side == "old" else "new-release-breaks",
        f"{'breaks' if certain else 'may break'} statements of {release}: {_listed(breakages)}",
        _instead(migration, side, table),
        table=table,
        what=table,
    )


def _listed(breakages: Iterable[Breakage]) -> str:
    """Return the verbs and why: «INSERTs and UPDATEs, because shop_item …; SELECTs, because …»."""
    found: dict[str, dict[str, None]] = {}
    for b in breakages:
        found.setdefault(f"{b.table} {b.reason}", {})[f"{b.verb.upper()}s"] = None
    return "; ".join(f"{_and(list(verbs))}, because {why}" for why, verbs in found.items())


def _and(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _instead(migration: ReviewedMigration, side: str, table: str) -> str:
    if side == "new":
        labels = {model.known.app_label for model in models_of(coming(migration), table)}
        apps = ", ".join(sorted(labels)) or migration.migration.app_label
        return f"Let the migration make {table} what the models of {apps} say."
    return numbered(
        "Two releases instead:",
        f"release code that works with {table} as it is and as it will be",
        "then apply this operation",
    )


def _still_required(
    migration: ReviewedMigration, operation: ReviewedOperation, table: str, column: Column
) -> Finding:
    return finding(
        migration,
        operation,
        "removed-column-still-required",
        f"takes {column.name} out of the models only, while {table}.{column.name} is NOT NULL and "
        "has no default: INSERTs of the release that comes with it fail (23502)",
        "Let the database do without a value, in the same migration and before it:\n"
        f'migrations.RunSQL("ALTER TABLE {table} ALTER COLUMN {column.name} DROP NOT NULL")',
        table=table,
        what=f"{table}.{column.name}",
    )


def _forgotten(migration: ReviewedMigration, table: str) -> list[Column]:
    """Return columns that demand a value and that no model has any more."""
    models, known = models_of(coming(migration), table), migration.after.tables.get(table)
    if not models or known is None:
        return []
    mapped = {column for model in models for column in columns_of(model)}
    return [c for c in known.columns.values() if c.name not in mapped and _demands(c)]


def _demands(column: Column) -> bool:
    given = column.default or column.generated or column.identity or column.serial
    return column.not_null and not given

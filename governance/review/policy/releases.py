"""Releases that break and that no rule about one action has told of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from governance.findings import Finding, Severity
from governance.postgres.ddl.actions import Column
from governance.review.policy.cases import finding
from governance.review.policy.readers import coming, models_of
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
    for operation in migration.operations:
        subject = f"{migration.name}#{operation.number}"
        of_this = [f for f in told if f.subject == subject and f.rule.slug not in _COSTS]
        old = _net(operation.old_release, migration.old_release, of_this)
        new = _net(operation.new_release, migration.new_release, of_this)
        yield from _old(migration, operation, old)
        yield from _new(migration, operation, new)


def _net(
    here: Iterable[Breakage], overall: Sequence[Breakage], told: Sequence[Finding]
) -> list[Breakage]:
    """Return what later operations do not make good, and no finding about the table tells of.

    That something may break is told by an information already; that it breaks is not.
    """
    loud = {f.details["table"] for f in told if f.severity >= Severity.WARNING}
    tables = {f.details["table"] for f in told}
    return [b for b in here if b in overall and b.table not in (loud if b.certain else tables)]


def _old(
    migration: ReviewedMigration, operation: ReviewedOperation, breakages: list[Breakage]
) -> Iterator[Finding]:
    for (table, reason, certain), verbs in _grouped(breakages).items():
        yield finding(
            migration,
            operation,
            "old-release-breaks" if certain else "old-release-may-break",
            f"{'breaks' if certain else 'may break'} {verbs} on {table} of the running release: "
            f"{table} {reason}",
            numbered(
                "Two releases instead:",
                f"let no code depend on {table} as it is now",
                "then apply this operation",
            ),
            table=table,
            what=f"{table} {reason}",
        )


def _new(
    migration: ReviewedMigration, operation: ReviewedOperation, breakages: list[Breakage]
) -> Iterator[Finding]:
    for table in dict.fromkeys(b.table for b in breakages if b.verb == "insert"):
        for column in _forgotten(migration, table):
            breakages = [b for b in breakages if b.table != table or column.name not in b.reason]
            yield _still_required(migration, operation, table, column)
    for (table, reason, certain), verbs in _grouped(breakages).items():
        yield finding(
            migration,
            operation,
            "new-release-breaks" if certain else "new-release-may-break",
            f"{'breaks' if certain else 'may break'} {verbs} on {table} of the release that comes "
            f"with it: {table} {reason}",
            f"Let the migration make {table} what the models of {_apps(migration, table)} say.",
            table=table,
            what=f"{table} {reason}",
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
    mapped = {field.column for model in models for field in model.fields}
    return [c for c in known.columns.values() if c.name not in mapped and _demands(c)]


def _demands(column: Column) -> bool:
    given = column.default or column.generated or column.identity or column.serial
    return column.not_null and not given


def _grouped(breakages: Iterable[Breakage]) -> dict[tuple[str, str, bool], str]:
    """Return the verbs, in words, by table, reason and certainty."""
    found: dict[tuple[str, str, bool], list[str]] = {}
    for b in breakages:
        found.setdefault((b.table, b.reason, b.certain), []).append(f"{b.verb.upper()}s")
    return {key: _listed(list(dict.fromkeys(verbs))) for key, verbs in found.items()}


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _apps(migration: ReviewedMigration, table: str) -> str:
    labels = {model.known.app_label for model in models_of(coming(migration), table)}
    return ", ".join(sorted(labels)) or migration.migration.app_label

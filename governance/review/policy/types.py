"""Columns that get another type."""

from __future__ import annotations

from collections.abc import Iterator

from governance.findings import Finding
from governance.postgres.ddl.actions import AlterType, ConstraintKind
from governance.postgres.ddl.depending import constraint_uses, index_uses
from governance.review.policy.cases import ActionRules, Case, finding
from governance.review.policy.conversions import Fate, changes_zone, fate
from governance.review.policy.readers import views_of
from governance.review.policy.safer import GAP, field_code, field_operation, numbered
from governance.review.reviewed import ReviewedMigration, ReviewedOperation
from governance.review.sizes import Sizes

_BLOCKED = "0A000"
"""A view or a generated column uses the column."""


def _retyped(case: Case, action: AlterType) -> Iterator[Finding]:
    """One finding for one new type: what fails comes before what is lost, then what takes long."""
    old = _old_type(case, action)
    effects, effect = case.step.effects, case.effect()
    if case.is_fresh() or cascades(case.operation):
        return
    if effects.error == _BLOCKED:
        yield _blocked(case, action)
        return
    what = fate(old, action.type, using=bool(action.using))
    if what is Fate.REFUSED:
        yield _narrowed(case, action, old)
    elif what is Fate.CHANGED:
        yield _rounded(case, action, old)
    elif case.is_quiet():
        return
    elif effect.rewrite and changes_zone(old, action.type):
        yield _zone(case, action, old)
    elif effect.rewrite:
        yield _rewritten(case, action, old)
    elif effect.scan:
        yield _reread(case, action, old)


def _blocked(case: Case, action: AlterType) -> Finding:
    views = views_of(case, action.column)
    alter = f"ALTER TABLE {case.table} ALTER COLUMN {action.column} TYPE {action.type}"
    return case.finding(
        "type-of-used-column",
        f"changes the type of {case.table}.{action.column}, which "
        f"{', '.join(views) or 'a generated column'} uses: it fails (0A000)",
        numbered(
            "Drop what uses the column before and create it again after, in the same migration:",
            *(f"DROP VIEW {view}" for view in views),
            alter,
            *(f"CREATE VIEW {view} AS {GAP}" for view in reversed(views)),
        )
        if views
        else numbered(
            "Drop what uses the column before and add it again after, in the same migration:",
            f"ALTER TABLE {case.table} DROP COLUMN {GAP}",
            alter,
            f"ALTER TABLE {case.table} ADD COLUMN {GAP} GENERATED ALWAYS AS ({GAP})",
        ),
        part=action.column,
    )


def _narrowed(case: Case, action: AlterType, old: str) -> Finding:
    table, column = case.table, action.column
    return case.finding(
        "type-narrowed",
        f"makes {table}.{column}{case.size()} {action.type} instead of {old}: a value that does "
        f"not fit makes it fail, and the running release can still write one{_cost(case)}",
        _checked_limit(table, column, action.type)
        if action.type.startswith("character")
        else _swapped(case, action),
        part=column,
    )


def _rounded(case: Case, action: AlterType, old: str) -> Finding:
    return case.finding(
        "type-loses-precision",
        f"makes {case.table}.{action.column}{case.size()} {action.type} instead of {old}: values "
        f"that do not fit are rounded or cut off, and nobody is told{_cost(case)}",
        _swapped(case, action),
        part=action.column,
    )


def _zone(case: Case, action: AlterType, old: str) -> Finding:
    zone = case.step.before.time_zone
    return case.finding(
        "time-zone-rewrite",
        f"makes {case.table}.{action.column}{case.size()} {action.type} instead of {old} in a "
        f"session whose time zone is {zone}: that rewrites the table under ACCESS EXCLUSIVE, and "
        f"nobody can read or write it meanwhile",
        "If the values are times in UTC, say so: nothing is rewritten then, and no value moves.\n"
        "SET LOCAL TimeZone = 'UTC';\n"
        f"ALTER TABLE {case.table} ALTER COLUMN {action.column} TYPE {action.type}",
        part=action.column,
    )


def _rewritten(case: Case, action: AlterType, old: str) -> Finding:
    instead = f" instead of {old}" if old else ""
    return case.finding(
        "type-rewrite",
        f"rewrites {case.table}{case.size()} and all its indexes under ACCESS EXCLUSIVE to make "
        f"{action.column} {action.type}{instead}: nobody can read or write the table meanwhile",
        _swapped(case, action),
        part=action.column,
    )


def _reread(case: Case, action: AlterType, old: str) -> Finding:
    checks = _checks(case, action.column)
    if checks and not action.collation and not changes_zone(old, action.type):
        return _rechecked(case, action, checks)
    indexes = _indexes(case, action.column)
    return case.finding(
        "type-rebuilds-index",
        f"builds {', '.join(indexes)} on {case.table}{case.size()} anew under ACCESS EXCLUSIVE to "
        f"make {action.column} {_target(action, old)}: nobody can read or write the table "
        "meanwhile",
        numbered(
            "A migration for each of these instead, with atomic = False where it is CONCURRENTLY:",
            *(f"DROP INDEX CONCURRENTLY {name}" for name in indexes),
            f"ALTER TABLE {case.table} ALTER COLUMN {action.column} TYPE {_target(action, old)}",
            *(f"CREATE INDEX CONCURRENTLY {name} {GAP}" for name in indexes),
        ),
        part=action.column,
    )


def _rechecked(case: Case, action: AlterType, checks: dict[str, str]) -> Finding:
    add = [
        f"ALTER TABLE {case.table} ADD CONSTRAINT {name} CHECK ({text}) NOT VALID"
        for name, text in checks.items()
    ]
    return case.finding(
        "type-rechecks-rows",
        f"checks all rows of {case.table}{case.size()} against {', '.join(checks)} again under "
        f"ACCESS EXCLUSIVE to make {action.column} {action.type}: nobody can read or write the "
        "table meanwhile",
        numbered(
            "Take the CHECK away meanwhile; each line is a migration:",
            *(f"ALTER TABLE {case.table} DROP CONSTRAINT {name}" for name in checks),
            f"ALTER TABLE {case.table} ALTER COLUMN {action.column} TYPE {action.type}",
            *add,
            *(f"ALTER TABLE {case.table} VALIDATE CONSTRAINT {name}" for name in checks),
        ),
        part=action.column,
    )


def _checks(case: Case, column: str) -> dict[str, str]:
    known = case.known()
    return {
        name: check.expression
        for name, check in (known.constraints if known else {}).items()
        if check.kind is ConstraintKind.CHECK and check.valid and constraint_uses(check, column)
    }


def _indexes(case: Case, column: str) -> list[str]:
    known = case.known()
    indexes = known.indexes if known else {}
    return [name for name, index in indexes.items() if index_uses(index, column)]


def judge_cascade(
    migration: ReviewedMigration, operation: ReviewedOperation, sizes: Sizes
) -> Iterator[Finding]:
    """A new type of a key goes on to every column that points to it."""
    if not cascades(operation):
        return
    steps = [s for s in operation.steps if isinstance(s.action, AlterType)]
    cases = [Case(migration=migration, operation=operation, step=s, sizes=sizes) for s in steps]
    loud = [case for case in cases if case.effect().rewrite and not case.is_quiet()]
    if not loud:
        return
    first, tables = steps[0].action, ", ".join(f"{case.table}{case.size()}" for case in loud)
    assert isinstance(first, AlterType)
    yield finding(
        migration,
        operation,
        "key-type-cascades",
        f"makes {first.table}.{first.column} {first.type}, and each column that points to it as "
        f"well: it rewrites {tables} under ACCESS EXCLUSIVE, in one transaction",
        numbered(
            "One column after the other instead:",
            f"ALTER TABLE {first.table} ADD COLUMN {first.column}_new {first.type}, and the same "
            "in each table that points to it, with triggers that keep both columns equal",
            "fill the old rows in batches, build the indexes concurrently",
            "in one short transaction swap the names, and add the foreign keys NOT VALID",
            "validate the foreign keys; drop the old columns in a later release",
        ),
        table=first.table,
        what=f"{first.table}.{first.column}",
    )


def cascades(operation: ReviewedOperation) -> bool:
    return len({s.action.table for s in operation.steps if isinstance(s.action, AlterType)}) > 1


def _old_type(case: Case, action: AlterType) -> str:
    column = case.column(action.column)
    return column.type if column else ""


def _cost(case: Case) -> str:
    if not case.effect().rewrite or case.is_quiet():
        return ""
    return ". It also rewrites the table under ACCESS EXCLUSIVE"


def _target(action: AlterType, old: str) -> str:
    kind = action.type or old
    return f'{kind} COLLATE "{action.collation}"' if action.collation else kind


def _checked_limit(table: str, column: str, kind: str) -> str:
    limit = kind.partition("(")[2].rstrip(")")
    name = f"{column}_length"
    return numbered(
        "Keep the type and limit the length, once no release writes more:",
        f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK (length({column}) <= {limit}) NOT VALID",
        f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}",
    )


def _swapped(case: Case, action: AlterType) -> str:
    operation, column = field_operation(case), action.column
    new = f"{column}_new"
    add = f"ALTER TABLE {case.table} ADD COLUMN {new} {action.type}"
    if operation is not None:
        code = field_code(operation.field, null=True)
        add = f'migrations.AddField("{operation.model_name}", "{operation.name}_new", {code})'
    return numbered(
        "A new column instead, over three releases:",
        f"{add}, and a trigger that keeps both columns equal",
        f"fill {new} in batches, then let the code read and write {new} only",
        f"drop the trigger and {column}",
    )


TYPE_RULES: ActionRules = {AlterType: (_retyped,)}

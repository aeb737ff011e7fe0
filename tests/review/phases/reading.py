"""What the review says of a labelled case, in the words of the labels."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db.migrations import Migration
from django.db.migrations.operations.base import Operation

from governance.postgres.ddl.actions import WriteRows
from governance.postgres.locks import Lock
from governance.review.history import review
from governance.review.reviewed import Breakage, ReviewedMigration
from tests.review.phases.case import SHOP, Case

LOCKS = {
    "SUE": Lock.SHARE_UPDATE_EXCLUSIVE,
    "SH": Lock.SHARE,
    "SRE": Lock.SHARE_ROW_EXCLUSIVE,
    "EX": Lock.EXCLUSIVE,
    "AEL": Lock.ACCESS_EXCLUSIVE,
}
MEASURED: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "measured.toml").read_text()
)
"""Facts of PostgreSQL, by the name of a case."""
Pairs = frozenset[tuple[str, str]]


def reviewed(case: Case) -> ReviewedMigration:
    plan = [
        _migration("0001_initial", SHOP),
        _migration("0002_before", case.before),
        _migration("0003_case", case.do, atomic=case.atomic),
    ]
    (found,) = review(plan, wanted={("shop", "0003_case")})
    return found


def pairs(label: str) -> Pairs:
    """«order insert update; tag select» → (order, insert), (order, update), (tag, select)."""
    words = [part.split() for part in label.split(";") if part.strip()]
    return frozenset((table, verb) for table, *verbs in words for verb in verbs)


def said(case: Case) -> dict[str, object]:
    """Return, by what is compared, what was labelled or measured."""
    measured = MEASURED[case.name]
    labels: dict[str, object] = {
        "phase": case.phase,
        "reversal": case.undo,
        "loses data": case.loses_data,
        "old release": pairs(case.old),
        "new release": pairs(case.new),
    }
    if measured.get("always"):
        return labels
    labels["locks"] = pairs(measured.get("locks", ""))
    labels["rewrites"] = _tables(measured.get("rewrites", ""))
    if case.atomic:
        labels["scans"] = _tables(measured.get("scans", ""))
    return labels


def seen(found: ReviewedMigration) -> dict[str, object]:
    """Return, by what is compared, what the review says."""
    return {
        "phase": found.phase,
        "reversal": found.reversal,
        "loses data": any(operation.loses_data for operation in found.operations),
        "old release": _broken(found.old_release),
        "new release": _broken(found.new_release),
        "locks": _locks(found),
        "rewrites": _touched(found, "rewrite"),
        "scans": _touched(found, "scan"),
    }


def _migration(name: str, operations: Iterable[Operation], *, atomic: bool = True) -> Migration:
    migration = Migration(name, "shop")
    migration.operations = list(operations)
    migration.atomic = atomic
    return migration


def _broken(breakages: Iterable[Breakage]) -> Pairs:
    return frozenset((_short(b.table), b.verb) for b in breakages if b.certain)


def _locks(found: ReviewedMigration) -> Pairs:
    strongest: dict[str, Lock] = {}
    for operation in found.operations:
        for step in operation.steps:
            for effect in step.effects.relations:
                table = step.earlier(effect.relation)
                if table in found.before.tables:
                    strongest[table] = max(strongest.get(table, Lock.NONE), effect.lock)
    short = {lock: name for name, lock in LOCKS.items()}
    return frozenset((_short(t), short[lock]) for t, lock in strongest.items() if lock in short)


def _touched(found: ReviewedMigration, what: str) -> frozenset[str]:
    return frozenset(
        _short(step.earlier(effect.relation))
        for operation in found.operations
        for step in operation.steps
        for effect in step.effects.relations
        if step.earlier(effect.relation) in found.before.tables
        and getattr(effect, what)
        and not isinstance(step.action, WriteRows)
    )


def _tables(label: str) -> frozenset[str]:
    return frozenset(part.strip() for part in label.split(";") if part.strip())


def _short(table: str) -> str:
    return table.removeprefix("shop_")

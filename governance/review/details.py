"""What a reviewed operation comes to, in few words: for tables, cards and machines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from governance.postgres.ddl.actions import CreateTable
from governance.postgres.ddl.effects import Effect
from governance.postgres.locks import Lock
from governance.review.data_migrations import sql_texts
from governance.review.reviewed import (
    Breakage,
    Phase,
    Reversal,
    ReviewedMigration,
    ReviewedOperation,
)

_SHORT = 40


def title(operation: ReviewedOperation) -> str:
    """Return «AddField order.note»; for code the name of the function, for SQL its beginning."""
    it: Any = operation.operation
    if operation.kind == "RunSQL":
        return f"RunSQL {_beginning(it.sql)}".strip()
    function = getattr(getattr(it, "code", None), "__name__", "")
    inner = getattr(it, "index", None) or getattr(it, "constraint", None)
    name = getattr(it, "name", "") or getattr(it, "old_name", "") or getattr(inner, "name", "")
    parts = [getattr(it, "model_name", ""), name]
    named = ".".join(part for part in parts if part and isinstance(part, str))
    return f"{operation.kind} {named or function}".strip()


def _beginning(sql: Any) -> str:
    text = next(sql_texts(sql), "")
    words = " ".join(" ".join(line.partition("--")[0] for line in text.splitlines()).split())
    return words if len(words) <= _SHORT else f"{words[: _SHORT - 1]}…"


def effects_on_tables(operation: ReviewedOperation) -> Iterator[Effect]:
    """Yield what happens to tables, by their names before the migration; indexes are left out."""
    for step in operation.steps:
        indexes = {name for table in step.before.tables.values() for name in table.indexes}
        for effect in step.effects.relations:
            if effect.relation not in indexes or effect.relation in step.before.tables:
                yield replace(effect, relation=step.earlier(effect.relation))


def locks(operations: Iterable[ReviewedOperation]) -> dict[str, Lock]:
    """Return the strongest lock on each table, the strongest first."""
    found: dict[str, Lock] = {}
    for operation in operations:
        for effect in effects_on_tables(operation):
            if effect.lock:
                known = found.get(effect.relation, Lock.NONE)
                found[effect.relation] = max(effect.lock, known)
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def locks_of(migration: ReviewedMigration) -> dict[str, Lock]:
    """Return the locks on tables that were there before; what is new disturbs nobody."""
    found = locks(migration.operations)
    return {table: lock for table, lock in found.items() if not is_new(table, migration)}


def is_new(table: str, migration: ReviewedMigration) -> bool:
    """Tell whether the migration makes a table itself.

    One that no migration has made is met in an ALTER TABLE, and only a part of it is known.
    """
    if table in migration.before.tables:
        return False
    steps = [step for operation in migration.operations for step in operation.steps]
    met = (step.after.tables.get(table) for step in steps)
    made = any(isinstance(s.action, CreateTable) and s.action.table == table for s in steps)
    return made or any(known is not None and known.complete for known in met)


def rewritten(operation: ReviewedOperation) -> tuple[str, ...]:
    """Return the tables that are rewritten."""
    return tuple(dict.fromkeys(e.relation for e in effects_on_tables(operation) if e.rewrite))


def scanned(operation: ReviewedOperation) -> tuple[str, ...]:
    """Return the tables whose rows are all read."""
    return tuple(dict.fromkeys(e.relation for e in effects_on_tables(operation) if e.scan))


def tables(operation: ReviewedOperation) -> tuple[str, ...]:
    """Return every table that the operation touches."""
    own = [step.action.table for step in operation.steps if step.action.table]
    return tuple(dict.fromkeys([*own, *(e.relation for e in effects_on_tables(operation))]))


def details(operation: ReviewedOperation, owner_of: Callable[[str], str]) -> dict[str, Any]:
    """Return the facts for machines."""
    return {
        "phase": operation.phase.value,
        "locks": {table: str(lock) for table, lock in locks([operation]).items()},
        "rewrite": list(rewritten(operation)),
        "scan": list(scanned(operation)),
        "data_loss": operation.loses_data,
        "reversible": operation.reversal.value,
        "old_release": [_broken(breakage) for breakage in operation.old_release],
        "new_release": [_broken(breakage) for breakage in operation.new_release],
        "owners": {table: owner_of(table) for table in tables(operation)},
    }


def risks(migration: ReviewedMigration) -> tuple[str, ...]:
    """Return why a migration needs notes on how to go back, as predicates; empty for most."""
    found = []
    if migration.phase is Phase.CONTRACT:
        found.append("takes structure away or demands more of writers")
    if any(operation.loses_data for operation in migration.operations):
        found.append("loses data")
    if migration.reversal is Reversal.IMPOSSIBLE:
        found.append("can't be undone")
    elif migration.reversal is Reversal.FAILS_WITH_ROWS:
        found.append("can't be undone once there are rows")
    return tuple(found)


def _broken(breakage: Breakage) -> Mapping[str, Any]:
    return {
        "verb": breakage.verb,
        "table": breakage.table,
        "reason": breakage.reason,
        "certain": breakage.certain,
    }

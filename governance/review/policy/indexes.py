"""Indexes that are built, dropped or renamed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from governance.findings import Finding
from governance.postgres.ddl.actions import (
    Column,
    CreateIndex,
    DropIndex,
    Index,
    Reindex,
    RenameIndex,
)
from governance.postgres.locks import Lock
from governance.review.policy.cases import ActionRules, Case
from governance.review.policy.writing import keeping_state, value_code

_WIDE = 4


def _created(case: Case, action: CreateIndex) -> Iterator[Finding]:
    if action.concurrently:
        yield from _concurrently(case, action)
    elif any(effect.scan for effect in case.step.effects.relations) and not case.is_quiet():
        yield from _under_lock(case, action.index)
    if case.is_fresh():
        return
    yield from _superfluous(case, action.index)
    if action.index.unique and not _added_here(case, action.index):
        yield from _equal_rows(case, action.index)


def _under_lock(case: Case, index: Index) -> Iterator[Finding]:
    known = case.known()
    listed = ", ".join(index.columns)
    column = _added_here(case, index)
    if known is not None and known.partitioned:
        yield case.finding(
            "index-on-all-partitions",
            f"builds an index ({listed}) on all {len(known.partitions)} partitions of "
            f"{case.table} under SHARE: nobody can write any of them meanwhile",
            _partitioned_instead(case, index),
            part=_named(index),
        )
    elif column is not None:
        yield case.finding(
            "index-built-with-the-column",
            f"builds an index ({listed}) on {case.table}{case.size()} in the transaction that "
            f"adds {column.name} and holds ACCESS EXCLUSIVE: nobody can read or write the table "
            "meanwhile",
            f"Add {column.name} with db_index=False, and in the next migration:\n"
            f"{_instead(case, index)}",
            part=_named(index),
        )
    else:
        stopped = "read or write" if case.held is Lock.ACCESS_EXCLUSIVE else "write"
        also = " while an earlier operation holds ACCESS EXCLUSIVE" if stopped != "write" else ""
        yield case.finding(
            "index-built-under-lock",
            f"builds an index ({listed}) on {case.table}{case.size()} under SHARE{also}: nobody "
            f"can {stopped} the table meanwhile",
            f"Build it while work goes on, in a migration of its own:\n{_instead(case, index)}",
            part=_named(index),
        )


def _concurrently(case: Case, action: CreateIndex) -> Iterator[Finding]:
    known, index = case.known(), action.index
    if case.step.in_transaction:
        yield _in_transaction(case, f"builds the index {_named(index)}", _named(index))
    elif known is not None and known.partitioned:
        yield case.finding(
            "concurrently-on-a-partitioned-table",
            f"builds an index of {case.table} concurrently, which PostgreSQL refuses for "
            "partitioned tables (0A000)",
            _partitioned_instead(case, index),
            part=_named(index),
        )
    if action.if_not_exists:
        yield case.finding(
            "invalid-index-stays-hidden",
            f"creates {_named(index)} on {case.table} IF NOT EXISTS: after a build that broke off "
            "it is content with the INVALID index",
            f"Put before it:\nDROP INDEX CONCURRENTLY IF EXISTS {_named(index)}",
            part=f"{_named(index)} if not exists",
        )


def _in_transaction(case: Case, what: str, part: str) -> Finding:
    return case.finding(
        "concurrently-in-a-transaction",
        f"{what} concurrently, which PostgreSQL refuses in a transaction (25001)",
        "Set atomic = False on the migration."
        if case.migration.atomic
        else "Put it behind COMMIT, in a RunSQL of its own.",
        part=part,
    )


def _superfluous(case: Case, index: Index) -> Iterator[Finding]:
    known = case.known()
    for name, other in known.indexes.items() if known else ():
        if name == index.name or other.condition != index.condition or index.unique:
            continue
        leading = other.columns[: len(index.columns)] == index.columns
        if leading and other.method == index.method and other.opclasses == index.opclasses:
            yield case.finding(
                "index-twice",
                f"adds an index ({', '.join(index.columns)}) to {case.table}, where {name} "
                f"({', '.join(other.columns)}) serves the same queries",
                f"Leave it out, or drop {name}.",
                part=f"{_named(index)} {name}",
            )
            return
    if len(index.columns) >= _WIDE:
        yield case.finding(
            "wide-index",
            f"adds an index with {len(index.columns)} columns to {case.table}",
            "Keep the columns that queries filter by; put others in include=.",
            part=f"{_named(index)} wide",
        )


def _equal_rows(case: Case, index: Index) -> Iterator[Finding]:
    listed = ", ".join(index.columns)
    where = f" WHERE {index.condition}" if index.condition else ""
    yield case.finding(
        "unique-needs-unique-rows",
        f"demands that {listed} be unique in {case.table}{case.size()}: it fails on rows that are "
        "equal already (23505)",
        f"Look first:\nSELECT {listed}, count(*) FROM {case.table}{where} GROUP BY {listed} "
        "HAVING count(*) > 1",
        part=f"{_named(index)} unique",
    )


def _dropped(case: Case, action: DropIndex) -> Iterator[Finding]:
    if action.concurrently and case.step.in_transaction:
        yield _in_transaction(case, f"drops the index {action.name}", action.name)
    table = action.table or _table_of(case, action.name)
    if action.concurrently or not table or case.is_fresh(table):
        return
    yield case.finding(
        "index-dropped-under-lock",
        f"drops the index {action.name} of {table} under ACCESS EXCLUSIVE, for a moment",
        f"In a migration with atomic = False:\nDROP INDEX CONCURRENTLY {action.name}",
        part=action.name,
    )


def _table_of(case: Case, index: str) -> str:
    tables = case.step.before.tables.values()
    return next((table.name for table in tables if index in table.indexes), "")


def _rebuilt(case: Case, action: Reindex) -> Iterator[Finding]:
    name = action.name or action.table
    if action.concurrently:
        if case.step.in_transaction:
            yield _in_transaction(case, f"rebuilds {name}", name)
        return
    tables = [e.relation for e in case.step.effects.relations if e.scan]
    if tables and all(case.is_quiet(table) for table in tables):
        return
    yield case.finding(
        "reindexed-under-lock",
        f"rebuilds the {action.what} {name} under SHARE on the table and ACCESS EXCLUSIVE on the "
        "index: writes wait, and reads that would use it",
        f"In a migration with atomic = False:\nREINDEX {action.what.upper()} CONCURRENTLY {name}",
        part=name,
    )


def _renamed(case: Case, action: RenameIndex) -> Iterator[Finding]:
    table = action.table or _table_of(case, action.name)
    if table and not case.is_fresh(table):
        yield case.finding(
            "index-renamed",
            f"renames the index {action.name} to {action.to}",
            f"Search scripts and dashboards for {action.name}.",
            part=action.name,
        )


def _added_here(case: Case, index: Index) -> Column | None:
    """Return a column of the index that this migration adds to a table that was there."""
    before, known = case.migration.before.tables.get(case.table), case.known()
    if before is None or known is None:
        return None
    new = (c for c in index.columns if c in known.columns and c not in before.columns)
    return known.columns.get(next(new, ""))


def _instead(case: Case, index: Index) -> str:
    operation: Any = case.operation.operation
    if case.operation.kind == "AddIndex":
        return (
            "from django.contrib.postgres.operations import AddIndexConcurrently\n"
            f'AddIndexConcurrently("{operation.model_name}", {value_code(operation.index)})\n'
            "with atomic = False on the migration"
        )
    unique = "UNIQUE " if index.unique else ""
    using = f" USING {index.method}" if index.method != "btree" else ""
    where = f" WHERE {index.condition}" if index.condition else ""
    state = keeping_state(case) if case.operation.kind == "AddConstraint" else ""
    return (
        f"CREATE {unique}INDEX CONCURRENTLY {_named(index)} ON {case.table}{using} "
        f"({', '.join(index.columns)}){where}\nwith atomic = False on the migration{state}"
    )


def _partitioned_instead(case: Case, index: Index) -> str:
    listed, known = ", ".join(index.columns), case.known()
    first = next(iter(known.partitions if known else ()), "<partition>")
    name = _named(index)
    return (
        "An empty index on the parent, then each partition's concurrently:\n"
        f"CREATE INDEX {name} ON ONLY {case.table} ({listed})\n"
        f"CREATE INDEX CONCURRENTLY {name}_1 ON {first} ({listed})\n"
        f"ALTER INDEX {name} ATTACH PARTITION {name}_1"
    )


def _named(index: Index) -> str:
    return index.name or "_".join((*index.columns, "idx"))


INDEX_RULES: ActionRules = {
    CreateIndex: (_created,),
    DropIndex: (_dropped,),
    Reindex: (_rebuilt,),
    RenameIndex: (_renamed,),
}
"""UNIQUE with a column is told by the rules of constraints."""

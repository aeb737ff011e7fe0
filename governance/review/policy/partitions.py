"""Partitions and inherited tables."""

from __future__ import annotations

from collections.abc import Iterator

from governance.findings import Finding
from governance.postgres.ddl.actions import (
    AttachPartition,
    CreateTable,
    DetachPartition,
    SetOption,
)
from governance.review.policy.cases import ActionRules, Case
from governance.review.policy.safer import GAP, numbered


def _attached(case: Case, action: AttachPartition) -> Iterator[Finding]:
    known = case.known()
    read = [
        f"{table}{case.size(table)}"
        for table in filter(None, (action.partition, known.default_partition if known else ""))
        if case.effect(table).scan and not case.is_quiet(table)
    ]
    if not read:
        return
    yield case.finding(
        "partition-attach-scan",
        f"reads all rows of {' and of '.join(read)} under ACCESS EXCLUSIVE to attach "
        f"{action.partition} to {case.table}: nobody can read or write them meanwhile",
        _checked_bounds(case, action),
        part=action.partition,
    )


def _checked_bounds(case: Case, action: AttachPartition) -> str:
    name, partition = f"{action.partition}_bounds", action.partition
    return numbered(
        "Tell PostgreSQL first, in migrations of their own, that all rows fit (and of the DEFAULT "
        "partition, that none does):",
        f"ALTER TABLE {partition} ADD CONSTRAINT {name} CHECK (the bounds, and IS NOT NULL) "
        "NOT VALID",
        f"ALTER TABLE {partition} VALIDATE CONSTRAINT {name}",
        f"ALTER TABLE {case.table} ATTACH PARTITION {partition} {GAP}",
    )


def _detached(case: Case, action: DetachPartition) -> Iterator[Finding]:
    if action.concurrently or case.is_fresh():
        return
    yield case.finding(
        "partition-detach-blocks",
        f"detaches {action.partition} from {case.table} under ACCESS EXCLUSIVE on both: each "
        f"statement on {case.table} waits from then on until the end of the migration",
        "In a migration with atomic = False:\n"
        f"ALTER TABLE {case.table} DETACH PARTITION {action.partition} CONCURRENTLY",
        part=action.partition,
    )


def _created(case: Case, action: CreateTable) -> Iterator[Finding]:
    parent = action.partition_of
    if not parent or case.is_fresh(parent):
        return
    known = case.known(parent)
    default = known.default_partition if known else ""
    beside = (
        f"CREATE TABLE {case.table} (LIKE {parent} INCLUDING ALL)",
        f"ALTER TABLE {parent} ATTACH PARTITION {case.table} {GAP}",
    )
    if default and case.effect(default).scan and not case.is_quiet(default):
        yield case.finding(
            "partition-attach-scan",
            f"reads all rows of {default}{case.size(default)} under ACCESS EXCLUSIVE on it and on "
            f"{parent} to create {case.table}: nobody can use {parent} meanwhile",
            numbered(
                f"Tell PostgreSQL first that no row of {default} belongs to {case.table}, then "
                "create it beside and attach it:",
                f"ALTER TABLE {default} ADD CONSTRAINT {default}_bounds CHECK ({GAP}) NOT VALID",
                f"ALTER TABLE {default} VALIDATE CONSTRAINT {default}_bounds",
                *beside,
            ),
            part=parent,
        )
    else:
        yield case.finding(
            "partition-created-in-place",
            f"creates {case.table} as a partition of {parent} under ACCESS EXCLUSIVE on {parent}: "
            "each statement on it waits until the end of the migration",
            "Create it beside and attach it, which needs SHARE UPDATE EXCLUSIVE only:\n"
            + ";\n".join(beside),
        )


def _inherits(case: Case, action: SetOption) -> Iterator[Finding]:
    if action.option not in {"inherit", "no inherit"} or case.is_fresh():
        return
    joins = action.option == "inherit"
    verb = "appear in" if joins else "are gone from"
    yield case.finding(
        "inheritance-changed",
        f"lets the rows of {case.table} {'be' if joins else 'no longer be'} rows of "
        f"{action.other}: for the running release they {verb} each SELECT, UPDATE and DELETE on "
        f"{action.other}",
        f"Let the code say ONLY {action.other} where it means that table alone, one release "
        "before.",
        part=action.other,
    )


PARTITION_RULES: ActionRules = {
    AttachPartition: (_attached,),
    DetachPartition: (_detached,),
    CreateTable: (_created,),
    SetOption: (_inherits,),
}

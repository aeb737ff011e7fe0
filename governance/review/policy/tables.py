"""Tables that are created, moved on disk or stored in another way."""

from __future__ import annotations

from collections.abc import Iterator

from governance.findings import Finding
from governance.postgres.ddl.actions import CreateTable, Maintain, SetOption
from governance.postgres.locks import Lock
from governance.review.policy.cases import ActionRules, Case
from governance.review.policy.safer import numbered

_HELD = "under ACCESS EXCLUSIVE: nobody can read or write the table meanwhile"
_MOVES = {
    "logged": "SET LOGGED",
    "unlogged": "SET UNLOGGED",
    "tablespace": "SET TABLESPACE",
    "access method": "SET ACCESS METHOD",
}
_PACKS = {"vacuum full": "VACUUM FULL", "cluster": "CLUSTER"}


def _locks_parents(case: Case, action: CreateTable) -> Iterator[Finding]:
    """Foreign keys in the text of CREATE TABLE; those of Django come after it."""
    parents = [
        f"{effect.relation}{case.size(effect.relation)}"
        for effect in case.others(Lock.SHARE_ROW_EXCLUSIVE)
        if effect.relation != action.partition_of and not case.is_quiet(effect.relation)
    ]
    if parents:
        yield case.finding(
            "created-table-locks-parent",
            f"creates {case.table} with a foreign key to {', '.join(parents)}: writes there wait "
            "from then on until the end of the migration (SHARE ROW EXCLUSIVE)",
            f"Let the migration create {case.table} and do nothing else after it.",
        )


def _may_exist(case: Case, action: CreateTable) -> Iterator[Finding]:
    if not action.if_not_exists or action.temporary:
        return
    yield case.finding(
        "table-if-not-exists",
        f"creates {case.table} IF NOT EXISTS: one of another shape is left as it is, and nobody "
        "is told",
        "Leave out IF NOT EXISTS; a migration runs once, and in a transaction.",
    )


def _stored_anew(case: Case, action: SetOption) -> Iterator[Finding]:
    clause = _MOVES.get(action.option)
    if clause is None or case.is_fresh():
        return
    if action.option == "unlogged":
        yield _unlogged(case)
    elif not case.is_quiet() and (case.effect().rewrite or action.option == "tablespace"):
        yield _rewritten(case, clause)


def _unlogged(case: Case) -> Finding:
    cost = "" if case.is_quiet() else f". It also rewrites the table {_HELD}"
    return case.finding(
        "table-unlogged",
        f"makes {case.table}{case.size()} UNLOGGED: a crash of PostgreSQL empties it, and no "
        f"replica has it{cost}",
        "Create an unlogged table of its own for what may be lost.",
    )


def _rewritten(case: Case, clause: str) -> Finding:
    table = case.table
    return case.finding(
        "table-rewritten",
        f"writes {table}{case.size()} anew for {clause}, {_HELD}",
        numbered(
            "A new table instead, over three releases:",
            f"CREATE TABLE {table}_new (LIKE {table} INCLUDING ALL) …, and a trigger on {table} "
            "that writes there too",
            f"copy the old rows in batches, then let the code use {table}_new",
            f"drop {table}",
        ),
    )


def _packed(case: Case, action: Maintain) -> Iterator[Finding]:
    clause = _PACKS.get(action.verb)
    if clause is None or case.is_quiet():
        return
    yield case.finding(
        "table-rewritten",
        f"writes {case.table or 'every table'}{case.size()} anew for {clause}, {_HELD}",
        "Leave it out of the migration. Plain VACUUM needs no such lock; to give space back run "
        f"pg_repack at a quiet hour:\nVACUUM {case.table}".rstrip(),
    )


def _new_rows_only(case: Case, action: SetOption) -> Iterator[Finding]:
    if action.option not in {"storage", "compression"} or case.is_fresh():
        return
    column = f"{case.table}.{action.column}" if action.column else case.table
    yield case.finding(
        "storage-of-new-rows",
        f"changes the {action.option} of {column} for rows that are written from now on",
        "If old rows are meant as well, update them in batches.",
        part=action.column,
    )


TABLE_RULES: ActionRules = {
    CreateTable: (_locks_parents, _may_exist),
    SetOption: (_stored_anew, _new_rows_only),
    Maintain: (_packed,),
}

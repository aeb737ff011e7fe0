"""Rows that are written, tables that are locked, transactions and timeouts in SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator

from governance.findings import Finding
from governance.postgres.ddl.actions import (
    LockTable,
    SetSession,
    Transaction,
    Truncate,
    WriteRows,
)
from governance.postgres.locks import Lock
from governance.review.policy.cases import ActionRules, Case

_LONGEST_SECONDS = {"lock_timeout": 60, "statement_timeout": 4 * 3600}
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "h": 3600, "d": 86_400, "": 1e-3}
_VERBS = {"update": "updates", "delete": "deletes", "insert": "inserts", "merge": "merges"}


def _written(case: Case, action: WriteRows) -> Iterator[Finding]:
    held = case.held
    if held.blocks_writes and not case.is_quiet() and not action.listed:
        yield case.finding(
            "backfill-with-schema-change",
            f"{_VERBS.get(action.operation, 'writes')} rows of {case.table}{case.size()} in the "
            f"transaction that holds {held}: nobody can use it until all rows are written",
            "Move it to a migration of its own.",
            part=action.operation,
        )
    elif action.whole_table and not case.is_quiet() and action.operation != "delete":
        yield case.finding(
            "unbatched-write",
            f"{_VERBS.get(action.operation, 'writes')} all rows of {case.table}{case.size()} in "
            "one statement: each stays locked until the end",
            "Write in batches, each in its own transaction:\n"
            f"UPDATE {case.table} SET … WHERE id > %s AND id <= %s",
            part=action.operation,
        )
    if action.operation == "delete" and not case.is_fresh():
        which = "all" if action.whole_table else "some"
        yield _deleted(case, f"deletes {which} rows of {case.table}{case.size()}", "delete")


def _emptied(case: Case, action: Truncate) -> Iterator[Finding]:
    if case.is_fresh():
        return
    others = [e.relation for e in case.others(Lock.ACCESS_EXCLUSIVE)]
    also = f" and, by CASCADE, {', '.join(others) or 'all that refer to it'}" * action.cascade
    yield _deleted(case, f"empties {case.table}{also} under ACCESS EXCLUSIVE", "truncate")


def _deleted(case: Case, fact: str, part: str) -> Finding:
    return case.finding(
        "rows-deleted",
        f"{fact}, and no way back brings them",
        "Keep them first, and say so on the review card:\n"
        f"CREATE TABLE {case.table}_archive AS SELECT * FROM {case.table} WHERE …",
        part=part,
    )


def _locked(case: Case, action: LockTable) -> Iterator[Finding]:
    if case.is_fresh() or not action.lock.blocks_writes:
        return
    stopped = "read or write" if action.lock.blocks_reads else "write"
    yield case.finding(
        "table-locked",
        f"locks {case.table} in {action.lock} MODE: nobody can {stopped} it until the "
        "transaction ends",
        "Leave it out: PostgreSQL takes the lock that each statement needs.",
        part="lock",
    )


def _transaction(case: Case, action: Transaction) -> Iterator[Finding]:
    if case.migration.atomic and action.verb in {"begin", "commit", "rollback"}:
        yield case.finding(
            "transaction-in-a-transaction",
            f"contains {action.verb.upper()}, but the migration runs in a transaction already",
            f"Remove {action.verb.upper()}, or set atomic = False on the migration.",
            part=action.verb,
        )
    elif action.verb == "begin" and not _is_ended(case):
        yield case.finding(
            "transaction-left-open",
            "begins a transaction and does not end it: its locks stay until the connection closes",
            "Write BEGIN and COMMIT in one text, or leave both out.",
            part="open",
        )


def _is_ended(case: Case) -> bool:
    actions = [step.action for step in case.operation.steps]
    verbs = [a.verb for a in actions if isinstance(a, Transaction)]
    return verbs.count("begin") <= verbs.count("commit") + verbs.count("rollback")


def _session(case: Case, action: SetSession) -> Iterator[Finding]:
    longest = _LONGEST_SECONDS.get(action.name)
    seconds = _seconds(action.value)
    if longest is None or seconds is None or 0 < seconds <= longest:
        return
    what = "switches off" if seconds <= 0 else "raises"
    yield case.finding(
        "timeout-switched-off",
        f"{what} {action.name} ({action.value}): it may wait, or make others wait, without end",
        f"SET LOCAL {action.name} = '{'3s' if action.name == 'lock_timeout' else '15min'}'",
        part=action.name,
    )


def _seconds(value: str) -> float | None:
    found = re.fullmatch(r"'?\s*(-?\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d)?\s*'?", value.strip())
    return float(found[1]) * _UNITS[found[2] or ""] if found else None


ROW_RULES: ActionRules = {
    WriteRows: (_written,),
    Truncate: (_emptied,),
    LockTable: (_locked,),
    Transaction: (_transaction,),
    SetSession: (_session,),
}

"""Run actions, one at a time and each in a transaction of its own, without a queue building up.

A trigger needs a lock that waits for writers, and new writers wait behind it. So each attempt
gives up after a moment, lets them pass, and tries again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from governance.enforcement.actions import Action
from governance.findings import Finding
from governance.rules import rule

LOCK_TIMEOUT_MS = 500
ATTEMPTS = 12
_LONGEST_PAUSE_S = 4.0
_PASSING = {"55P03", "40P01"}
"""SQLSTATE of a lock that was not to be had, and of a deadlock."""


def run(
    actions: Iterable[Action],
    *,
    using: str,
    tell: Callable[[Action], None] = lambda _: None,
    attempts: int = ATTEMPTS,
) -> list[Finding]:
    """Run every action and call ``tell`` after each; return a finding for each that failed."""
    failures = []
    for action in actions:
        failure = _run(action, connections[using], attempts)
        if failure is None:
            tell(action)
        else:
            failures.append(failure)
    return failures


def _run(action: Action, connection: BaseDatabaseWrapper, attempts: int) -> Finding | None:
    """In somebody else's transaction there is one attempt: the locks would stay with it."""
    tries = 1 if connection.in_atomic_block else attempts
    for attempt in range(1, tries + 1):
        try:
            _send(action, connection)
        except DatabaseError as error:
            if _sqlstate(error) not in _PASSING or attempt == tries:
                return _refused(action, error)
            time.sleep(min(0.1 * 2**attempt, _LONGEST_PAUSE_S))
        else:
            return None
    raise AssertionError("there is at least one attempt")


def _send(action: Action, connection: BaseDatabaseWrapper) -> None:
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        (before,) = cursor.fetchone()
        cursor.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
        for statement in action.statements:
            cursor.execute(statement)
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [before])


def _sqlstate(error: DatabaseError) -> str:
    cause = error.__cause__
    return str(getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None) or "")


def _refused(action: Action, error: DatabaseError) -> Finding:
    reason = str(error).strip().splitlines()[0]
    if _sqlstate(error) in _PASSING:
        reason = "its lock was not to be had, somebody writes it all the time"
        hint = "Run the command again, at a quieter time."
    else:
        hint = "Run it as the owner of the table, or as a superuser."
    return Finding(
        rule=rule("enforcement-refused"),
        message=f"PostgreSQL did not let {action.subject} be changed: {reason}.",
        hint=hint,
        subject=action.subject,
        owner=action.owner,
    )

"""What an error of the database means for a protected request."""

from __future__ import annotations

from django.db import Error, InterfaceError, OperationalError

TABLE = "governance_idempotencykey"
KEY_INDEX = f"{TABLE}_pkey"
LOCK_TIMEOUT = "55P03"
UNIQUE = "23505"
NOT_NULL = "23502"
CONFLICTS = frozenset({"40001", "40P01"})
_PASSING = ("08", "40", "53", "57P")
"""Classes of states that pass: connection lost, rolled back by PostgreSQL, out of resources,
shut down."""


def sqlstate(error: BaseException) -> str:
    """Return PostgreSQL's code, or an empty text for an error that did not come from there.

    psycopg 2 has another name for it.
    """
    cause = error.__cause__
    return getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None) or ""


def lost_against_winner(error: Error) -> bool:
    """Tell whether another transaction may have been first with the same key."""
    return sqlstate(error) in CONFLICTS | {UNIQUE} or _is_ours(error)


def passes(error: Error) -> bool:
    """Tell whether the same request may well succeed a moment later."""
    state = sqlstate(error)
    if not state:
        return isinstance(error, OperationalError | InterfaceError)
    return state.startswith(_PASSING) or _is_ours(error)


def _is_ours(error: Error) -> bool:
    """Tell whether the table of keys has refused a second answer."""
    state, diagnosis = sqlstate(error), getattr(error.__cause__, "diag", None)
    if state == NOT_NULL:
        return getattr(diagnosis, "table_name", None) == TABLE
    return state == UNIQUE and getattr(diagnosis, "constraint_name", None) == KEY_INDEX

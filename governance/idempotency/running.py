"""Key and effects in one transaction: the rules that make a request run once.

The unique index decides who was first. The lock only lets the others know early.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from django.db import Error, connections, transaction
from django.http.response import HttpResponseBase

from governance.exceptions import GovernanceError
from governance.idempotency import problems, storage
from governance.idempotency.calls import Call, Perform, Performed
from governance.idempotency.errors import LOCK_TIMEOUT, lost_against_winner, passes, sqlstate
from governance.idempotency.recording import Kept, answer_from, kept_of
from governance.idempotency.waiting import place_to_wait

_IN_ERROR = 3  # libpq's PQTRANS_INERROR


class EffectsLost(GovernanceError):
    """A view answered that all is well, after an error that had undone what it wrote."""


class _Lost(Exception):
    """Another transaction was first."""


class _Ending(Enum):
    KEEP = "the effects stay, and the answer with them"
    UNDO = "the effects go; the answer is kept"
    FORGET = "the effects go, and the key is free"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The response, and what it tells about the request."""

    response: HttpResponseBase
    outcome: str


def run(call: Call, perform: Perform) -> Answer:
    """Answer from what is kept, or run the view and keep its answer. Never runs it twice.

    Raises what the view raises; then nothing it wrote stays and its key is free.
    """
    return guarded(call, lambda: in_one_transaction(call, perform))


def guarded(call: Call, attempt: Callable[[], Answer]) -> Answer:
    """Attempt once; where another transaction was first, answer what that one answered."""
    try:
        return attempt()
    except _Lost:
        return _winner(call) or _try_again(call)
    except Error as error:
        if sqlstate(error) == LOCK_TIMEOUT and getattr(error, "while_waiting", False):
            return in_flight(call)
        winner = _winner(call) if lost_against_winner(error) else None
        if winner is None and not passes(error):
            raise
        return winner or _try_again(call)


def in_flight(call: Call) -> Answer:
    return Answer(
        response=problems.in_flight(call.options.retry_after).response(), outcome="in_flight"
    )


def settled(call: Call, kept: Kept) -> Answer:
    """Return the answer for a key that has been used before."""
    outcome, response = answer_from(kept, call)
    return Answer(response=response, outcome=outcome)


def one_transaction(alias: str) -> transaction.Atomic:
    """Open a transaction of our own, or a savepoint in the one that Django keeps around views."""
    outer = connections[alias].in_atomic_block
    return transaction.Atomic(using=alias, savepoint=True, durable=not outer)


def in_one_transaction(call: Call, perform: Perform) -> Answer:
    """Lock, look, run the view, keep its answer; all of it or nothing."""
    with one_transaction(call.alias):
        locked, kept = storage.lock_and_find(call)
        if kept is None and not locked and call.options.on_in_flight == "wait":
            locked = _waited(call)
            kept = storage.find(call) if locked else None
        if kept is not None:
            return settled(call, kept)
        if not locked:
            return in_flight(call)
        performed = perform()
        ending = _finish(call, performed)
    return _concluded(call, performed, ending)


def _finish(call: Call, performed: Performed) -> _Ending:
    """Decide how the transaction ends, and write the answer where it is kept in it."""
    ending = _ending(call, performed)
    if ending is not _Ending.KEEP:
        transaction.set_rollback(True, using=call.alias)
    elif not storage.keep(call, kept_of(performed.response, call.options)):
        raise _Lost
    return ending


def _concluded(call: Call, performed: Performed, ending: _Ending) -> Answer:
    """Keep an answer without effects in a transaction of its own, and say how it went."""
    if ending is _Ending.FORGET:
        return Answer(response=performed.response, outcome="rolled_back")
    kept = kept_of(performed.response, call.options)
    if ending is _Ending.UNDO:
        with one_transaction(call.alias):
            if storage.try_lock(call) and storage.find(call) is None:
                storage.keep(call, kept)
    outcome = "executed" if kept.outcome == "completed" else "tombstone"
    return Answer(response=performed.response, outcome=outcome)


def _ending(call: Call, performed: Performed) -> _Ending:
    status = performed.response.status_code
    if not call.options.keeps(status):
        return _Ending.FORGET
    spoiled = _is_spoiled(call.alias)
    if spoiled and status < 400:
        raise EffectsLost(
            f"{call.method} {call.route} answered {status}, but its transaction was rolled back: "
            "by a database error that it caught, or by set_rollback(). Put the statements that "
            "may fail in transaction.atomic(), inside the try."
        )
    return _Ending.UNDO if spoiled or (performed.undo and status >= 400) else _Ending.KEEP


def _is_spoiled(alias: str) -> bool:
    connection = connections[alias]
    raw = connection.connection
    status = getattr(getattr(raw, "pgconn", None), "transaction_status", None)
    return bool(connection.needs_rollback or raw is None or status == _IN_ERROR)


def _waited(call: Call) -> bool:
    with place_to_wait(call.route, call.options.max_waiters) as granted:
        if granted:
            try:
                storage.wait_for_lock(call)
            except Error as error:
                error.while_waiting = True  # type: ignore[attr-defined]
                raise
        return granted


def _winner(call: Call) -> Answer | None:
    """Return the answer of whoever was first, seen by a new transaction where there can be one."""
    connection = connections[call.alias]
    if connection.in_atomic_block and (connection.needs_rollback or _is_spoiled(call.alias)):
        return None
    with one_transaction(call.alias):
        kept = storage.find(call)
    return settled(call, kept) if kept else None


def _try_again(call: Call) -> Answer:
    if connections[call.alias].in_atomic_block:
        transaction.set_rollback(True, using=call.alias)
    return Answer(response=problems.try_again().response(), outcome="conflict")

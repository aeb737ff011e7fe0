"""Key and effects in one transaction: the rules that make a request run once.

The unique index decides who was first. The lock only lets the others know early.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connections, transaction
from django.http.response import HttpResponseBase

from governance.exceptions import GovernanceError
from governance.idempotency import problems, storage
from governance.idempotency.calls import Call, Perform, Performed
from governance.idempotency.errors import LOCK_TIMEOUT, lost_against_winner, passes, sqlstate
from governance.idempotency.recording import Kept, answer_from, kept_of
from governance.idempotency.waiting import place_to_wait

_IN_TRANSACTION = 2  # libpq's PQTRANS_INTRANS


class EffectsLost(GovernanceError):
    """A view answered that all is well, after an error that had undone what it wrote."""


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
    connection = connections[alias]
    outer = connection.in_atomic_block
    if not (connection.commit_on_exit if outer else connection.get_autocommit()):
        raise ImproperlyConfigured(
            f"Autocommit is off on {alias!r}, so nobody commits what a protected view does. Leave "
            "AUTOCOMMIT and set_autocommit() alone there."
        )
    return transaction.Atomic(using=alias, savepoint=True, durable=not outer)


def in_one_transaction(call: Call, perform: Perform) -> Answer:
    """Lock, look, run the view, keep its answer; all of it or nothing."""
    own = not connections[call.alias].in_atomic_block
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
        ending = _ending(call, performed)
        kept = None if ending is _Ending.FORGET else kept_of(performed.response, call.options)
        if kept is not None and ending is _Ending.KEEP:
            storage.keep(call, kept, last=own)
        else:
            transaction.set_rollback(True, using=call.alias)
    if kept is not None and ending is _Ending.UNDO:
        _keep_alone(call, kept)
    return Answer(response=performed.response, outcome=_outcome(kept))


def _keep_alone(call: Call, kept: Kept) -> None:
    """Keep an answer whose effects are gone, unless somebody else came in between."""
    with one_transaction(call.alias):
        if storage.try_lock(call) and storage.find(call) is None:
            storage.keep(call, kept)


def _outcome(kept: Kept | None) -> str:
    if kept is None:
        return "rolled_back"
    return "executed" if kept.outcome == "completed" else "tombstone"


def _ending(call: Call, performed: Performed) -> _Ending:
    status = performed.response.status_code
    if not call.options.keeps(status):
        return _Ending.FORGET
    spoiled = _is_spoiled(call.alias)
    if spoiled and status < 400:
        raise EffectsLost(
            f"{call.method} {call.route} answered {status}, but its transaction was rolled back "
            "or ended: by a database error that it caught, by set_rollback(), or by a COMMIT of "
            "its own. Put the statements that may fail in transaction.atomic(), inside the try."
        )
    return _Ending.UNDO if spoiled or (performed.undo and status >= 400) else _Ending.KEEP


def _is_spoiled(alias: str) -> bool:
    connection = connections[alias]
    raw = connection.connection
    if raw is None or connection.needs_rollback:
        return True
    return bool(raw.info.transaction_status != _IN_TRANSACTION)


def _waited(call: Call) -> bool:
    with place_to_wait(call.options.max_waiters) as granted:
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

"""For endpoints that reach outside the database: phases, a lease, and outcomes that are unknown.

Where all effects are in one database ``@idempotent`` is simpler and holds more.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Unpack

from django.core.exceptions import ImproperlyConfigured
from django.db import Error
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from governance.idempotency import leases, problems, storage
from governance.idempotency.arguments import Arguments
from governance.idempotency.calls import Call, call_of, route_of
from governance.idempotency.context import in_use
from governance.idempotency.errors import passes
from governance.idempotency.leases import Lease, LeaseLost
from governance.idempotency.options import Options
from governance.idempotency.outcomes import count, tell
from governance.idempotency.phases import NotDone, Operation, OutcomeUnknown, cut_short
from governance.idempotency.problems import Refusal
from governance.idempotency.protection import Protection, mark
from governance.idempotency.recording import kept_of
from governance.idempotency.rendering import finish_rendering
from governance.idempotency.running import Answer, settled
from governance.idempotency.stacking import refuse_wrong_order
from governance.idempotency.surroundings import in_request_transaction

__all__ = ["NotDone", "Operation", "OutcomeUnknown", "staged"]

View = Callable[..., HttpResponseBase]
Resume = Callable[[Operation], HttpResponseBase]


def staged(
    *, lease: float = 60, resume: Resume | None = None, **arguments: Unpack[Arguments]
) -> Callable[[View], View]:
    """Protect ``view(request, operation, …)``, whose effects are phases of the operation.

    ``lease`` is how many seconds a worker that says nothing counts as alive. ``resume(operation)``
    goes on without the request once a phase is done, and answers; ``idempotency_complete`` calls
    it for operations that were cut short. The other arguments are those of ``Options``; a key is
    always needed, and a request under way is never waited for.
    """
    options = Options(**arguments)
    faults = {"required": options.required is True, "lock": options.lock == "advisory"}
    faults["on_in_flight"] = options.on_in_flight == "reject"
    for name, fine in faults.items():
        if not fine:
            raise ImproperlyConfigured(f"@staged: {name} can't be chosen here. Leave it out.")
    if lease <= 0:
        raise ImproperlyConfigured(f"@staged: lease={lease} is not longer than nothing.")

    def decorate(view: View) -> View:
        refuse_wrong_order(view)

        @wraps(view)
        def protected(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in options.methods:
                raise ImproperlyConfigured(
                    f"{route_of(request)} is @staged for {', '.join(options.methods)} and was "
                    f"called with {request.method}. Put @require_http_methods above it."
                )
            return _answer(
                request,
                options,
                lease,
                lambda operation: finish_rendering(view(request, operation, *args, **kwargs), view),
            )

        protection = Protection(
            options=options, kind="staged", view=view, resume=resume, lease=lease
        )
        mark(protected, protection)
        return protected

    return decorate


def _answer(
    request: HttpRequest,
    options: Options,
    seconds: float,
    perform: Callable[[Operation], HttpResponseBase],
) -> HttpResponseBase:
    begun = time.perf_counter()
    try:
        call = call_of(request, options)
    except Refusal as refusal:
        count(route_of(request), "refused")
        return refusal.problem.response()
    assert call is not None
    _require_no_transaction(call)
    try:
        with in_use(call.in_use()):
            answer = _attempt(call, seconds, perform)
    except Error as error:
        if not passes(error):
            raise
        answer = Answer(response=problems.try_again().response(), outcome="conflict")
    tell(call, answer.outcome, begun)
    return answer.response


def _attempt(
    call: Call, seconds: float, perform: Callable[[Operation], HttpResponseBase]
) -> Answer:
    kept = storage.find(call)
    if kept is not None:
        answer = settled(call, kept)
        if kept.outcome != "staged" or answer.outcome == "mismatch":
            return answer
    taken = leases.claim(call, seconds) if kept is None else leases.reclaim(call, seconds)
    if taken is None:
        return _under_way(call)
    return work(call, *taken, perform)


def work(
    call: Call,
    lease: Lease,
    results: dict[str, Any],
    perform: Callable[[Operation], HttpResponseBase],
) -> Answer:
    """Do what is left of an operation that was leased, and keep the answer."""
    if cut_short(results):
        lease.give_up()
        return _unknown()
    try:
        return _finish(call, lease, perform(Operation(lease, results)))
    except LeaseLost:
        return _under_way(call)
    except OutcomeUnknown:
        lease.give_up()
        return _unknown()
    except BaseException:
        lease.release()
        raise


def _finish(call: Call, lease: Lease, response: HttpResponseBase) -> Answer:
    """An answer that is not final lets the client come back and go on."""
    if not call.options.keeps(response.status_code):
        lease.release()
        return Answer(response=response, outcome="rolled_back")
    kept = kept_of(response, call.options)
    lease.finish(storage.values_of(kept), call.lifetime)
    outcome = "executed" if kept.outcome == "completed" else "tombstone"
    return Answer(response=response, outcome=outcome)


def _under_way(call: Call) -> Answer:
    problem = problems.in_flight(leases.remaining(call))
    return Answer(response=problem.response(), outcome="in_flight")


def _unknown() -> Answer:
    return Answer(response=problems.unknown_outcome().response(), outcome="unknown")


def _require_no_transaction(call: Call) -> None:
    if in_request_transaction(call.alias):
        raise ImproperlyConfigured(
            f"{call.route} is @staged and commits after each phase, which ATOMIC_REQUESTS "
            "forbids. Put @non_atomic_requests on the view."
        )

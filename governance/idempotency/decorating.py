"""``@idempotent`` for Django's own views, functions and methods of classes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, Unpack, overload

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.handlers.exception import response_for_exception
from django.http import Http404, HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase

from governance.idempotency import rows, running
from governance.idempotency.arguments import Arguments
from governance.idempotency.calls import Call, Perform, Performed, call_of, route_of
from governance.idempotency.context import in_use
from governance.idempotency.options import Options
from governance.idempotency.outcomes import count, tell
from governance.idempotency.problems import Refusal
from governance.idempotency.protection import Protection, mark
from governance.idempotency.rendering import finish_rendering
from governance.idempotency.stacking import refuse_wrong_order

V = TypeVar("V", bound=Callable[..., Any])
CLIENT_ERRORS = (Http404, BadRequest, SuspiciousOperation, MultiPartParserError)
"""What Django answers with a certain 4xx. PermissionDenied is not among them: 403 is not kept."""
_log = logging.getLogger("governance.idempotency")
_told_of_cookies: set[str] = set()


@overload
def idempotent(view: V, /) -> V: ...
@overload
def idempotent(**arguments: Unpack[Arguments]) -> Callable[[V], V]: ...
def idempotent(view: Any = None, /, **arguments: Unpack[Arguments]) -> Any:
    """Run a view once for each key that a client sends, whatever is retried, races or crashes.

    The view, the rendering of its answer and the key are one transaction. The arguments are those
    of ``Options``. Put it below what authenticates and permits, and use it on a method of a class
    through ``method_decorator``.
    """
    options = Options(**arguments)

    def decorate(view: V) -> V:
        refuse_wrong_order(view)

        @wraps(view)
        def protected(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            _require_plain(request)
            if request.method not in options.methods:
                return view(request, *args, **kwargs)  # type: ignore[no-any-return]
            return answer(
                request,
                options,
                lambda: _performed(view, request, args, kwargs),
                unprotected=lambda: view(request, *args, **kwargs),
            )

        mark(protected, Protection(options=options, view=view))
        return protected  # type: ignore[return-value]

    return decorate if view is None else decorate(view)


def answer(
    request: HttpRequest,
    options: Options,
    perform: Perform,
    *,
    unprotected: Callable[[], HttpResponseBase],
    principal: Any = None,
) -> HttpResponseBase:
    """Return the answer to a request that is authenticated and permitted.

    ``unprotected`` is the view as it would be without us, for a request that needs no key.
    """
    begun = time.perf_counter()
    try:
        call = call_of(request, options, principal)
    except Refusal as refusal:
        count(route_of(request), "refused")
        return refusal.problem.response()
    if call is None:
        return unprotected()
    answered = _answered(call, perform, begun)
    tell(call, answered.outcome, begun, failed=answered.outcome == "conflict")
    _tell_of_cookies(call, answered.response)
    return answered.response


def _answered(call: Call, perform: Perform, begun: float) -> running.Answer:
    run = rows.run if call.options.lock == "row" else running.run
    try:
        with in_use(call.in_use()):
            return run(call, perform)
    except BaseException:
        tell(call, "rolled_back", begun, failed=True)
        raise


def _performed(
    view: Callable[..., HttpResponseBase], request: HttpRequest, args: Any, kwargs: Any
) -> Performed:
    try:
        response = view(request, *args, **kwargs)
        return Performed(response=finish_rendering(response, view))
    except CLIENT_ERRORS as error:
        return Performed(response=response_for_exception(request, error), undo=True)


def _require_plain(request: Any) -> None:
    if isinstance(request, HttpRequest):
        return
    if hasattr(request, "_request"):
        raise TypeError(
            "@idempotent was given a request of Django REST framework. Use IdempotentMixin, or "
            "@idempotent of governance.idempotency.drf below @api_view."
        )
    raise TypeError(
        f"@idempotent was given a {type(request).__name__} instead of a request. Use it on a "
        "method through @method_decorator(idempotent(...))."
    )


def _tell_of_cookies(call: Call, response: HttpResponseBase) -> None:
    if response.cookies and call.route not in _told_of_cookies:
        _told_of_cookies.add(call.route)
        _log.warning("%s sets cookies; replays of its answers do not.", call.route)

"""For Django Ninja: ``@decorate_view(idempotent(...))``, which sees finished responses."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, Unpack

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from governance.idempotency.arguments import Arguments
from governance.idempotency.calls import Performed
from governance.idempotency.decorating import answer
from governance.idempotency.options import Options
from governance.idempotency.protection import Protection, mark

_CHECKED = "_governance_checked"
_RAISED = "_governance_raised"
Run = Callable[..., HttpResponseBase]


def idempotent(**arguments: Unpack[Arguments]) -> Callable[[Run], Run]:
    """Protect an operation; the arguments are those of ``Options``.

    The operation's own authentication and throttles run first, on replays too. Without ``scope``
    the key belongs to what authentication returns, if that is an object with a primary key.
    """
    options = Options(**arguments)

    def decorate(run: Run) -> Run:
        operation = _operation_of(run)
        _check_once(operation)
        _notice_exceptions(operation)

        @wraps(run)
        def protected(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            if request.method not in options.methods:
                return run(request, **kwargs)
            refused: HttpResponseBase | None = operation._run_checks(request)
            if refused is not None:
                return refused
            principal = getattr(request, "auth", None)
            return answer(
                request,
                options,
                lambda: _performed(run, request, kwargs),
                unprotected=lambda: run(request, **kwargs),
                principal=principal,
            )

        mark(protected, Protection(options=options, kind="ninja", view=operation.view_func))
        return protected

    return decorate


def _operation_of(run: Any) -> Any:
    operation = getattr(inspect.unwrap(run), "__self__", None)
    if operation is None or not hasattr(operation, "_run_checks"):
        raise ImproperlyConfigured(
            "@idempotent of governance.idempotency.ninja was put on a function, which answers "
            "with plain data. Write @decorate_view(idempotent(...)) instead."
        )
    if operation.is_async:
        raise ImproperlyConfigured(
            f"@idempotent: {operation.view_func.__qualname__} is async, and Django has no "
            "asynchronous transactions. Make it a plain function."
        )
    return operation


def _check_once(operation: Any) -> None:
    """The framework checks inside ``run``; who was let in before is not asked again."""
    checks = operation._run_checks

    def once(request: Any) -> Any:
        if getattr(request, _CHECKED, None) is operation:
            return None
        refused = checks(request)
        setattr(request, _CHECKED, operation if refused is None else None)
        return refused

    operation._run_checks = once


def _notice_exceptions(operation: Any) -> None:
    """The framework turns exceptions into responses before we see them."""
    function = operation.view_func

    @wraps(function)
    def noticed(request: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return function(request, *args, **kwargs)
        except Exception:
            setattr(request, _RAISED, True)
            raise

    operation.view_func = noticed


def _performed(run: Run, request: HttpRequest, kwargs: Any) -> Performed:
    response = run(request, **kwargs)
    return Performed(response=response, undo=getattr(request, _RAISED, False))

"""For Django REST framework: after authentication, permissions and throttles, around rendering."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, TypeVar, Unpack, cast, overload

from django.core.exceptions import ImproperlyConfigured, RequestDataTooBig
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from governance.idempotency.arguments import Arguments
from governance.idempotency.calls import Performed
from governance.idempotency.decorating import answer
from governance.idempotency.options import Options
from governance.idempotency.protection import Protection, mark
from governance.idempotency.rendering import finish_rendering
from governance.idempotency.stacking import refuse_wrong_order

V = TypeVar("V", bound=Callable[..., Any])


_SEEN = "_governance_seen"


class _NoKey(Exception):
    """There is no key and none is needed, so the framework goes on by itself."""


class _Ended(BaseException):
    """Carries what is finished past the framework, which would finish it once more."""

    def __init__(self, *, response: HttpResponseBase | None, error: Exception | None) -> None:
        super().__init__()
        self.response = response
        self.error = error


class IdempotentMixin:
    """Write it in front of ``APIView`` or a view set, with ``idempotency = Options(...)``."""

    idempotency: Options = Options()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        order = [kind.__name__ for kind in cls.__mro__]
        if "APIView" in order[: order.index("IdempotentMixin")]:
            raise ImproperlyConfigured(
                f"{cls.__qualname__}: IdempotentMixin stands behind APIView and protects nothing. "
                "Write it in front."
            )

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.method in self.idempotency.methods:
            _read(request)
        try:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except _Ended as ended:
            if ended.error is not None:
                raise ended.error from ended.error.__cause__
            self.response = ended.response
            return ended.response

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Let the framework authenticate and permit, then protect the handler of this request."""
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        name = (request.method or "").lower()
        handler = getattr(self, name, None)
        if request.method in self.idempotency.methods and handler is not None:
            setattr(self, name, _ending(self, handler, self.idempotency))


@overload
def idempotent(function: V, /) -> V: ...
@overload
def idempotent(**arguments: Unpack[Arguments]) -> Callable[[V], V]: ...
def idempotent(function: Any = None, /, **arguments: Unpack[Arguments]) -> Any:
    """Protect a function below ``@api_view``; the arguments are those of ``Options``."""
    options = Options(**arguments)

    def decorate(function: V) -> V:
        refuse_wrong_order(function)

        @wraps(function)
        def protected(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            context = getattr(request, "parser_context", None)
            if context is None:
                raise TypeError(
                    "@idempotent of governance.idempotency.drf was given a request of Django. Put "
                    "it below @api_view; for other views use governance.idempotency.idempotent."
                )
            if request.method not in options.methods:
                return cast("HttpResponseBase", function(request, *args, **kwargs))
            view = context["view"]
            try:
                return _answered(view, function, options, request, args=args, kwargs=kwargs)
            except _NoKey:
                return cast("HttpResponseBase", function(request, *args, **kwargs))

        mark(protected, Protection(options=options, kind="drf", view=function))
        return cast("V", protected)

    return decorate if function is None else decorate(function)


def _ending(view: Any, handler: Callable[..., Any], options: Options) -> Callable[..., Any]:
    def handle(request: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            response = _answered(view, handler, options, request, args=args, kwargs=kwargs)
        except _NoKey:
            return handler(request, *args, **kwargs)
        except Exception as error:
            if not getattr(error, _SEEN, False):
                raise
            raise _Ended(response=None, error=error) from error
        raise _Ended(response=response, error=None)

    return handle


def _answered(
    view: Any,
    handler: Callable[..., Any],
    options: Options,
    request: Any,
    *,
    args: Any,
    kwargs: Any,
) -> HttpResponseBase:
    _parse_forms(request)

    def perform() -> Performed:
        try:
            return _performed(view, handler, request, args, kwargs)
        except Exception as error:
            setattr(error, _SEEN, True)
            raise

    return answer(
        request._request,
        options,
        perform,
        unprotected=_pass_by,
        principal=request.user,
    )


def _pass_by() -> HttpResponseBase:
    raise _NoKey


def _performed(view: Any, handler: Any, request: Any, args: Any, kwargs: Any) -> Performed:
    undo = False
    try:
        response = handler(request, *args, **kwargs)
    except Exception as error:
        response, undo = view.handle_exception(error), True
    response = view.finalize_response(request, response, *args, **kwargs)
    return Performed(response=finish_rendering(response, handler), undo=undo)


def _parse_forms(request: Any) -> None:
    """A form in parts can be read once; the framework shares what it has parsed with Django."""
    if _in_parts(request._request):
        _ = request.data


def _read(request: HttpRequest) -> None:
    """Read the body before a permission or a throttle does so through ``request.data``, which
    leaves nothing to compare. What is too large is told later, to who may know."""
    if not _in_parts(request):
        with suppress(RequestDataTooBig):
            _ = request.body


def _in_parts(request: HttpRequest) -> bool:
    return (request.content_type or "").lower() == "multipart/form-data"

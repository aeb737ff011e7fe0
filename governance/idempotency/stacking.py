"""Decorators in an order that would defeat the protection, found when they are applied."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.core.exceptions import ImproperlyConfigured

from governance.idempotency.protection import protection_of

_ABOVE = {
    "django.contrib.auth.decorators": "a replay would be given to who may not see it any more",
    "django.views.decorators.csrf": "a replay would not be checked",
    "django.views.decorators.cache": "what is cached is not what is kept",
    "django.contrib.admin.views.decorators": "a replay would be given to who is no staff any more",
}
_SETS_AN_ATTRIBUTE_ONLY = {"csrf_exempt"}


def refuse_wrong_order(view: Callable[..., Any]) -> None:
    """Raise ``ImproperlyConfigured`` for what must stand above ``@idempotent``, or can't be."""
    if iscoroutinefunction(view):
        raise ImproperlyConfigured(
            f"@idempotent: {_name(view)} is async, and Django has no asynchronous transactions. "
            "Call governance.idempotency.run_idempotent() in it instead."
        )
    if hasattr(view, "cls"):
        raise ImproperlyConfigured(
            f"@idempotent: {_name(view)} is a view of Django REST framework. Put @idempotent of "
            "governance.idempotency.drf below @api_view."
        )
    if protection_of(view) is not None:
        raise ImproperlyConfigured(f"@idempotent: {_name(view)} is protected twice. Remove one.")
    for decorator, reason in beneath(view):
        raise ImproperlyConfigured(
            f"@idempotent stands above {decorator} at {_name(view)}, so {reason}. Put @idempotent "
            "below it."
        )


def beneath(view: Callable[..., Any]) -> Iterator[tuple[str, str]]:
    """Yield each decorator of a view that must stand above ``@idempotent``, and why."""
    for layer in _layers(view):
        code = getattr(layer, "__code__", None)
        module = getattr(layer, "__globals__", {}).get("__name__", "")
        name = code.co_qualname.partition(".")[0] if code else ""
        if name == "make_middleware_decorator" and module == "django.utils.decorators":
            yield f"a decorator made of {_middleware(layer)}", "replays would pass it by"
        elif name == "_multi_decorate" and module == "django.utils.decorators":
            yield from _decorators_of_method(layer)
        elif module in _ABOVE and name not in _SETS_AN_ATTRIBUTE_ONLY:
            yield f"@{name}", _ABOVE[module]


def _decorators_of_method(layer: Any) -> Iterator[tuple[str, str]]:
    """``method_decorator`` applies its decorators at each call, and keeps them until then."""
    for held in _held(layer):
        for decorator in held if isinstance(held, list | tuple) else ():
            yield from beneath(decorator(_nothing))


def _nothing(*args: Any, **kwargs: Any) -> None:
    """Stands in for a method."""


def _middleware(layer: Any) -> str:
    held = _held(layer)
    held += [inner for function in held for inner in _held(function)]
    kinds = [type(h).__name__ for h in held if hasattr(h, "get_response")]
    return kinds[0] if kinds else "middleware"


def _held(function: Any) -> list[Any]:
    return [cell.cell_contents for cell in getattr(function, "__closure__", None) or ()]


def _layers(view: Any) -> Iterator[Any]:
    """The view and what it wraps; ``functools.wraps`` hides a decorator's name, not its code."""
    seen: set[int] = set()
    while view is not None and id(view) not in seen:
        seen.add(id(view))
        yield view
        view = getattr(view, "__wrapped__", None)


def _name(view: Any) -> str:
    plain = inspect.unwrap(view)
    return f"{getattr(plain, '__module__', '')}.{getattr(plain, '__qualname__', repr(plain))}"

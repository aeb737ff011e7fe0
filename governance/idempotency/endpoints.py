"""Every URL pattern of the project, and which of its views are protected."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from governance.idempotency.options import SAFE, Options
from governance.idempotency.protection import Protection, protection_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A URL pattern and its view."""

    name: str
    """As in ``reverse``: ``finance:pay``; empty for a pattern without a name."""
    route: str
    callback: Callable[..., Any]
    protections: tuple[Protection, ...]

    @property
    def view_class(self) -> type | None:
        found = getattr(self.callback, "view_class", None) or getattr(self.callback, "cls", None)
        return found if isinstance(found, type) else None

    @property
    def subject(self) -> str:
        return self.name or self.route


def endpoints() -> list[Endpoint]:
    """Return all of them; none when the URLconf can't be imported, which Django's checks tell."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    try:
        return list(_walk(get_resolver().url_patterns, (), ""))
    except Exception:
        return []


def _walk(patterns: Any, spaces: tuple[str, ...], prefix: str) -> Iterator[Endpoint]:
    for pattern in patterns:
        own = str(pattern.pattern)
        route = prefix + (own.removeprefix("^") if prefix else own)  # as in ResolverMatch.route
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _walk(pattern.url_patterns, inner, route)
        elif isinstance(pattern, URLPattern):
            yield Endpoint(
                name=":".join((*spaces, pattern.name)) if pattern.name else "",
                route=route,
                callback=pattern.callback,
                protections=tuple(_protections(pattern.callback)),
            )


def _protections(callback: Any) -> Iterator[Protection]:
    """A mark on the view, on a method of its class, or on a function that a framework wraps."""
    own = protection_of(callback)
    if own is not None:
        yield own
        return
    if "run_idempotent" in _names(callback):
        yield Protection(options=Options(), kind="async")
    kind = getattr(callback, "view_class", None) or getattr(callback, "cls", None)
    if kind is None:
        yield from _enclosed(callback)
        return
    mixed_in = getattr(kind, "idempotency", None)
    if isinstance(mixed_in, Options):
        yield Protection(options=mixed_in, kind="drf", view=_handler(kind, callback, mixed_in))
    for name in (*_methods(), "dispatch"):
        handler = getattr(kind, name, None)
        found = protection_of(handler)
        yield from [found] if found else _enclosed(handler)
        if "run_idempotent" in _names(handler):
            yield Protection(options=Options(), kind="async")


def _names(function: Any) -> tuple[str, ...]:
    """What the code of a function calls."""
    return tuple(getattr(getattr(inspect.unwrap(function), "__code__", None), "co_names", ()))


def _methods() -> tuple[str, ...]:
    return ("post", "put", "patch", "delete", *(name.lower() for name in sorted(SAFE)))


def _handler(kind: type, callback: Any, options: Options) -> Any:
    actions = getattr(callback, "actions", None) or {}
    names = [method.lower() for method in options.methods]
    return next((h for n in names if (h := getattr(kind, actions.get(n, n), None))), None)


def _enclosed(function: Any) -> Iterator[Protection]:
    """``@api_view`` and Django Ninja keep what they call in a closure of theirs."""
    for cell in getattr(function, "__closure__", None) or ():
        try:
            held = cell.cell_contents
        except ValueError:
            continue
        for candidate in (held, *(getattr(o, "run", None) for o in _operations(held))):
            found = protection_of(candidate)
            if found:
                yield found


def _operations(held: Any) -> list[Any]:
    found = getattr(held, "operations", None)
    return found if isinstance(found, list) else []

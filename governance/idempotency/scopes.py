"""Whose key is it? The same key of two principals names two operations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from governance.idempotency.options import Options
from governance.idempotency.problems import Refusal, no_principal


def scope_of(request: HttpRequest, options: Options, principal: Any = None) -> tuple[str, ...]:
    """Return the parts that make up the scope; raises ``Refusal`` where one is missing.

    ``principal`` is whom a framework authenticated besides ``request.user``.
    """
    own = options.scope(request) if options.scope else principal_of(request, principal)
    if options.tenant is None:
        return (_text(own, "scope"),)
    return (_text(own, "scope"), _text(options.tenant(request), "tenant"))


def principal_of(request: HttpRequest, principal: Any = None) -> str | None:
    """Return the name of who sends the request, or None."""
    return named(getattr(request, "user", None) if principal is None else principal)


def _text(part: Any, name: str) -> str:
    """An object would be written with its address in memory, and each request have its own."""
    if part is None or part == "":
        raise Refusal(no_principal())
    if isinstance(part, str | int | UUID) and not isinstance(part, bool):
        return str(part)
    raise TypeError(f"@idempotent: {name} returned {type(part).__name__} instead of a text.")


def named(principal: Any) -> str | None:
    """Return a text that names one principal, or None for an anonymous or nameless one."""
    if principal is None or getattr(principal, "is_authenticated", True) is False:
        return None
    key = getattr(principal, "pk", None)
    if key is None or key == "":
        return None
    meta = getattr(principal, "_meta", None)
    if meta is not None:
        return f"{meta.concrete_model._meta.label_lower}:{key}"
    return f"{type(principal).__module__}.{type(principal).__name__}:{key}"

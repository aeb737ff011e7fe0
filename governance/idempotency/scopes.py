"""Whose key is it? The same key of two principals names two operations."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from governance.idempotency.options import Options
from governance.idempotency.problems import Refusal, no_principal


def scope_of(request: HttpRequest, options: Options, principal: Any = None) -> tuple[str, ...]:
    """Return the parts that make up the scope; raises ``Refusal`` where one is missing.

    ``principal`` is whom a framework authenticated besides ``request.user``.
    """
    own = options.scope(request) if options.scope else named(principal or _user(request))
    if not own:
        raise Refusal(no_principal())
    if options.tenant is None:
        return (own,)
    tenant = options.tenant(request)
    if not tenant:
        raise Refusal(no_principal())
    return (own, str(tenant))


def named(principal: Any) -> str | None:
    """Return a text that names one principal, or None for an anonymous or nameless one."""
    if principal is None or getattr(principal, "is_authenticated", True) is False:
        return None
    key = getattr(principal, "pk", None)
    if key is None or key == "":
        return None
    meta = getattr(principal, "_meta", None)
    kind = meta.label_lower if meta else f"{type(principal).__module__}.{type(principal).__name__}"
    return f"{kind}:{key}"


def _user(request: HttpRequest) -> Any:
    return getattr(request, "user", None)

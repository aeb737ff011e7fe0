"""One protected request, with all that is known before the database is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from governance.idempotency.context import KeyInUse
from governance.idempotency.fingerprints import fingerprint, payload_of
from governance.idempotency.identity import Identity, identity
from governance.idempotency.keys import key_of
from governance.idempotency.options import Options
from governance.idempotency.scopes import principal_of, scope_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request whose key, sender and fingerprint are known."""

    options: Options
    alias: str
    identity: Identity
    payload: bytes
    """Digest of the request; its fingerprint is this with a secret."""
    fingerprint: bytes
    route: str
    method: str
    actor: str
    """The principal; not what ``scope`` made of the request, which may be a secret."""
    lifetime: timedelta

    def in_use(self) -> KeyInUse:
        return KeyInUse(
            key_hash=self.identity.key_hash.hex(),
            fingerprint=self.fingerprint.hex(),
            actor=self.actor,
            module=self.options.module,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Performed:
    """What a view has answered."""

    response: HttpResponseBase
    undo: bool = False
    """Whether it comes from an exception, so that nothing the view has written shall stay."""


Perform = Callable[[], Performed]


def call_of(request: HttpRequest, options: Options, principal: Any = None) -> Call | None:
    """Return the call, or None where there is no key and none is needed; raises ``Refusal``."""
    key = key_of(request, options)
    if key is None:
        return None
    scope = scope_of(request, options, principal)
    payload = payload_of(request, options)
    return Call(
        options=options,
        alias=options.alias,
        identity=identity(scope, key),
        payload=payload,
        fingerprint=fingerprint(payload),
        route=route_of(request)[:200],
        method=(request.method or "")[:10],
        actor=(principal_of(request, principal) or "")[:200],
        lifetime=options.lifetime,
    )


def route_of(request: HttpRequest) -> str:
    """Return the pattern that led here, which names no object; else the path."""
    match = request.resolver_match
    return str(match.route) if match and match.route else request.path_info

"""An answer as it is kept, and as it is given again."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from governance.idempotency import problems
from governance.idempotency.calls import Call
from governance.idempotency.ciphering import cipher
from governance.idempotency.fingerprints import matches
from governance.idempotency.options import Options

REPLAYED = "Idempotency-Replayed"
_log = logging.getLogger("governance.idempotency")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A row of the table of keys, as far as answering needs it."""

    outcome: str
    status: int | None
    headers: dict[str, str]
    body: bytes | None
    fingerprint: bytes = b""
    version: int = 0
    scope_hash: bytes = b""
    encrypted: bool = False


def kept_of(response: HttpResponseBase, options: Options) -> Kept:
    """Return what is kept of an answer: all of it, or the mere fact where that can't be."""
    body, encrypted = _kept_body(response, options)
    names = options.kept_headers if body is not None else {"location"}
    return Kept(
        outcome="tombstone" if body is None else "completed",
        status=response.status_code,
        headers={name: value for name, value in response.items() if name.lower() in names},
        body=body,
        encrypted=encrypted,
    )


def answer_from(kept: Kept, call: Call) -> tuple[str, HttpResponse]:
    """Return the outcome and the answer for a request whose key has been used before."""
    if kept.scope_hash != call.identity.scope_hash or not matches(
        call.payload, kept.fingerprint, kept.version
    ):
        return "mismatch", problems.key_reused().response()
    match kept.outcome:
        case "completed":
            body = readable(kept.body or b"", kept.encrypted)
            return _not_kept(kept) if body is None else ("replayed", _replay(kept, body))
        case "tombstone":
            return _not_kept(kept)
        case "unknown":
            return "unknown", problems.unknown_outcome().response()
    return "in_flight", problems.in_flight(call.options.retry_after).response()


def readable(body: bytes, encrypted: bool) -> bytes | None:
    """Return a kept body as it was; None, and a line in the log, if nobody can read it."""
    if not encrypted:
        return body
    try:
        used = cipher()
        return used.decrypt(body) if used else None
    except Exception:
        _log.exception("A kept answer can't be decrypted; its client is told that it was not kept.")
        return None


def _not_kept(kept: Kept) -> tuple[str, HttpResponse]:
    location = kept.headers.get("Location")
    return "not_kept", problems.not_kept(kept.status or 0, location).response()


def _replay(kept: Kept, body: bytes) -> HttpResponse:
    response = HttpResponse(body, status=kept.status)
    del response["Content-Type"]
    for name, value in kept.headers.items():
        response[name] = value
    response[REPLAYED] = "true"
    return response


def _kept_body(response: HttpResponseBase, options: Options) -> tuple[bytes | None, bool]:
    """Return what is kept of a body, and whether it is encrypted; never the body as it is where
    a function that should have changed it has failed."""
    if response.streaming or not options.store_body:
        return None, False
    content: Any = getattr(response, "content", None)
    try:
        if options.redact is not None:
            content = options.redact(content)
        if not isinstance(content, bytes) or len(content) > options.max_body:
            return None, False
        used = cipher()
        return (content, False) if used is None else (used.encrypt(content), True)
    except Exception:
        _log.exception("An answer can't be made ready to be kept; only its status is.")
        return None, False

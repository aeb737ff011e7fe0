"""An answer as it is kept, and as it is given again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from governance.idempotency import problems
from governance.idempotency.calls import Call
from governance.idempotency.fingerprints import matches
from governance.idempotency.options import Options

REPLAYED = "Idempotency-Replayed"


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


def kept_of(response: HttpResponseBase, options: Options) -> Kept:
    """Return what is kept of an answer: all of it, or the mere fact where that can't be."""
    body = _kept_body(response, options)
    names = options.kept_headers if body is not None else {"location"}
    return Kept(
        outcome="tombstone" if body is None else "completed",
        status=response.status_code,
        headers={name: value for name, value in response.items() if name.lower() in names},
        body=body,
    )


def answer_from(kept: Kept, call: Call) -> tuple[str, HttpResponse]:
    """Return the outcome and the answer for a request whose key has been used before."""
    if kept.scope_hash != call.identity.scope_hash or not matches(
        call.payload, kept.fingerprint, kept.version
    ):
        return "mismatch", problems.key_reused().response()
    match kept.outcome:
        case "completed":
            return "replayed", _replay(kept)
        case "tombstone":
            location = kept.headers.get("Location")
            return "not_kept", problems.not_kept(kept.status or 0, location).response()
        case "unknown":
            return "unknown", problems.unknown_outcome().response()
    return "in_flight", problems.in_flight(call.options.retry_after).response()


def _replay(kept: Kept) -> HttpResponse:
    response = HttpResponse(kept.body or b"", status=kept.status)
    del response["Content-Type"]
    for name, value in kept.headers.items():
        response[name] = value
    response[REPLAYED] = "true"
    return response


def _kept_body(response: HttpResponseBase, options: Options) -> bytes | None:
    if response.streaming or not options.store_body:
        return None
    content: Any = getattr(response, "content", None)
    if options.redact is not None:
        try:
            content = options.redact(content)
        except Exception:
            return None
    return content if isinstance(content, bytes) and len(content) <= options.max_body else None

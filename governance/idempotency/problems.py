"""What a client is told when there is no answer of the view: RFC 9457 problem details."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse

from governance import conf

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One cause, its status, and what the client does about it."""

    slug: str
    status: int
    title: str
    detail: str
    retry_after: int | None = None
    """Seconds after which the same request may be sent again; None where that is no use."""
    extra: dict[str, Any] = field(default_factory=dict)

    def response(self) -> HttpResponse:
        docs = conf.settings().idempotency.docs
        body = {
            "type": f"{docs}#{self.slug}" if docs else f"urn:idempotency:{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.extra,
        }
        response = HttpResponse(json.dumps(body), status=self.status, content_type=CONTENT_TYPE)
        response["Cache-Control"] = "no-store"
        if docs:
            response["Link"] = f'<{docs}>; rel="describedby"'
        if self.retry_after is not None:
            response["Retry-After"] = str(self.retry_after)
        return response


class Refusal(Exception):
    """The request ends here; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def key_missing() -> Problem:
    header = conf.settings().idempotency.header
    return Problem(
        slug="key-missing",
        status=400,
        title="The idempotency key is missing",
        detail=f"Send the header {header} with a value that is new for each operation, such as a "
        "UUID, and the same when you send the operation again.",
    )


def key_invalid(fact: str) -> Problem:
    return Problem(
        slug="key-invalid",
        status=400,
        title="The idempotency key can't be used",
        detail=f"The value of {conf.settings().idempotency.header} {fact}.",
    )


def no_principal() -> Problem:
    return Problem(
        slug="no-principal",
        status=400,
        title="It is not known whose idempotency key this is",
        detail="Keys belong to who sends them, and this request has no authenticated sender.",
    )


def body_too_large(limit: int | None) -> Problem:
    most = "the server accepts" if limit is None else f"{limit} bytes"
    return Problem(
        slug="body-too-large",
        status=413,
        title="The request is too large",
        detail=f"The body is larger than {most}. Nothing was done.",
    )


def in_flight(retry_after: int) -> Problem:
    return Problem(
        slug="in-flight",
        status=409,
        title="The operation is under way",
        detail="A request with this idempotency key is being worked on. Send it again later.",
        retry_after=retry_after,
    )


def not_kept(status: int, location: str | None) -> Problem:
    extra: dict[str, Any] = {"original_status": status}
    if location:
        extra["location"] = location
    return Problem(
        slug="answer-not-kept",
        status=409,
        title="The operation is completed",
        detail=f"The operation was done and answered with {status}; that answer was not kept.",
        extra=extra,
    )


def key_reused() -> Problem:
    return Problem(
        slug="key-reused",
        status=422,
        title="The idempotency key belongs to another request",
        detail="This key was sent before with another body, address or method. Use a new key for "
        "a new operation.",
    )


def unknown_outcome() -> Problem:
    return Problem(
        slug="unknown-outcome",
        status=409,
        title="It is not known whether the operation was done",
        detail="It ended while another system was being asked. Somebody has to look; don't send "
        "it with another key.",
    )


def try_again(retry_after: int = 1) -> Problem:
    return Problem(
        slug="try-again",
        status=503,
        title="The operation could not be completed",
        detail="Another transaction was in the way, or the database went away, perhaps at the very "
        "end. Send the same request again, with the same key; then it is done once.",
        retry_after=retry_after,
    )

"""Requests that tests hand to a view, and what one leaves behind."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import RequestFactory

from governance.models import IdempotencyKey
from project.core.models import AuditEvent
from project.core.services import record_event

KEY = "a-key-of-sixteen-characters"


def user(pk: int = 1) -> User:
    return User(pk=pk, username=f"user{pk}")


def posted(
    body: Any = None,
    *,
    key: str | None = KEY,
    by: Any = None,
    path: str = "/pay",
    method: str = "POST",
    kind: str = "application/json",
    **headers: str,
) -> HttpRequest:
    """A request as it reaches a view, sent by ``by`` (user 1)."""
    data = body if isinstance(body, str | bytes) else json.dumps(body or {"amount": 1})
    named = {"Idempotency-Key": key, **headers} if key is not None else headers
    request = RequestFactory().generic(method, path, data, content_type=kind, headers=named)
    request.user = user() if by is None else by
    return request


def pay(request: HttpRequest) -> HttpResponse:
    """Write one row and answer with its id, so that two executions answer differently."""
    event = record_event("finance", "paid", request.body.decode()[:200])
    return JsonResponse({"id": event.pk}, status=201)


def rows() -> int:
    return AuditEvent.objects.filter(action="paid").count()


def keys() -> list[str]:
    return list(IdempotencyKey.objects.values_list("outcome", flat=True))


def problem(response: Any) -> tuple[int, str]:
    """The status and the cause of a problem response."""
    assert response["Content-Type"] == "application/problem+json"
    told = json.loads(response.content)
    assert told["status"] == response.status_code
    return response.status_code, told["type"].removeprefix("urn:idempotency:")


def answering(status: int, **headers: str) -> Callable[[HttpRequest], HttpResponse]:
    """A view that writes a row and answers with a status."""

    def view(request: HttpRequest) -> HttpResponse:
        record_event("finance", "paid", str(status))
        return HttpResponse(f"status {status}", status=status, headers=headers)

    return view

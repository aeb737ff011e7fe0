"""Random histories of requests, crashes, expiries and revocations against a model of a few lines.

``IDEMPOTENCY_HISTORIES=300`` runs the long form, of more than 10,000 steps.
"""

import os
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from governance.idempotency import idempotent, pruning
from governance.models import IdempotencyKey
from project.core.models import AuditEvent
from tests.idempotency.requests import pay, posted, rows, user

HISTORIES = int(os.environ.get("IDEMPOTENCY_HISTORIES", "12"))
users, keys = st.integers(1, 2), st.sampled_from(["a" * 20, "b" * 20])
bodies = st.integers(1, 2)
WAYS = ("done", "refused", "missing", "streamed", "busy", "broken", "bug", "crash")
revoked: set[int] = set()
steps = {"taken": 0}


class Killed(BaseException):
    """The nearest to a crash that one process can do to itself."""


def permitted(view: Any) -> Any:
    def checked(request: HttpRequest) -> HttpResponse:
        if request.user.pk in revoked:
            raise PermissionDenied
        return view(request)

    return checked


def view(request: HttpRequest) -> HttpResponse:
    pay(request)
    match request.headers["X-Way"]:
        case "refused":
            return JsonResponse({"no": rows()}, status=409)
        case "missing":
            raise Http404
        case "streamed":
            return StreamingHttpResponse(iter([b"x"]), status=201)
        case "busy":
            return HttpResponse(status=429)
        case "broken":
            return HttpResponse(status=503)
        case "bug":
            raise ZeroDivisionError
        case "crash":
            raise Killed
    return JsonResponse({"rows": rows()}, status=201)


@dataclass
class Kept:
    """What the model remembers of a key: all that a client may be told again."""

    body: int
    status: int
    content: bytes | None
    expired: bool = False


class History(RuleBasedStateMachine):
    """The real thing and the model, side by side."""

    lock = "advisory"

    def __init__(self) -> None:
        super().__init__()
        revoked.clear()
        AuditEvent.objects.filter(action="paid").delete()
        IdempotencyKey.objects.all().delete()
        self.kept: dict[tuple[int, str], Kept] = {}
        self.effects = 0
        self.view = permitted(idempotent(lock=self.lock)(view))  # type: ignore[arg-type]

    @rule(who=users, key=keys, body=bodies, way=st.sampled_from(WAYS))
    def send(self, who: int, key: str, body: int, way: str) -> None:
        steps["taken"] += 1
        known = self.kept.get((who, key))
        if known and known.expired:
            known = None
        if who in revoked:
            assert self.sent(who, key, body, way) is PermissionDenied
        elif known is None:
            self.first(who, key, body, way)
        elif known.body != body:
            assert self.sent(who, key, body, way).status_code == 422
        elif known.content is None:
            assert self.sent(who, key, body, way).status_code == 409
        else:
            answer = self.sent(who, key, body, way)
            assert (answer.status_code, answer.content) == (known.status, known.content)
            assert answer["Idempotency-Replayed"] == "true"

    def first(self, who: int, key: str, body: int, way: str) -> None:
        answer = self.sent(who, key, body, way)
        if way in {"bug", "crash"}:
            assert answer in (ZeroDivisionError, Killed)
            return
        assert "Idempotency-Replayed" not in answer.headers
        expected = {"refused": 409, "missing": 404, "busy": 429, "broken": 503}.get(way, 201)
        assert answer.status_code == expected
        if way in {"busy", "broken"}:
            return
        content = None if way == "streamed" else answer.content
        self.kept[who, key] = Kept(body, expected, content)
        self.effects += way != "missing"

    def sent(self, who: int, key: str, body: int, way: str) -> Any:
        request = posted({"body": body}, key=key, by=user(who), **{"X-Way": way})
        try:
            return self.view(request)
        except (ZeroDivisionError, Killed, PermissionDenied) as error:
            return type(error)

    @rule(who=users, key=keys)
    def expire(self, who: int, key: str) -> None:
        steps["taken"] += 1
        if (who, key) in self.kept:
            self.kept[who, key].expired = True
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE governance_idempotencykey SET created_at = now() - interval '2 days', "
                    "expires_at = now() - interval '1 day' WHERE actor = %s AND key_suffix = %s",
                    [f"auth.user:{who}", key[-6:]],
                )

    @rule()
    def prune(self) -> None:
        steps["taken"] += 1
        list(pruning.prune("default"))
        self.kept = {name: kept for name, kept in self.kept.items() if not kept.expired}

    @rule(who=users)
    def revoke_or_restore(self, who: int) -> None:
        steps["taken"] += 1
        revoked.symmetric_difference_update({who})

    @invariant()
    def effects_are_those_of_the_model(self) -> None:
        assert rows() == self.effects
        known = IdempotencyKey.objects.exclude(outcome="open").filter(expires_at__gt=Now())
        assert known.count() == sum(not kept.expired for kept in self.kept.values())


class HistoryWithRowLocks(History):
    lock = "row"


@pytest.mark.parametrize("machine", [History, HistoryWithRowLocks])
def test_histories(machine: type[History], transactional_db: None) -> None:
    steps["taken"] = 0
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert steps["taken"] >= 35 * HISTORIES

"""Operations that were cut short are continued without their clients, once each."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path, re_path

from governance.idempotency.staged import NotDone, Operation, staged
from governance.models import IdempotencyKey
from tests.idempotency.requests import keys, pay, posted, problem, rows
from tests.idempotency.test_staged import Psp, over

psp = Psp()
died: list[str] = []


class Died(BaseException):
    """The nearest to a crash that one process can do to itself."""


def point(name: str) -> None:
    if died and died[0] == name:
        died.pop()
        raise Died


def go_on(operation: Operation) -> HttpResponse:
    point("after booking")
    booked = operation.result("book")
    charge = operation.foreign("charge", psp.charge, repeatable=True)
    point("after charging")
    operation.phase("note", lambda: None)
    return JsonResponse({**booked, "charge": charge}, status=201)


@staged(resume=go_on, module="finance")
def resumed(request: HttpRequest, operation: Operation) -> HttpResponse:
    point("at first")
    operation.phase("book", lambda: json.loads(pay(request).content))
    return go_on(operation)


@staged()
def waiting(request: HttpRequest, operation: Operation) -> HttpResponse:
    operation.phase("book", lambda: json.loads(pay(request).content))
    return go_on(operation)


urlpatterns = [
    path("shop/", include([re_path(r"^resumed$", resumed), path("waiting", waiting)])),
]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def fresh(transactional_db: None) -> None:
    died.clear()
    psp.__init__()  # type: ignore[misc]


def request(to: str = "resumed", **more: Any) -> HttpRequest:
    from django.urls import resolve

    made = posted(path=f"/shop/{to}", **more)
    made.resolver_match = resolve(f"/shop/{to}")
    return made


def cut_short(at: str, view: Any = resumed, to: str = "resumed") -> None:
    died.append(at)
    with pytest.raises(Died):
        view(request(to))
    over()


def command(**options: Any) -> str:
    out = StringIO()
    call_command("idempotency_complete", stdout=out, **options)
    return out.getvalue()


@pytest.mark.parametrize("at", ["after booking", "after charging"])
def test_goes_on_from_the_last_recovery_point(at: str) -> None:
    cut_short(at)
    assert command() == "1 completed, 0 failed, 0 of unknown outcome, 0 left to their clients.\n"
    assert (rows(), keys(), len(psp.asked)) == (1, ["completed"], 1)
    answer = resumed(request())
    assert answer["Idempotency-Replayed"] == "true"
    assert json.loads(answer.content)["charge"] == "charge 1"
    assert command().startswith("0 completed, 0 failed, 0 of unknown outcome, 0 left")


def test_what_had_done_nothing_is_the_client_s() -> None:
    cut_short("at first")
    assert command().startswith("0 completed")
    assert (rows(), keys()) == (0, ["staged"])
    assert resumed(request()).status_code == 201


def test_endpoint_that_does_not_say_how() -> None:
    cut_short("after booking", waiting, "waiting")
    assert command() == "0 completed, 0 failed, 0 of unknown outcome, 1 left to their clients.\n"
    assert keys() == ["staged"]


def test_who_is_at_work_is_left_alone() -> None:
    cut_short("after booking")
    over("leased_until = now() + interval '1 min'")
    assert command().startswith("0 completed, 0 failed, 0 of unknown outcome, 0 left")


def test_failure_is_told_and_tried_again() -> None:
    cut_short("after booking")
    psp.fails = [NotDone()]
    with pytest.raises(SystemExit) as error:
        command()
    assert error.value.code == 1
    assert keys() == ["staged"]
    assert command().startswith("1 completed, 0 failed")
    assert (rows(), len(psp.asked)) == (1, 2)


def test_not_tried_for_ever() -> None:
    cut_short("after booking")
    assert command(max_attempts=1).startswith("0 completed, 0 failed")
    assert command(max_attempts=2).startswith("1 completed")


def test_call_that_must_not_be_repeated() -> None:
    cut_short("after charging")
    over(
        """results = jsonb_set(results, '{charge}', '{"state": "started", "repeatable": false}')"""
    )
    assert command() == "0 completed, 0 failed, 1 of unknown outcome, 0 left to their clients.\n"
    assert (keys(), len(psp.asked)) == (["unknown"], 1)
    assert problem(resumed(request())) == (409, "unknown-outcome")


def test_result_of_what_is_not_done() -> None:
    def view(request: HttpRequest, operation: Operation) -> HttpResponse:
        return HttpResponse(operation.result("book"))

    with pytest.raises(LookupError, match="The phase 'book' is not done"):
        staged()(view)(request())


def test_attempts_are_counted() -> None:
    cut_short("after booking")
    command()
    assert IdempotencyKey.objects.get().attempt == 2

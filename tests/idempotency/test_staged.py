"""Operations in phases: what is done stays done, and what nobody knows is said to be unknown."""

import json
from collections.abc import Callable, Iterator
from contextvars import Context
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client
from django.urls import reverse

from governance.idempotency import idempotent
from governance.idempotency.staged import NotDone, Operation, staged
from governance.idempotency.testing import assert_one_execution, storm, until_answered
from governance.models import IdempotencyKey
from tests.idempotency.requests import keys, pay, posted, problem, rows
from tests.idempotency.serving import Site, serving


class Psp:
    """Another system: remembers what it was asked, and fails as it is told."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails: list[BaseException] = []

    def charge(self, key: str) -> str:
        self.asked.append(key)
        if self.fails:
            raise self.fails.pop()
        return f"charge {len(self.asked)}"


@pytest.fixture
def psp(transactional_db: None) -> Psp:
    return Psp()


def view_of(psp: Psp, *, repeatable: bool = False, **options: Any) -> Any:
    @staged(**options)
    def view(request: HttpRequest, operation: Operation) -> HttpResponse:
        done = operation.phase("book", lambda: json.loads(pay(request).content))
        charge = operation.foreign("charge", psp.charge, repeatable=repeatable)
        if request.headers.get("X-Fail"):
            raise ZeroDivisionError
        return JsonResponse({**done, "charge": charge}, status=201)

    return view


def test_replay(psp: Psp) -> None:
    view = view_of(psp)
    first, second = view(posted()), view(posted())
    assert json.loads(first.content)["charge"] == "charge 1"
    assert (second.content, second["Idempotency-Replayed"]) == (first.content, "true")
    assert problem(view(posted({"amount": 2}))) == (422, "key-reused")
    assert (rows(), keys(), len(psp.asked)) == (1, ["completed"], 1)


def test_goes_on_where_it_was(psp: Psp) -> None:
    view = view_of(psp)
    with pytest.raises(ZeroDivisionError):
        view(posted(**{"X-Fail": "1"}))
    assert (rows(), keys(), len(psp.asked)) == (1, ["staged"], 1)
    assert json.loads(view(posted()).content)["charge"] == "charge 1"
    assert (rows(), keys(), len(psp.asked)) == (1, ["completed"], 1)


def test_repeatable_call_is_made_again_with_the_same_key(psp: Psp) -> None:
    view = view_of(psp, repeatable=True)
    psp.fails = [TimeoutError()]
    with pytest.raises(TimeoutError):
        view(posted())
    assert view(posted()).status_code == 201
    assert (rows(), len(psp.asked), len(set(psp.asked))) == (1, 2, 1)


def test_call_that_surely_did_nothing(psp: Psp) -> None:
    view = view_of(psp)
    psp.fails = [NotDone()]
    with pytest.raises(NotDone):
        view(posted())
    assert view(posted()).status_code == 201
    assert rows() == 1


def test_other_failure_is_unknown_for_good(psp: Psp) -> None:
    view = view_of(psp)
    psp.fails = [TimeoutError()]
    for _ in range(2):
        assert problem(view(posted())) == (409, "unknown-outcome")
    assert (rows(), keys(), len(psp.asked)) == (1, ["unknown"], 1)
    assert problem(idempotent(pay)(posted())) == (409, "unknown-outcome")
    expire()
    assert problem(view(posted())) == (409, "unknown-outcome")


def expire() -> None:
    over("expires_at = now(), created_at = now() - interval '1 day'")


def over(what: str = "leased_until = now() - interval '1 s'") -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE governance_idempotencykey SET {what}")


def test_lease_is_respected(psp: Psp) -> None:
    seen: list[Any] = []

    @staged(lease=60)
    def view(request: HttpRequest, operation: Operation) -> HttpResponse:
        if not seen:
            seen.append(Context().run(view, posted()))
        return HttpResponse("done")

    assert view(posted()).content == b"done"
    (inner,) = seen
    assert problem(inner) == (409, "in-flight")
    assert 50 <= int(inner["Retry-After"]) <= 60


def test_who_lost_the_lease_keeps_nothing(psp: Psp) -> None:
    """The slow one finds out at its next step; what it was doing is rolled back."""

    def take_over() -> None:
        over(f"owner = '{uuid4()}'")

    def phase(request: HttpRequest, operation: Operation) -> HttpResponse:
        take_over()
        operation.phase("book", lambda: 1 / 0)
        raise AssertionError

    def end(request: HttpRequest, operation: Operation) -> HttpResponse:
        take_over()
        return HttpResponse()

    for number, work in enumerate((phase, end)):
        answer = staged()(work)(posted(key=f"{number}" * 20))
        assert problem(answer) == (409, "in-flight")
    assert rows() == 0


def test_lease_that_is_lost_within_a_phase(psp: Psp) -> None:
    """Taking over waits for the phase of the other, so both can't have done it."""

    @staged()
    def view(request: HttpRequest, operation: Operation) -> HttpResponse:
        def work() -> None:
            pay(request)
            over(f"owner = '{uuid4()}'")

        operation.phase("book", work)
        raise AssertionError

    assert problem(view(posted())) == (409, "in-flight")
    assert rows() == 0


def test_lease_beats_while_another_system_thinks(psp: Psp) -> None:
    import time

    @staged(lease=0.3)
    def view(request: HttpRequest, operation: Operation) -> HttpResponse:
        operation.foreign("slow", lambda key: time.sleep(0.8))
        with connection.cursor() as cursor:
            cursor.execute("SELECT leased_until > clock_timestamp() FROM governance_idempotencykey")
            assert cursor.fetchone() == (True,)
        return HttpResponse()

    assert view(posted()).status_code == 200


def test_answers_that_are_not_final(psp: Psp) -> None:
    statuses = iter([503, 429, 201])

    @staged()
    def view(request: HttpRequest, operation: Operation) -> HttpResponse:
        operation.phase("book", lambda: pay(request) and None)
        return HttpResponse(status=next(statuses))

    assert [view(posted()).status_code for _ in range(4)] == [503, 429, 201, 201]
    assert rows() == 1


def test_names_of_phases_are_used_once(psp: Psp) -> None:
    """The second would be taken for done, and its work never be done."""

    @staged()
    def view(request: HttpRequest, operation: Operation) -> HttpResponse:
        for _ in range(2):
            operation.phase("book", lambda: pay(request) and None)
        return HttpResponse()

    with pytest.raises(ValueError, match="Two phases are named 'book'"):
        view(posted())
    assert rows() == 1


def test_not_in_a_request_s_transaction(psp: Psp) -> None:
    with (
        transaction.atomic(),
        pytest.raises(ImproperlyConfigured, match="which ATOMIC_REQUESTS forbids"),
    ):
        view_of(psp)(posted())


def test_other_methods_are_not_let_through(psp: Psp) -> None:
    with pytest.raises(ImproperlyConfigured, match="Put @require_http_methods above it"):
        view_of(psp)(posted(method="PUT"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"required": False}, "@staged: required can't be chosen here. Leave it out."),
        ({"lock": "row"}, "@staged: lock can't be chosen here. Leave it out."),
        ({"on_in_flight": "wait"}, "@staged: on_in_flight can't be chosen here. Leave it out."),
        ({"lease": 0}, "@staged: lease=0 is not longer than nothing."),
    ],
)
def test_arguments(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ImproperlyConfigured) as error:
        staged(**options)
    assert str(error.value) == message


def command(**options: Any) -> str:
    out = StringIO()
    call_command("idempotency_reap", stdout=out, **options)
    return out.getvalue()


def left_behind(psp: Psp, **options: Any) -> IdempotencyKey:
    """A row whose worker died in the middle of the call."""

    class Died(BaseException):
        pass

    psp.fails = [Died()]
    view = view_of(psp, **options)
    with pytest.raises(Died):
        view(posted())
    over()
    return IdempotencyKey.objects.get()


def test_reaper(psp: Psp) -> None:
    row = left_behind(psp)
    text = command()
    assert text.splitlines()[0] == (
        "1 cut short, 0 removed that had done nothing, 0 to be continued by their clients."
    )
    assert f"unknown  {row.pk}  POST /pay  phase charge  auth.user:1  " in text
    assert keys() == ["unknown"]


def test_reaper_leaves_what_can_go_on(psp: Psp) -> None:
    left_behind(psp, repeatable=True)
    assert command() == (
        "0 cut short, 0 removed that had done nothing, 1 to be continued by their clients.\n"
    )
    over("expires_at = now(), created_at = now() - interval '1 day'")
    assert "1 cut short" in command()


def test_reaper_removes_what_had_done_nothing(psp: Psp) -> None:
    @staged()
    def view(request: HttpRequest, operation: Operation) -> HttpResponse:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        view(posted())
    over("expires_at = now(), created_at = now() - interval '1 day'")
    assert "1 removed that had done nothing" in command()
    assert keys() == []


def test_reaper_leaves_who_is_at_work(psp: Psp) -> None:
    left_behind(psp)
    over("leased_until = now() + interval '1 min'")
    assert command().startswith("0 cut short, 0 removed that had done nothing, 0 to")


def test_resolved_as_done(psp: Psp) -> None:
    row = left_behind(psp)
    command()
    assert command(resolve=row.pk, done=True, status=201) == f"{row.pk} is resolved.\n"
    answer = view_of(psp)(posted())
    assert problem(answer) == (409, "answer-not-kept")
    assert json.loads(answer.content)["original_status"] == 201
    assert len(psp.asked) == 1


def test_resolved_as_not_done(psp: Psp) -> None:
    row = left_behind(psp)
    command()
    command(resolve=row.pk, not_done=True)
    assert view_of(psp)(posted()).status_code == 201
    assert (rows(), len(psp.asked)) == (1, 2)


def test_nothing_to_resolve(psp: Psp) -> None:
    nobody = uuid4()
    with pytest.raises(CommandError, match=f"No operation {nobody} has an unknown outcome"):
        command(resolve=nobody, done=True)
    with pytest.raises(CommandError, match="Say how it ended: --done or --not-done"):
        command(resolve=nobody)
    with pytest.raises(CommandError, match="--status is from 200 to 499"):
        command(resolve=nobody, done=True, status=500)


def admin(*codenames: str) -> Client:
    user = User.objects.create_user("staff", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("action", ["say_done", "say_not_done"])
def test_admin_resolves(psp: Psp, action: str) -> None:
    row = left_behind(psp)
    command()
    address = reverse("admin:governance_idempotencykey_changelist")
    form = {"action": action, "_selected_action": [str(row.pk)]}
    admin("view_idempotencykey").post(address, form)
    assert keys() == ["unknown"]
    User.objects.all().delete()
    admin("view_idempotencykey", "resolve_idempotency").post(address, form)
    assert keys() == ["tombstone" if action == "say_done" else "staged"]


@pytest.fixture(scope="module")
def site(site_database: dict[str, Any]) -> Iterator[Site]:
    with serving(site_database) as running:
        yield running


def charges(site: Site, key: str) -> list[str]:
    lines = (site.folder / "executions").read_text().splitlines()
    return [line.split()[-1] for line in lines if line.startswith(f"{key} charged")]


def test_storm(site: Site) -> None:
    key = str(uuid4())
    replies = storm(lambda: site.pay(key, path="/staged", X_After="100"))
    assert_one_execution(replies)
    assert (site.rows(key), len(charges(site, key))) == (1, 1)


@pytest.mark.parametrize("point", ["c1", "c2", "c6", "c3"])
def test_crash_between_phases(site: Site, point: str) -> None:
    key = str(uuid4())
    send: Callable[[], Any] = lambda: site.pay(key, path="/staged", X_Crash=point)  # noqa: E731
    assert send().status == 0
    answer = until_answered(send)
    assert answer.status == 201
    assert answer.replayed == (point == "c3")
    assert (site.rows(key), len(charges(site, key))) == (1, 1)


def test_crash_in_a_repeatable_call(site: Site) -> None:
    key = str(uuid4())
    headers = {"X_Crash": "c5", "X_Repeatable": "1"}
    assert site.pay(key, path="/staged", **headers).status == 0
    assert until_answered(lambda: site.pay(key, path="/staged", **headers)).status == 201
    made = charges(site, key)
    assert (site.rows(key), len(made), len(set(made))) == (1, 2, 1)


def test_crash_in_a_call_that_must_not_be_repeated(site: Site) -> None:
    key = str(uuid4())
    assert site.pay(key, path="/staged", X_Crash="c5").status == 0
    last = until_answered(lambda: site.pay(key, path="/staged", X_Crash="c5"), seconds=2)
    assert (last.status, json.loads(last.body)["type"]) == (
        409,
        "urn:idempotency:unknown-outcome",
    )
    assert (site.rows(key), len(charges(site, key))) == (1, 1)

"""Protected views in what others wrap around them: transactions, drivers, settings, each other."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, OperationalError, connection, connections, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path

from governance.idempotency import answered, idempotent
from governance.idempotency.running import EffectsLost
from governance.models import IdempotencyKey
from tests.idempotency import frameworks
from tests.idempotency.requests import KEY, keys, pay, posted, problem, rows
from tests.idempotency.test_frameworks import Sender, person

JSON = "application/json"


def missing(request: HttpRequest) -> HttpResponse:
    pay(request)
    raise Http404


def execute(text: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


urlpatterns = [
    *frameworks.urlpatterns,
    path("optional", idempotent(required=False, scope=lambda _: "all")(missing)),
    path("scoped", idempotent(scope=lambda _: "all")(pay)),
]


@pytest.fixture
def atomic_requests(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> Iterator[None]:
    settings.ROOT_URLCONF = __name__
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    yield


@pytest.mark.parametrize("framework", ["plain", "class", "drf", "function", "ninja"])
def test_frameworks_in_request_transactions(framework: str, atomic_requests: None) -> None:
    sender = Sender(person("ann"), "token")
    first, second = sender.pay(framework), sender.pay(framework)
    assert (first.status_code, second.content) == (201, first.content)
    assert second["Idempotency-Replayed"] == "true"
    assert (rows(), keys()) == (1, ["completed"])


@pytest.mark.parametrize(("framework", "query"), [("drf", ""), ("ninja", "?fail=raised")])
def test_raised_errors_in_request_transactions(
    framework: str, query: str, atomic_requests: None
) -> None:
    """Django REST framework marks the whole transaction; the key is kept in it all the same."""
    sender = Sender(person("ann"), "token")
    answers = [sender.pay(f"{framework}/pay{query}#", {"fail": "raised"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert answers[1]["Idempotency-Replayed"] == "true"
    assert (rows(), keys()) == (0, ["completed"])


def test_without_a_key_it_is_the_view_as_it_was(atomic_requests: None) -> None:
    """What the exception would have undone is undone."""
    assert Client().post("/optional").status_code == 404
    assert (rows(), keys()) == (0, [])


def test_listener_whose_statement_fails(atomic_requests: None) -> None:
    """It can't undo a request that it only hears of."""
    heard: list[str] = []

    def listener(outcome: str, **told: Any) -> None:
        heard.append(outcome)
        execute("SELECT 1/0")

    answered.connect(listener)
    try:
        answer = Client().post("/scoped", {}, JSON, headers={"Idempotency-Key": KEY})
        assert answer.status_code == 201
    finally:
        answered.disconnect(listener)
    assert (rows(), keys(), heard) == (1, ["completed"], ["executed"])


def test_outer_transaction_that_fails_takes_the_key_along(transactional_db: None) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert idempotent(pay)(posted()).status_code == 201
        raise ZeroDivisionError
    assert (rows(), keys()) == (0, [])


def test_autocommit_that_is_off(transactional_db: None) -> None:
    transaction.set_autocommit(False)
    try:
        with pytest.raises(ImproperlyConfigured, match="Autocommit is off on 'default'"):
            idempotent(pay)(posted())
        with transaction.atomic(), pytest.raises(ImproperlyConfigured, match="nobody commits"):
            idempotent(pay)(posted())
    finally:
        transaction.rollback()
        transaction.set_autocommit(True)
    assert rows() == 0


def test_protected_twice(database: str) -> None:
    inner = idempotent(pay)
    with pytest.raises(ImproperlyConfigured, match=r"pay is protected twice\. Remove one"):
        idempotent(inner)

    def hidden(request: HttpRequest) -> HttpResponse:
        return inner(request)

    with pytest.raises(ImproperlyConfigured, match="This view is protected twice, so its key"):
        idempotent(hidden)(posted())
    assert (rows(), keys()) == (0, [])


@pytest.mark.parametrize("word", ["COMMIT", "ROLLBACK"])
def test_view_that_ends_the_transaction(transactional_db: None, word: str) -> None:
    @idempotent
    def view(request: HttpRequest) -> HttpResponse:
        response = pay(request)
        execute(word)
        return response

    with pytest.raises(EffectsLost, match="or by a COMMIT of its own"):
        view(posted())
    assert keys() == []


def test_constraint_that_is_checked_at_the_commit(transactional_db: None) -> None:
    """The view's answer is not given, and its key is free."""
    execute("CREATE TABLE later (id int, UNIQUE (id) DEFERRABLE INITIALLY DEFERRED)")

    @idempotent
    def view(request: HttpRequest) -> HttpResponse:
        pay(request)
        execute("INSERT INTO later VALUES (1), (1)")
        return HttpResponse(status=201)

    try:
        with pytest.raises(IntegrityError, match="later_id_key"):
            view(posted())
        assert (rows(), keys()) == (0, [])
        assert idempotent(pay)(posted()).status_code == 201
    finally:
        execute("DROP TABLE later")


def test_statement_that_takes_too_long(database: str) -> None:
    @idempotent
    def view(request: HttpRequest) -> HttpResponse:
        pay(request)
        execute("SET LOCAL statement_timeout = 50")
        execute("SELECT pg_sleep(5)")
        raise AssertionError

    with pytest.raises(OperationalError, match="statement timeout"):
        view(posted())
    assert (rows(), keys()) == (0, [])
    assert idempotent(pay)(posted()).status_code == 201


@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_conflicts_are_answered_and_not_repeated(transactional_db: None, code: str) -> None:
    runs: list[int] = []

    @idempotent
    def view(request: HttpRequest) -> HttpResponse:
        runs.append(1)
        pay(request)
        execute(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$")
        raise AssertionError

    answer = view(posted())
    assert problem(answer) == (503, "try-again")
    assert answer["Retry-After"] == "1"
    assert (len(runs), rows(), keys()) == (1, 0, [])


def test_callbacks_of_the_commit_run_once(transactional_db: None) -> None:
    seen: list[int] = []

    @idempotent
    def view(request: HttpRequest) -> HttpResponse:
        transaction.on_commit(lambda: seen.append(rows()))
        return pay(request)

    view(posted())
    view(posted())
    assert seen == [1]


def test_answer_that_holds_is_never_written_over(database: str) -> None:
    """Whoever did not see it, as with an old snapshot, is refused by the table."""
    from governance.idempotency import storage

    first = idempotent(pay)(posted())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storage, "lock_and_find", lambda call: (True, None))
        again = idempotent(pay)(posted())
    assert (again.content, again["Idempotency-Replayed"]) == (first.content, "true")
    assert (rows(), keys()) == (1, ["completed"])


def test_commit_travels_with_the_key(transactional_db: None) -> None:
    """Three messages more than the view alone: BEGIN, lock and look, key and COMMIT."""
    idempotent(pay)(posted(key="warm-up-of-the-connection"))
    with CaptureQueriesContext(connection) as queries:
        idempotent(pay)(posted())
    assert queries.captured_queries[3]["sql"].endswith("; COMMIT")
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        idempotent(pay)(posted(key="b" * 20))
    assert not any("COMMIT" in query["sql"] for query in queries.captured_queries[:-1])


def test_connection_that_was_lost(transactional_db: None) -> None:
    """The server has gone: nobody knows more than that the same request may be sent again."""
    connection.ensure_connection()
    connection.connection.close()
    answer = idempotent(pay)(posted())
    assert problem(answer) == (503, "try-again")
    connections.close_all()
    assert idempotent(pay)(posted()).status_code == 201
    assert IdempotencyKey.objects.count() == rows() == 1


class Replicas:
    """Sends what is read, and what belongs to us, to a database that is not there."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return "replica"

    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        return "elsewhere" if model is IdempotencyKey else None


def test_keys_are_never_looked_up_on_a_replica(database: str, settings: Any) -> None:
    settings.DATABASE_ROUTERS = [Replicas()]
    first, second = idempotent(pay)(posted()), idempotent(pay)(posted())
    assert (second.content, second["Idempotency-Replayed"]) == (first.content, "true")


class Failing:
    """A middleware that fails once the view is done, as one that saves a session may."""

    def __init__(self, get_response: Any) -> None:
        self.get_response, self.left = get_response, 1

    def __call__(self, request: HttpRequest) -> Any:
        response = self.get_response(request)
        if self.left and request.path == "/scoped":
            self.left -= 1
            raise ConnectionError("the session could not be saved")
        return response


@pytest.mark.parametrize("atomic", [False, True])
def test_middleware_that_fails_after_the_view(
    transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, atomic: bool
) -> None:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.Failing"]
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", atomic)
    client = Client(raise_request_exception=False)
    answers = [client.post("/scoped", {}, JSON, headers={"Idempotency-Key": KEY}) for _ in "12"]
    assert [answer.status_code for answer in answers] == [500, 201]
    assert answers[1]["Idempotency-Replayed"] == "true"
    assert (rows(), keys()) == (1, ["completed"])


def test_writes_are_enforced_within(database: str, governance_settings: Any) -> None:
    """The guard knows our statements, also the one that brings COMMIT along."""
    governance_settings(MODE="enforce")
    first, second = idempotent(pay)(posted()), idempotent(pay)(posted())
    assert (first.status_code, second.content) == (201, first.content)
    by_row = idempotent(lock="row")(pay)
    if database == "alone":
        assert by_row(posted(key="b" * 20)).status_code == 201
    assert rows() == 1 + (database == "alone")

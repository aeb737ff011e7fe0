"""What a protected view answers, and what stays in the database."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import SimpleTemplateResponse
from django.test.utils import CaptureQueriesContext

from governance.idempotency import current_key, idempotent, storage
from governance.idempotency.running import EffectsLost
from governance.models import IdempotencyKey
from project.core.models import Team
from tests.idempotency.requests import (
    KEY,
    answering,
    keys,
    pay,
    posted,
    problem,
    rows,
    user,
)

paid = idempotent(pay)


def test_second_request_gets_the_first_answer(database: str) -> None:
    first, second = paid(posted()), paid(posted())
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert second["Content-Type"] == first["Content-Type"]
    assert second["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert (rows(), keys()) == (1, ["completed"])


def test_quoted_and_bare_key_are_one(database: str) -> None:
    assert paid(posted(key=f'"{KEY}"')).content == paid(posted()).content
    assert rows() == 1


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"body": {"amount": 2}}, 422),
        ({"path": "/refund"}, 422),
        ({"path": "/pay?dry=1"}, 422),
        ({"method": "PATCH"}, 422),
        ({"kind": "text/plain"}, 422),
        ({"body": '{ "amount" : 1 }'}, 201),
    ],
)
def test_other_request_with_the_same_key(
    database: str, changed: dict[str, Any], status: int
) -> None:
    paid(posted())
    response = paid(posted(**changed))
    assert response.status_code == status
    if status == 422:
        assert problem(response) == (422, "key-reused")
    assert rows() == 1


def test_another_sender_has_keys_of_its_own(database: str) -> None:
    first, other = paid(posted()), paid(posted(by=user(2)))
    assert first.content != other.content
    assert "Idempotency-Replayed" not in other
    assert rows() == 2


def test_answer_of_another_scope_is_never_given(database: str) -> None:
    """Not even if two keys had one identity, which nobody has seen yet."""
    paid(posted())
    IdempotencyKey.objects.update(scope_hash=b"another")
    assert problem(paid(posted())) == (422, "key-reused")


def test_tenants_have_keys_of_their_own(database: str) -> None:
    view = idempotent(tenant=lambda request: request.headers["X-Tenant"])(pay)
    first, other = view(posted(**{"X-Tenant": "a"})), view(posted(**{"X-Tenant": "b"}))
    assert first.content != other.content


def test_nobody_s_key(database: str) -> None:
    assert problem(paid(posted(by=AnonymousUser()))) == (400, "no-principal")
    assert problem(idempotent(tenant=lambda _: None)(pay)(posted())) == (400, "no-principal")
    assert rows() == 0


def test_logging_in_and_out_in_between(database: str) -> None:
    assert problem(paid(posted(by=AnonymousUser()))) == (400, "no-principal")
    first = paid(posted())
    out = paid(posted(by=AnonymousUser()))
    assert problem(out) == (400, "no-principal")
    assert first.content not in out.content
    assert paid(posted()).content == first.content
    assert rows() == 1


def test_failing_scope_is_no_scope(database: str) -> None:
    def scope(request: HttpRequest) -> str:
        raise LookupError("no tenant")

    with pytest.raises(LookupError):
        idempotent(scope=scope)(pay)(posted())
    assert rows() == 0


@pytest.mark.parametrize(
    ("key", "cause"),
    [
        (None, "key-missing"),
        ("", "key-invalid"),
        ("short", "key-invalid"),
        ("x" * 256, "key-invalid"),
        ("sixteen-characters é", "key-invalid"),
        ("two words of sixteen", "key-invalid"),
        ("first-of-two-keys,second-of-two-keys", "key-invalid"),
        ('"first-of-two-keys","second-of-two-keys"', "key-invalid"),
        ('"not-closed-at-all', "key-invalid"),
    ],
)
def test_keys_that_are_refused(database: str, key: str | None, cause: str) -> None:
    assert problem(paid(posted(key=key))) == (400, cause)
    assert rows() == 0


def test_uuid_as_key(database: str) -> None:
    view = idempotent(key_format="uuid")(pay)
    text = "8e03978e-40d5-43dd-bc93-6894a57f9324"
    assert view(posted(key=text)).content == view(posted(key=text.upper())).content
    assert problem(view(posted(key=KEY))) == (400, "key-invalid")


def test_key_that_is_not_required(database: str) -> None:
    view = idempotent(required=False)(pay)
    assert view(posted(key=None)).content != view(posted(key=None)).content
    assert (rows(), keys()) == (2, [])


def test_other_methods_pass(database: str) -> None:
    assert paid(posted(method="PUT", key=None)).status_code == 201
    assert keys() == []


@pytest.mark.parametrize("status", [200, 201, 204, 302, 400, 404, 409, 410, 422])
def test_certain_answers_are_kept_with_their_effects(database: str, status: int) -> None:
    view = idempotent(answering(status))
    assert view(posted()).content == view(posted()).content
    assert (rows(), keys()) == (1, ["completed"])


@pytest.mark.parametrize("status", [401, 403, 408, 425, 429, 500, 502, 503])
def test_other_answers_leave_nothing(database: str, status: int) -> None:
    view = idempotent(answering(status))
    assert [view(posted()).status_code for _ in range(2)] == [status, status]
    assert (rows(), keys()) == (0, [])


def test_errors_to_keep_can_be_chosen(database: str) -> None:
    view = idempotent(store_errors=[409])
    assert view(answering(409))(posted()).status_code == 409
    assert view(answering(404))(posted(key="b" * 20)).status_code == 404
    assert (rows(), keys()) == (1, ["completed"])


@pytest.mark.parametrize(("error", "status"), [(Http404("no"), 404), (BadRequest("no"), 400)])
def test_raised_client_error_undoes_and_is_kept(
    database: str, error: Exception, status: int
) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        pay(request)
        raise error

    answers = [idempotent(view)(posted()) for _ in range(2)]
    assert [a.status_code for a in answers] == [status, status]
    assert answers[1]["Idempotency-Replayed"] == "true"
    assert answers[0].content == answers[1].content
    assert (rows(), keys()) == (0, ["completed"])


@pytest.mark.parametrize("error", [ValueError("bug"), PermissionDenied(), KeyboardInterrupt()])
def test_other_exceptions_leave_nothing(database: str, error: BaseException) -> None:
    @idempotent
    def view(request: HttpRequest) -> HttpResponse:
        pay(request)
        raise error

    with pytest.raises(type(error)):
        view(posted())
    assert (rows(), keys()) == (0, [])


def test_own_unique_violation_is_the_view_s(database: str) -> None:
    @idempotent
    def view(request: HttpRequest) -> HttpResponse:
        Team.objects.create(name="a", slug="a")
        Team.objects.create(name="a", slug="b")
        raise AssertionError

    with pytest.raises(IntegrityError):
        view(posted())
    assert keys() == []


def test_caught_database_error_keeps_an_error_only(database: str) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        pay(request)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1/0")
        except DatabaseError:
            return HttpResponse("taken", status=int(request.headers["X-Status"]))
        raise AssertionError

    refused = idempotent(view)(posted(**{"X-Status": "409"}))
    assert refused.status_code == 409
    assert (rows(), keys()) == (0, ["completed"])
    with pytest.raises(
        EffectsLost, match=r"POST /pay answered 201, but its transaction was rolled"
    ):
        idempotent(view)(posted(key="b" * 20, **{"X-Status": "201"}))
    assert rows() == 0


def test_savepoint_of_the_view_s_own(database: str) -> None:
    @idempotent
    def view(request: HttpRequest) -> HttpResponse:
        try:
            with transaction.atomic():
                pay(request)
                raise ValueError
        except ValueError:
            return pay(request)

    assert view(posted()).status_code == 201
    assert (rows(), keys()) == (1, ["completed"])


def test_rollback_on_purpose_is_no_success(database: str) -> None:
    @idempotent
    def view(request: HttpRequest) -> HttpResponse:
        transaction.set_rollback(True)
        return HttpResponse(status=200)

    with pytest.raises(EffectsLost):
        view(posted())


def streamed(request: HttpRequest) -> StreamingHttpResponse:
    pay(request)
    return StreamingHttpResponse(iter([b"a"]), headers={"Location": "/paid/1"})


def filed(request: HttpRequest) -> FileResponse:
    pay(request)
    import io

    return FileResponse(io.BytesIO(b"a"))


@pytest.mark.parametrize(
    ("view", "options"),
    [
        (streamed, {}),
        (filed, {}),
        (pay, {"store_body": False}),
        (pay, {"max_body": 3}),
        (pay, {"redact": lambda body: 1 / 0}),
        (pay, {"redact": lambda body: "no bytes"}),
    ],
)
def test_answers_that_are_not_kept_are_not_repeated(
    database: str, view: Any, options: dict[str, Any]
) -> None:
    protected = idempotent(**options)(view)
    first = protected(posted())
    again = protected(posted())
    assert problem(again) == (409, "answer-not-kept")
    told = json.loads(again.content)
    assert told["original_status"] == first.status_code
    assert told.get("location") == first.headers.get("Location")
    assert "Retry-After" not in again
    assert (rows(), keys()) == (1, ["tombstone"])


def test_redacted_body_is_what_is_kept(database: str) -> None:
    view = idempotent(redact=lambda body: b"***")(pay)
    assert view(posted()).content != b"***"
    assert view(posted()).content == b"***"


def test_late_rendering_is_part_of_it(database: str, settings: Any) -> None:
    @idempotent
    def view(request: HttpRequest) -> HttpResponse:
        pay(request)
        return SimpleTemplateResponse("no/such/template.html", status=201)

    from django.template import TemplateDoesNotExist

    with pytest.raises(TemplateDoesNotExist):
        view(posted())
    assert (rows(), keys()) == (0, [])


def test_headers_by_allow_list(database: str) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse(b"x", headers={"Location": "/1", "ETag": '"1"', "X-Cost": "1"})
        response["X-Other"] = "secret"
        response["Content-Security-Policy"] = "script-src 'nonce-1'"
        response.set_cookie("session", "secret")
        return response

    protected = idempotent(headers=["X-Cost"])(view)
    protected(posted())
    again = protected(posted())
    kept = {"Content-Type", "Location", "ETag", "X-Cost", "Idempotency-Replayed"}
    assert set(again.headers) == kept
    assert not again.cookies


def test_empty_answer_without_a_type(database: str) -> None:
    @idempotent
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse(status=204)
        del response["Content-Type"]
        return response

    view(posted())
    assert set(view(posted()).headers) == {"Idempotency-Replayed"}


def expire() -> None:
    IdempotencyKey.objects.update(created_at="2020-01-01T00:00Z", expires_at="2020-01-02T00:00Z")


def test_expired_key_is_new(database: str) -> None:
    first = paid(posted())
    expire()
    second = paid(posted({"amount": 2}))
    assert second.content != first.content
    assert paid(posted({"amount": 2})).content == second.content
    assert (rows(), keys()) == (2, ["completed"])


def test_lifetime(database: str) -> None:
    idempotent(expires=timedelta(days=30))(pay)(posted())
    row = IdempotencyKey.objects.get()
    # The clock of the database goes on between the two.
    assert round((row.expires_at - row.created_at) / timedelta(seconds=1)) == 30 * 86_400


def test_secret_that_was_changed(database: str, settings: Any) -> None:
    first = paid(posted())
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "new"
    assert paid(posted()).content == first.content
    settings.SECRET_KEY_FALLBACKS = []
    assert problem(paid(posted())) == (422, "key-reused")


def test_what_the_row_tells(database: str) -> None:
    idempotent(module="finance")(pay)(posted())
    row = IdempotencyKey.objects.get()
    assert (row.route, row.method, row.module, row.actor) == (
        "/pay",
        "POST",
        "finance",
        "auth.user:1",
    )
    assert row.key_suffix == KEY[-6:]
    everything = " ".join(str(getattr(row, f.attname)) for f in row._meta.fields)
    assert KEY not in everything


def test_audit_rows_can_name_the_key(database: str) -> None:
    seen = []

    @idempotent(module="finance")
    def view(request: HttpRequest) -> HttpResponse:
        seen.append(current_key())
        return HttpResponse()

    view(posted())
    view(posted())
    row = IdempotencyKey.objects.get()
    (key,) = seen
    assert key is not None
    assert key.key_hash == bytes(row.key_hash).hex()
    assert key.fingerprint == bytes(row.fingerprint).hex()
    assert (key.actor, key.module) == ("auth.user:1", "finance")
    assert current_key() is None


def test_too_large(database: str, settings: Any) -> None:
    view = idempotent(max_request_body=100)(pay)
    assert problem(view(posted({"a": "x" * 200}))) == (413, "body-too-large")
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    assert problem(paid(posted({"a": "x" * 200}))) == (413, "body-too-large")
    assert rows() == 0


def test_three_statements_and_no_second_commit(transactional_db: None) -> None:
    """Lock and look are one message of two statements."""
    paid(posted(key="warm-up-of-the-connection"))
    with CaptureQueriesContext(connection) as queries:
        paid(posted())
    texts = [query["sql"].replace("/*own:core*/ ", "").strip() for query in queries]
    begun = [text.split()[0] for text in texts]
    assert begun == ["BEGIN", "SELECT", "INSERT", "INSERT", "COMMIT"], texts
    assert texts[1].count(";") == 1


def test_binding_by_the_server(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "server_side_binding", True)
    connection.close()
    try:
        first = paid(posted())
        assert not storage.takes_two("default")
        assert paid(posted()).content == first.content
    finally:
        monkeypatch.undo()
        connection.close()
    assert paid(posted()).content == first.content
    assert storage.takes_two("default")


def test_documentation_of_problems(database: str, governance_settings: Any) -> None:
    governance_settings(IDEMPOTENCY={"DOCS": "https://pay.example/keys", "HEADER": "X-Once"})
    response = paid(posted(key=None))
    assert json.loads(response.content)["type"] == "https://pay.example/keys#key-missing"
    assert response["Link"] == '<https://pay.example/keys>; rel="describedby"'
    assert paid(posted(key=None, **{"X-Once": KEY})).status_code == 201

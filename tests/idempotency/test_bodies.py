"""Bodies as they come: forms of other methods, streams that were read before, odd documents."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, JsonResponse, RawPostDataException
from django.test import Client, RequestFactory
from django.urls import path
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.permissions import BasePermission
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.idempotency import Options, drf, idempotent
from governance.idempotency.canonical import canonical_json
from governance.idempotency.fingerprints import payload_of
from project.core.services import record_event
from tests.idempotency.requests import KEY, pay, posted, problem, rows

BOTH = Options(scope=lambda request: "all", methods=["POST", "PATCH", "PUT"])


class ReadsTheBody(BasePermission):
    def has_permission(self, request: Any, view: Any) -> bool:
        return bool(request.data.get("amount"))


class Curious(drf.IdempotentMixin, APIView):
    """Its permission reads what is asked for."""

    authentication_classes = ()
    permission_classes = (ReadsTheBody,)
    parser_classes = (JSONParser, MultiPartParser)
    idempotency = BOTH

    def post(self, request: Any) -> Response:
        return Response({"id": record_event("finance", "paid", "x").pk}, status=201)

    patch = put = post


def write(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"id": record_event("finance", "paid", "x").pk}, status=201)


class Optional(drf.IdempotentMixin, APIView):
    authentication_classes = ()
    idempotency = Options(scope=lambda request: "all", required=False)

    def post(self, request: Any) -> Response:
        return Response({"id": record_event("finance", "paid", "x").pk}, status=201)


urlpatterns = [
    path("curious", Curious.as_view()),
    path("optional", Optional.as_view()),
    path("form", idempotent(scope=lambda _: "all", methods=["POST", "PATCH", "PUT"])(write)),
]
pytestmark = pytest.mark.urls(__name__)


def multipart(amount: str, boundary: str) -> tuple[str, str]:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="amount"\r\n\r\n'
    return f"{head}{amount}\r\n--{boundary}--\r\n", f"multipart/form-data; boundary={boundary}"


def send(address: str, body: str, kind: str, method: str = "POST", **headers: str) -> Any:
    named = {"Idempotency-Key": KEY, **headers}
    return Client().generic(method, address, body, content_type=kind, headers=named)


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
def test_permission_that_reads_the_body(method: str, db: None) -> None:
    json = ("application/json", method)
    first, second = (send("/curious", text, *json) for text in ('{"amount": 1}', '{"amount":1}'))
    assert (first.status_code, second.content) == (201, first.content)
    assert problem(send("/curious", '{"amount": 2}', *json)) == (422, "key-reused")
    assert rows() == 1


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
def test_form_in_parts(method: str, db: None) -> None:
    first, second = (send("/curious", *multipart("1", b), method) for b in ("one", "two"))
    assert (first.status_code, second.content) == (201, first.content)
    assert problem(send("/curious", *multipart("2", "one"), method)) == (422, "key-reused")
    assert rows() == 1


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
def test_forms_of_every_method(method: str, db: None) -> None:
    """Django itself reads those of POST only; another body is another request all the same."""
    form = ("application/x-www-form-urlencoded", method)
    assert send("/form", "a=1&b=2", *form).content == send("/form", "b=2&a=1", *form).content
    assert problem(send("/form", "a=1&b=3", *form)) == (422, "key-reused")
    assert rows() == 1


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_parts_that_nobody_reads_are_compared_as_they_are(method: str, db: None) -> None:
    first, second = (send("/form", *multipart("1", "one"), method) for _ in range(2))
    assert (first.status_code, second.content) == (201, first.content)
    assert problem(send("/form", *multipart("2", "one"), method)) == (422, "key-reused")
    assert rows() == 1


def test_empty_bodies(db: None) -> None:
    for kind in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
        key = {"Idempotency-Key": f"{kind:*<30}".replace("/", "-")}
        answers = [send("/form", "", kind, **key) for _ in range(2)]
        assert [a.status_code for a in answers] == [201, 201], kind
        assert answers[0].content == answers[1].content
    assert send("/form", "--one--\r\n", "multipart/form-data; boundary=one").status_code == 201


def test_stream_that_was_read_before_is_no_empty_body() -> None:
    request = RequestFactory().generic("POST", "/form", *multipart("1", "one"))
    request.read()
    with pytest.raises(RawPostDataException):
        payload_of(request, Options())


def test_body_that_can_t_be_parsed(db: None) -> None:
    """The framework answers, and the key is free."""
    answer = send("/curious", "no parts", "multipart/form-data")
    assert answer.status_code == 400
    assert "type" not in answer.json()
    assert send("/curious", '{"amount": 1}', "application/json").status_code == 201


def test_key_that_is_not_needed(db: None) -> None:
    bare = [Client().post("/optional", {}, "application/json") for _ in range(2)]
    assert [answer.status_code for answer in bare] == [201, 201]
    assert bare[0].json() != bare[1].json()
    first, second = (send("/optional", "{}", "application/json") for _ in range(2))
    assert first.content == second.content


def test_mixin_in_the_wrong_place() -> None:
    from django.core.exceptions import ImproperlyConfigured

    with pytest.raises(ImproperlyConfigured, match="Behind: IdempotentMixin stands behind APIView"):
        type("Behind", (APIView, drf.IdempotentMixin), {})


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_keeps_nothing(method: str, database: str) -> None:
    view = idempotent(lambda request: HttpResponse(request.method))
    for _ in range(2):
        assert "Idempotency-Replayed" not in view(posted(method=method)).headers


def test_name_that_is_repeated_is_compared_as_it_is_written() -> None:
    """One parser takes the first value of a name, another the last."""
    texts = [b'{"a": 1, "a": 2}', b'{"a": 2}', b'{"a": 2, "a": 1}', b'{"a": 1}']
    assert len({canonical_json(text) for text in texts}) == 4


def test_longest_key_of_odd_characters(database: str) -> None:
    key = "".join(map(chr, range(0x21, 0x7F))).replace(",", "").replace('"', "")
    key = (key * 3)[:255]
    view = idempotent(pay)
    assert view(posted(key=key)).content == view(posted(key=key)).content
    for end in ("\x00", "\x7f", "\n", "\u00a0", "é"):
        assert problem(view(posted(key="k" * 20 + end))) == (400, "key-invalid")


def test_scope_that_is_no_text(database: str) -> None:
    """An object is written with its address, which is another one each time."""
    view: Any = idempotent(scope=lambda request: object())(pay)  # type: ignore[arg-type, return-value]
    with pytest.raises(TypeError, match="scope returned object instead of a text"):
        view(posted())
    number: Any = idempotent(tenant=lambda request: 7)(pay)  # type: ignore[arg-type, return-value]
    assert number(posted()).status_code == 201


def test_scope_is_not_shown(database: str) -> None:
    from governance.models import IdempotencyKey

    def scope(request: HttpRequest) -> str:
        return "Bearer a-secret"

    idempotent(scope=scope)(pay)(posted())
    row = IdempotencyKey.objects.get()
    assert row.actor == "auth.user:1"
    assert not [f for f in row._meta.fields if "a-secret" in str(getattr(row, f.attname))]

"""Plain, class, DRF, Ninja; session and token: whose answer is given to whom."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from governance.models import IdempotencyKey
from tests.idempotency import frameworks
from tests.idempotency.requests import KEY, keys, problem, rows

pytestmark = pytest.mark.urls("tests.idempotency.frameworks")
EVERY = ["plain", "class", "drf", "function", "ninja"]


def person(name: str) -> User:
    user = User.objects.create_user(name)
    user.user_permissions.add(Permission.objects.get(codename="add_auditevent"))
    return user


class Sender:
    """A client that is logged in, or sends a token."""

    def __init__(self, user: User, how: str) -> None:
        self.client = Client()
        self.headers = {"Idempotency-Key": KEY}
        if how == "session":
            self.client.force_login(user)
        else:
            self.headers["Authorization"] = f"Bearer {user.username}"

    def pay(self, framework: str, body: Any = None, **headers: str) -> Any:
        return self.client.post(
            f"/{framework}/pay",
            body if body is not None else {"amount": 1},
            content_type="application/json",
            headers=self.headers | headers,
        )


@pytest.fixture(params=["session", "token"])
def how(request: pytest.FixtureRequest, db: None) -> str:
    return str(request.param)


@pytest.mark.parametrize("framework", EVERY)
def test_replay(framework: str, how: str) -> None:
    sender = Sender(person("ann"), how)
    first, second = sender.pay(framework), sender.pay(framework, '{ "amount":1}')
    assert (first.status_code, second.status_code) == (201, 201), first.content
    assert first.content == second.content
    assert first["Content-Type"] == second["Content-Type"]
    assert second["Idempotency-Replayed"] == "true"
    assert problem(sender.pay(framework, {"amount": 2})) == (422, "key-reused")
    assert (rows(), keys()) == (1, ["completed"])


@pytest.mark.parametrize("framework", EVERY)
def test_nobody_else_sees_the_answer(framework: str, how: str) -> None:
    ann, bob = Sender(person("ann"), how), Sender(person("bob"), how)
    first, other = ann.pay(framework), bob.pay(framework)
    assert (first.status_code, other.status_code) == (201, 201)
    assert first.content != other.content
    assert "Idempotency-Replayed" not in other
    assert rows() == 2


@pytest.mark.parametrize("framework", EVERY)
@pytest.mark.parametrize("how_revoked", ["permission", "inactive", "deleted"])
def test_no_replay_for_who_was_revoked(framework: str, how: str, how_revoked: str) -> None:
    user = person("ann")
    sender = Sender(user, how)
    first = sender.pay(framework)
    assert first.status_code == 201
    if how_revoked == "permission":
        user.user_permissions.clear()
    elif how_revoked == "inactive":
        User.objects.update(is_active=False)
    else:
        user.delete()
    again = sender.pay(framework)
    assert again.status_code in (401, 403)
    assert first.content not in again.content
    assert rows() == 1


@pytest.mark.parametrize("framework", EVERY)
def test_session_and_token_of_one_person(framework: str, db: None) -> None:
    user = person("ann")
    first, second = (Sender(user, how).pay(framework) for how in ("session", "token"))
    assert first.content == second.content
    assert rows() == 1


@pytest.mark.parametrize("framework", EVERY)
def test_no_key_no_execution(framework: str, db: None) -> None:
    sender = Sender(person("ann"), "token")
    del sender.headers["Idempotency-Key"]
    assert problem(sender.pay(framework)) == (400, "key-missing")
    assert rows() == 0


def test_keys_name_one_operation_across_frameworks(db: None) -> None:
    sender = Sender(person("ann"), "token")
    sender.pay("plain")
    assert problem(sender.pay("drf")) == (422, "key-reused")


def test_drf_undoes_what_an_exception_left(transactional_db: None) -> None:
    sender = Sender(person("ann"), "token")
    frameworks.calls.clear()
    answers = [sender.pay("drf", {"fail": "raised"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert answers[1]["Idempotency-Replayed"] == "true"
    assert (rows(), keys()) == (0, ["completed"])
    assert frameworks.calls == ["handle", "finalize"]


@pytest.mark.parametrize(("fail", "error"), [("bug", ValueError), ("unserialisable", TypeError)])
def test_drf_error_leaves_nothing(transactional_db: None, fail: str, error: Any) -> None:
    sender = Sender(person("ann"), "token")
    frameworks.calls.clear()
    with pytest.raises(error):
        sender.pay("drf", {"fail": fail})
    assert (rows(), keys()) == (0, [])
    assert frameworks.calls.count("handle") == (fail == "bug")


def test_ninja_undoes_what_an_exception_left(transactional_db: None) -> None:
    sender = Sender(person("ann"), "token")
    url = "/ninja/pay?fail=raised"
    send = {"content_type": "application/json", "headers": sender.headers}
    answers = [sender.client.post(url, {"a": 1}, **send) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert (rows(), keys()) == (0, ["completed"])
    sender.headers["Idempotency-Key"] = "another-key-of-the-same-sender"
    with pytest.raises(Exception, match="id"):
        sender.client.post("/ninja/pay?fail=unserialisable", {"a": 1}, **send)
    assert rows() == 0


def test_ninja_validation_is_an_answer(db: None) -> None:
    sender = Sender(person("ann"), "token")
    answers = [sender.client.post("/ninja/file", headers=sender.headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[1]["Idempotency-Replayed"] == "true"


def test_ninja_files(db: None) -> None:
    sender = Sender(person("ann"), "token")

    def send(content: bytes) -> Any:
        file = SimpleUploadedFile("a.txt", content)
        return sender.client.post("/ninja/file", {"file": file}, headers=sender.headers)

    assert send(b"one").content == send(b"one").content
    assert problem(send(b"two")) == (422, "key-reused")
    assert rows() == 1


def test_ninja_asks_for_each_operation(db: None) -> None:
    """Who was let in to one operation is asked again by the next that gets the same request."""
    from django.test import RequestFactory

    let_in, other = frameworks.operation("/pay"), frameworks.operation("/file")
    person("ann")
    request = RequestFactory().post("/", headers={"Authorization": "Bearer ann"})
    request.user = AnonymousUser()
    request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
    assert let_in._run_checks(request) is None
    User.objects.update(is_active=False)
    assert let_in._run_checks(request) is None
    assert other._run_checks(request).status_code == 401


def test_ninja_principal_without_a_primary_key(db: None) -> None:
    sender = Sender(person("ann"), "token")
    response = sender.client.post("/ninja/name", {}, headers=sender.headers)
    assert problem(response) == (400, "no-principal")


@pytest.mark.parametrize("framework", ["class", "drf"])
def test_reading_needs_no_key(framework: str, db: None) -> None:
    sender = Sender(person("ann"), "token")
    del sender.headers["Idempotency-Key"]
    assert sender.client.get(f"/{framework}/pay", headers=sender.headers).status_code == 200


def test_drf_files(db: None) -> None:
    """Django's test client writes the same boundary each time, so this writes its own."""
    sender = Sender(person("ann"), "token")

    def send(boundary: str, content: str) -> Any:
        part = f'--{boundary}\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n'
        body = f"{part}Content-Type: text/plain\r\n\r\n{content}\r\n--{boundary}--\r\n"
        return sender.client.generic(
            "POST",
            "/drf/pay",
            body,
            content_type=f"multipart/form-data; boundary={boundary}",
            headers=sender.headers,
        )

    assert send("aaa", "one").status_code == 201
    assert send("bbb", "one")["Idempotency-Replayed"] == "true"
    assert problem(send("aaa", "two")) == (422, "key-reused")
    assert IdempotencyKey.objects.count() == 1

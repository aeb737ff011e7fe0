"""Pruning, statistics, the admin, and what is told about each request."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from threading import Barrier, Thread
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.idempotency import answered, idempotent, pruning
from governance.idempotency.outcomes import counts
from governance.idempotency.testing import Reply, assert_idempotent, storm
from governance.models import IdempotencyKey
from tests.idempotency.requests import KEY, answering, pay, posted

INSERT = """
INSERT INTO governance_idempotencykey (id, scope_hash, key_hash, key_suffix, fingerprint,
    fingerprint_version, route, method, module, actor, outcome, status, headers, body,
    owner, leased_until, created_at, expires_at)
SELECT gen_random_uuid(), '', '', '', '', 1, '/pay', 'POST', '', '', %s,
    CASE WHEN %s = 'completed' THEN 201 END, '{}', CASE WHEN %s = 'completed' THEN 'x'::bytea END,
    CASE WHEN %s = 'staged' THEN gen_random_uuid() END,
    CASE WHEN %s = 'staged' THEN now() END,
    now() - interval '2 days', now() - interval '1 day' * %s
FROM generate_series(1, %s)
"""


def fill(rows: int, *, outcome: str = "completed", expired: bool = True) -> None:
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [*[outcome] * 5, 1 if expired else -1, rows])


def command(name: str, **options: Any) -> str:
    out = StringIO()
    call_command(name, stdout=out, **options)
    return out.getvalue()


def test_prune_takes_what_has_expired(db: None) -> None:
    fill(12)
    fill(3, expired=False)
    fill(2, outcome="staged")
    fill(2, outcome="unknown")
    assert "0 expired keys removed, 12 left, the oldest since" in command(
        "idempotency_prune", dry_run=True
    )
    assert command("idempotency_prune", batch=5) == "12 expired keys removed, 0 left.\n"
    assert IdempotencyKey.objects.count() == 7


def test_prune_in_batches(db: None) -> None:
    fill(12)
    pauses: list[float] = []
    assert list(pruning.prune("default", batch=5, pause=0.5, sleep=pauses.append)) == [5, 5, 2]
    assert pauses == [0.5, 0.5]
    fill(12)
    assert list(pruning.prune("default", batch=5, max_seconds=0)) == [5]


def test_prune_passes_by_what_is_held(transactional_db: None) -> None:
    fill(6)
    held = IdempotencyKey.objects.order_by("pk").first()
    assert held is not None
    ready, done = Barrier(2), Barrier(2)

    def hold() -> None:
        try:
            with transaction.atomic():
                IdempotencyKey.objects.select_for_update().get(pk=held.pk)
                ready.wait()
                done.wait()
        finally:
            connections.close_all()

    thread = Thread(target=hold)
    thread.start()
    ready.wait()
    try:
        assert list(pruning.prune("default")) == [5]
        assert IdempotencyKey.objects.get() == held
    finally:
        done.wait()
        thread.join()


def test_prune_says_what_it_can_t_use(db: None) -> None:
    with pytest.raises(CommandError, match="--batch is at least 1"):
        command("idempotency_prune", batch=0)


def test_prune_looks_at_the_index_only(db: None) -> None:
    fill(3_000, expired=False)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE governance_idempotencykey")
        cursor.execute("EXPLAIN " + pruning._PRUNE, [pruning.BATCH])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Scan using governance_idempotency_expiry" in plan
    assert "Index Cond: (expires_at <= now())" in plan


def test_stats(db: None) -> None:
    assert command("idempotency_stats") == "There are no idempotency keys.\n"
    idempotent(module="finance")(pay)(posted())
    fill(3)
    fill(2, outcome="unknown")
    (first, second) = json.loads(command("idempotency_stats", format="json"))["routes"]
    assert (first["keys"], first["completed"], first["unknown"], first["expired"]) == (5, 3, 2, 3)
    assert (second["route"], second["module"], second["expired"]) == ("/pay", "finance", 0)
    text = command("idempotency_stats")
    assert text.splitlines()[0].split() == [
        "endpoint",
        "module",
        "keys",
        "completed",
        "tombstones",
        "staged",
        "unknown",
        "expired",
        "body",
        "bytes",
    ]
    assert "POST /pay" in text


@pytest.fixture
def kept(db: None) -> IdempotencyKey:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("the-secret-iban", headers={"Location": "/secret-place"})

    idempotent(view)(posted())
    return IdempotencyKey.objects.get()


def staff(*codenames: str) -> Client:
    user = User.objects.create_user("staff", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


def page_of(key: IdempotencyKey, client: Client) -> str:
    address = reverse("admin:governance_idempotencykey_change", args=[key.pk])
    return client.get(address).content.decode()


def test_bodies_have_a_permission_of_their_own(kept: IdempotencyKey) -> None:
    masked = page_of(kept, staff("view_idempotencykey"))
    assert "kept, and not shown to you" in masked
    assert "secret" not in masked
    User.objects.all().delete()
    shown = page_of(kept, staff("view_idempotencykey", "view_idempotency_body"))
    assert "the-secret-iban" in shown
    assert "/secret-place" in shown


def test_list_fetches_no_bodies(kept: IdempotencyKey) -> None:
    client = staff("view_idempotencykey", "view_idempotency_body")
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("admin:governance_idempotencykey_changelist"))
    assert page.status_code == 200
    assert "…" not in page.content.decode() or KEY not in page.content.decode()
    assert not [q for q in queries if '"governance_idempotencykey"."body"' in q["sql"]]


def test_keys_are_read_only(kept: IdempotencyKey) -> None:
    client = staff("view_idempotencykey", "change_idempotencykey", "delete_idempotencykey")
    for name in ("change", "delete"):
        address = reverse(f"admin:governance_idempotencykey_{name}", args=[kept.pk])
        assert client.post(address, {"post": "yes"}).status_code == 403
    assert client.get(reverse("admin:governance_idempotencykey_add")).status_code == 403


def test_outcomes_are_told(db: None, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="governance.idempotency")
    seen: list[dict[str, Any]] = []
    listener: Callable[..., None] = lambda **told: seen.append(told)  # noqa: E731
    answered.connect(listener)
    before = counts().get(("/pay", "mismatch"), 0)
    view = idempotent(module="finance")(pay)
    view(posted())
    view(posted())
    view(posted({"amount": 2}))
    idempotent(answering(503))(posted(key="b" * 20))
    idempotent(store_body=False)(pay)(posted(key="c" * 20))
    idempotent(pay)(posted(key="c" * 20))
    with pytest.raises(ZeroDivisionError):
        idempotent(lambda request: 1 / 0)(posted(key="d" * 20))  # type: ignore[arg-type]
    assert [told["outcome"] for told in seen] == [
        "executed",
        "replayed",
        "mismatch",
        "rolled_back",
        "tombstone",
        "not_kept",
        "rolled_back",
    ]
    assert (seen[0]["route"], seen[0]["method"], seen[0]["module"]) == ("/pay", "POST", "finance")
    assert seen[0]["key_suffix"] == KEY[-6:]
    assert counts()["/pay", "mismatch"] == before + 1
    assert KEY not in caplog.text
    assert f"POST /pay: executed (key …{KEY[-6:]} of " in caplog.text


def test_listener_that_fails_does_no_harm(db: None) -> None:
    def listener(**told: Any) -> None:
        raise ValueError

    answered.connect(listener)
    assert idempotent(pay)(posted()).status_code == 201


def test_cookies_are_told_once(db: None, caplog: pytest.LogCaptureFixture) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse()
        response.set_cookie("a", "b")
        return response

    for key in ("a" * 20, "b" * 20):
        idempotent(view)(posted(key=key, path="/cookies"))
    assert caplog.text.count("/cookies sets cookies; replays of its answers do not.") == 1


class Stub:
    """Answers a request as a view does, wrongly where a test wants it."""

    def __init__(self, view: Callable[[HttpRequest], HttpResponse]) -> None:
        self.view = view

    def post(self, path: str, data: Any = None, **kwargs: Any) -> HttpResponse:
        headers = dict(kwargs["headers"])
        return self.view(posted(data, key=headers.get("Idempotency-Key")))


def test_the_kit(db: None) -> None:
    answer = assert_idempotent(Stub(idempotent(pay)), "/pay", {"a": 1}, other={"a": 2})
    assert answer.status_code == 201
    with pytest.raises(AssertionError, match=r"/pay ran again: it answered 201 anew\."):
        assert_idempotent(Stub(pay), "/pay", {"a": 1})
    with pytest.raises(AssertionError, match="/pay lets in a request without Idempotency-Key"):
        assert_idempotent(Stub(idempotent(required=False)(pay)), "/pay", {"a": 1})


def test_storm_of_the_kit() -> None:
    assert len(storm(lambda: Reply(status=200), times=4)) == 4


def test_lifetimes_are_not_the_app_s_clock(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host whose clock is days ahead sees the same answers."""
    import time as clock

    view = idempotent(expires=timedelta(hours=1))(pay)
    first = view(posted())
    real = clock.time
    monkeypatch.setattr(clock, "time", lambda: real() + 7 * 86_400)
    monkeypatch.setattr("django.utils.timezone.now", lambda: 1 / 0)
    again = idempotent(expires=timedelta(hours=1))(lambda request: 1 / 0)(posted())  # type: ignore[arg-type]
    assert again.content == first.content

"""Real processes: storms of equal requests, workers that are killed, answers that take long.

The long form of these is ``benchmarks/idempotency_storm.py``.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from governance.idempotency.testing import assert_one_execution, storm, until_answered
from tests.idempotency.databases import bouncing, own_server
from tests.idempotency.serving import Site, connect, migrate, serving

DELAYS: list[dict[str, str]] = [{}, {"X_Before": "150"}, {"X_After": "150"}]
TIMES = 32


@pytest.fixture(scope="module")
def site(site_database: dict[str, Any]) -> Iterator[Site]:
    with serving(with_options(site_database, "client_connection_check_interval=500")) as running:
        yield running


def with_options(database: dict[str, Any], *options: str) -> dict[str, Any]:
    text = " ".join(f"-c {option}" for option in options)
    return {**database, "OPTIONS": {"options": text}}


def storms(site: Site, *, rounds: int, path: str = "/pay", executions: int | None = 1) -> None:
    for number in range(rounds):
        key, delay = str(uuid4()), DELAYS[number % len(DELAYS)]
        replies = storm(lambda key=key, delay=delay: site.pay(key, path=path, **delay), times=TIMES)
        assert_one_execution(replies)
        assert site.rows(key) == 1
        assert executions is None or site.executions(key) == executions
        final = until_answered(lambda key=key: site.pay(key, path=path))
        assert {reply.body for reply in replies if reply.status == 201} <= {final.body}
        assert (final.status, final.replayed) == (201, True)


def expire(site: Site) -> None:
    with connect(site.database) as connection:
        connection.execute(
            "UPDATE governance_idempotencykey SET created_at = now() - interval '2 days', "
            "expires_at = now() - interval '1 day'"
        )


@pytest.mark.parametrize("path", ["/pay", "/row"])
def test_storm(site: Site, path: str) -> None:
    storms(site, rounds=3, path=path)


def test_storm_on_an_expired_key(site: Site) -> None:
    key = str(uuid4())
    first = site.pay(key)
    expire(site)
    replies = storm(lambda: site.pay(key), times=TIMES)
    assert_one_execution(replies)
    assert site.rows(key) == 2
    assert first.body not in {reply.body for reply in replies}


def test_waiting(site: Site) -> None:
    """All who find a place to wait get the answer; the others are told to come back."""
    key = str(uuid4())
    replies = storm(lambda: site.pay(key, path="/wait", X_After="300"), times=12)
    assert_one_execution(replies)
    assert site.rows(key) == site.executions(key) == 1
    assert sum(reply.replayed for reply in replies) >= 4


@pytest.mark.parametrize("path", ["/pay", "/row"])
@pytest.mark.parametrize("point", ["c1", "c2", "c3", "c4", "sql"])
def test_crash(site: Site, point: str, path: str) -> None:
    key = str(uuid4())
    lost = site.pay(key, path=path, X_Crash=point)
    assert lost.status == 0
    done = site.rows(key)
    assert done == (point in {"c3", "c4"})
    answer = until_answered(lambda: site.pay(key, path=path, X_Crash=point))
    assert answer.status == 201
    assert answer.replayed == (point in {"c3", "c4"})
    assert site.rows(key) == 1
    assert site.pay(key, path=path).body == answer.body


@pytest.mark.parametrize("path", ["/pay", "/row"])
@pytest.mark.parametrize("expired", [False, True])
def test_original_that_takes_long(site: Site, path: str, expired: bool) -> None:
    """Who comes in the meantime is told so at once, and takes no thread."""
    key = str(uuid4())
    if expired:
        site.pay(key, path=path)
        expire(site)
    with ThreadPoolExecutor() as pool:
        original = pool.submit(site.pay, key, path=path, X_After="1200")
        time.sleep(0.3)
        early = site.pay(key, path=path)
        answer = original.result()
    assert early.seconds < answer.seconds - 0.5
    assert (early.status, early.headers["retry-after"]) == (409, "1")
    assert answer.status == 201
    assert site.pay(key, path=path).body == answer.body
    assert site.rows(key) == site.executions(key) == 1 + expired


@pytest.mark.parametrize("isolation", ["repeatable\\ read", "serializable"])
def test_isolation(site_database: dict[str, Any], isolation: str) -> None:
    """Who looks with an old snapshot may run the view once more; the index keeps one row."""
    database = with_options(site_database, f"default_transaction_isolation={isolation}")
    with serving(database) as site:
        storms(site, rounds=3, executions=None)


def test_requests_in_transactions(site_database: dict[str, Any]) -> None:
    with serving({**site_database, "ATOMIC_REQUESTS": True}) as site:
        storms(site, rounds=3)
        key = str(uuid4())
        assert site.pay(key, X_Crash="c2").status == 0
        assert until_answered(lambda: site.pay(key, X_Crash="c2")).status == 201
        assert site.rows(key) == 1
        key = str(uuid4())
        assert site.pay(key, X_Crash="c3").status == 0
        assert until_answered(lambda: site.pay(key, X_Crash="c3")).replayed
        assert site.rows(key) == 1


def test_without_the_lock(site_database: dict[str, Any]) -> None:
    """The index is what keeps it one row; the lock only saves work."""
    with serving(site_database, SITE_WITHOUT="lock") as site:
        key = str(uuid4())
        replies = storm(lambda: site.pay(key, X_Before="150"), times=TIMES)
        assert_one_execution(replies)
        assert site.rows(key) == 1
        assert site.executions(key) > 1


def test_without_the_index(site: Site) -> None:
    """Without it nothing runs at all."""
    drop = "ALTER TABLE governance_idempotencykey DROP CONSTRAINT governance_idempotencykey_pkey"
    add = "ALTER TABLE governance_idempotencykey ADD PRIMARY KEY (id)"
    key = str(uuid4())
    with connect(site.database) as connection:
        connection.execute(drop)
        try:
            assert site.pay(key).status == 500
        finally:
            connection.execute(add)
    assert site.rows(key) == 0


@pytest.mark.parametrize(("what", "point"), [("transaction", "c2"), ("key", "c3"), ("key", "c4")])
def test_what_the_crashes_notice(site_database: dict[str, Any], what: str, point: str) -> None:
    """With the shared transaction broken, or the key not kept, there are two rows."""
    with serving(site_database, SITE_WITHOUT=what, workers=2) as site:
        key = str(uuid4())
        assert site.pay(key, X_Crash=point).status == 0
        until_answered(lambda: site.pay(key, X_Crash=point))
        assert site.rows(key) == 2


def test_pgbouncer(site_database: dict[str, Any]) -> None:
    with bouncing(site_database) as database, serving(database) as site:
        storms(site, rounds=3)
        for point in ("c2", "c3"):
            key = str(uuid4())
            assert site.pay(key, X_Crash=point).status == 0
            assert until_answered(lambda key=key: site.pay(key)).status == 201
            assert site.rows(key) == 1


@pytest.mark.parametrize("more", [{"OPTIONS": {"pool": True}}, {"CONN_MAX_AGE": None}])
def test_connections_that_are_used_again(
    site_database: dict[str, Any], more: dict[str, Any]
) -> None:
    """A pool of the driver, or one connection for each thread: no lock stays behind on it."""
    with serving({**site_database, **more}, workers=2) as site:
        storms(site, rounds=2)
        key = str(uuid4())
        assert site.pay(key, X_Crash="c2").status == 0
        assert until_answered(lambda: site.pay(key, X_Crash="c2")).status == 201
        assert site.rows(key) == 1


def test_server_that_is_stopped_at_once() -> None:
    """Answers were given while it ran and are given again after; nothing else is left behind."""
    with own_server() as server:
        migrate(server.database, server.folder)
        with serving(with_options(server.database, "synchronous_commit=on")) as site:
            done = {key: site.pay(key) for key in (str(uuid4()) for _ in range(5))}
            key = str(uuid4())
            with ThreadPoolExecutor() as pool:
                lost = pool.submit(site.pay, key, X_After="1000")
                time.sleep(0.4)
                server.restart_at_once()
                assert lost.result().status == 503
            assert site.rows(key) == 0
            assert until_answered(lambda: site.pay(key)).status == 201
            assert site.rows(key) == 1
            for earlier, reply in done.items():
                again = until_answered(lambda earlier=earlier: site.pay(earlier))
                assert (again.body, again.replayed) == (reply.body, True)
                assert site.rows(earlier) == 1

"""Violations seen at run time are counted in the database, and nobody waits for it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from governance.findings import Finding, Location
from governance.models import Violation
from governance.rules import rule
from governance.writes import observations, recorder, storing
from governance.writes.tally import Sighting, Tally
from tests.monolith import Monolith

WRITE = Finding(
    rule=rule("cross-module-write"),
    message="dev may not update finance_transaction: the table belongs to finance.",
    hint="instead  call pay()",
    subject="finance_transaction",
    actor="dev",
    owner="finance",
    location=Location(file="dev/jobs.py", line=7, function="dev.jobs.close"),
    details={"operation": "update", "caller": "dev.jobs.close", "layer": "statement"},
)
OTHER = replace(WRITE, subject="finance_tag")


def sighting(finding: Finding = WRITE, count: int = 1, at: float = 1_000.0) -> Sighting:
    return Sighting(finding=finding, count=count, first=at, last=at + 5)


class TestTally:
    def test_counts(self) -> None:
        tally = Tally()
        assert tally.add(WRITE, most=9, keep=True)
        assert not tally.add(WRITE, most=9, keep=True)
        assert tally.add(OTHER, most=9, keep=True)
        sightings, lost = tally.take()
        assert [(s.finding, s.count) for s in sightings] == [(WRITE, 2), (OTHER, 1)]
        assert all(s.first <= s.last for s in sightings)
        assert lost == 0
        assert tally.take() == ([], 0)
        assert tally.count(WRITE) == 2

    def test_what_is_not_kept_is_never_sent(self) -> None:
        tally = Tally()
        tally.add(WRITE, most=9, keep=False)
        assert tally.take() == ([], 0)
        assert tally.findings() == [WRITE]

    def test_memory_is_bounded_and_what_is_lost_is_counted(self) -> None:
        tally = Tally()
        assert tally.add(WRITE, most=1, keep=True)
        assert not tally.add(OTHER, most=1, keep=True)
        assert not tally.add(OTHER, most=1, keep=True)
        assert tally.waiting == 3
        sightings, lost = tally.take()
        assert ([s.finding for s in sightings], lost) == ([WRITE], 2)
        assert tally.findings() == [WRITE]

    def test_what_could_not_be_sent_comes_again(self) -> None:
        tally = Tally()
        tally.give_back([sighting(count=3, at=50.0)], 4)
        tally.give_back([sighting(count=2, at=40.0)], 0)
        assert tally.take() == ([Sighting(finding=WRITE, count=5, first=40.0, last=55.0)], 4)

    def test_clock_that_is_set_back(self, monkeypatch: pytest.MonkeyPatch) -> None:
        tally = Tally()
        for now in (100.0, 90.0):
            monkeypatch.setattr("governance.writes.tally.time", lambda now=now: now)
            tally.add(WRITE, most=9, keep=True)
        assert tally.take()[0] == [Sighting(finding=WRITE, count=2, first=100.0, last=100.0)]


def stored() -> dict[str, Violation]:
    return {violation.table: violation for violation in Violation.objects.all()}


class TestStoring:
    def test_row(self, db: None) -> None:
        storing.store([sighting(count=3)], 0)
        row = stored()["finance_transaction"]
        assert row.fingerprint == WRITE.fingerprint
        assert (row.slug, row.actor, row.owner) == ("cross-module-write", "dev", "finance")
        assert (row.caller, row.operation) == ("dev.jobs.close", "update")
        assert (row.location, row.message) == ("dev/jobs.py:7", WRITE.message)
        assert (row.count, row.accepted) == (3, False)
        assert (row.first_seen.timestamp(), row.last_seen.timestamp()) == (1_000.0, 1_005.0)

    def test_counts_are_added(self, db: None) -> None:
        storing.store([sighting(count=3, at=1_000.0), sighting(OTHER)], 0)
        storing.store([sighting(count=2, at=900.0)], 0)
        storing.store([sighting(count=1, at=2_000.0)], 0)
        row = stored()["finance_transaction"]
        assert (row.count, stored()["finance_tag"].count) == (6, 1)
        assert (row.first_seen.timestamp(), row.last_seen.timestamp()) == (900.0, 2_005.0)

    def test_lost_counts_are_a_violation_of_their_own(self, db: None) -> None:
        storing.store([], 7)
        storing.store([], 5)
        (row,) = Violation.objects.all()
        assert (row.slug, row.count, row.table) == ("observations-lost", 12, "governance_violation")
        assert row.message == (
            "Violations were seen and could not be counted, because there were too many kinds of "
            "them in one process."
        )

    def test_texts_that_postgresql_does_not_have(self, db: None) -> None:
        odd = replace(WRITE, subject="a\x00b\ud800" + "c" * 300, message="\x00", actor="x" * 200)
        storing.store([sighting(odd)], 0)
        (row,) = Violation.objects.all()
        assert row.table == ("ab?" + "c" * 300)[:200]
        assert (row.message, row.actor) == ("", "x" * 127)

    def test_large_batches(self, db: None) -> None:
        many = [sighting(replace(WRITE, subject=f"t{n}")) for n in range(2_500)]
        storing.store(many, 0)
        assert Violation.objects.count() == 2_500

    def test_no_table_yet(self, db: None) -> None:
        assert storing.is_ready()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE governance_violation RENAME TO elsewhere")
        assert not storing.is_ready()


@pytest.mark.governance("off")  # what is recorded here is no write of this test
def test_tests_store_nothing(db: None) -> None:
    """The test environment is up while this runs, so no thread may hold its database open."""
    assert not observations.is_on()
    recorder.record([WRITE], announce=False)
    assert observations._state.thread is None
    assert Violation.objects.count() == 0
    recorder.clear()


@pytest.fixture(scope="module")
def prepared(new_monolith: Callable[[], Monolith]) -> Monolith:
    monolith = new_monolith()
    declared = "MODULE = Module(name='{0}', apps=['{0}'])"
    order = "class Order(models.Model):\n    name = models.CharField(max_length=9, default='')\n"
    monolith.app("shop", order, declared.format("shop"))
    monolith.app("stock", "", declared.format("stock"))
    monolith.set("GOVERNANCE = {'MODE': 'report'}")
    monolith.write(
        "stock/actions.py",
        """
        from shop.models import Order

        def write():
            Order.objects.create()

        def clean():
            Order.objects.filter(pk=0).delete()
        """,
    )
    for command in (["makemigrations"], ["migrate", "-v0"]):
        result = monolith.manage(*command)
        assert result.returncode == 0, result.stderr
    return monolith


@pytest.fixture
def shop(prepared: Monolith, tmp_path: Path) -> Iterator[Monolith]:
    yield (project := prepared.copy(tmp_path))
    project.drop()


def ask(monolith: Monolith, sql: str) -> list[tuple[Any, ...]]:
    default = monolith.databases["default"]
    with psycopg.connect(
        host=default.get("HOST") or None,
        port=default.get("PORT") or None,
        user=default.get("USER") or None,
        password=default.get("PASSWORD") or None,
        dbname=default["NAME"],
    ) as opened:
        return opened.execute(sql).fetchall()


COUNTS = "SELECT actor, owner, caller, operation, count FROM governance_violation ORDER BY caller"


def test_counted_when_the_process_ends(shop: Monolith) -> None:
    result = shop.python(
        "from stock.actions import write, clean\n[write() for _ in 'abc']; clean()"
    )
    assert result.returncode == 0, result.stderr
    assert ask(shop, COUNTS) == [
        ("stock", "shop", "stock.actions.clean", "delete", 1),
        ("stock", "shop", "stock.actions.write", "insert", 3),
    ]
    assert shop.python("from stock.actions import write\nwrite()").returncode == 0
    assert ask(shop, COUNTS)[1][4] == 4


def test_counted_while_the_process_runs(shop: Monolith) -> None:
    """And then the connection is closed: an idle process holds none."""
    result = shop.python(
        """
        import time
        from django.db import connection
        from governance.models import Violation
        from governance.writes import observations
        from stock.actions import write
        observations.INTERVAL = 0.1
        write()
        while not Violation.objects.exists():
            time.sleep(0.02)
        others = 1
        while others:
            time.sleep(0.02)
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid()"
                )
                others = cursor.fetchone()[0]
        print(observations._state.thread.is_alive(), observations._state.thread.daemon)
        """
    )
    assert result.stdout == "True True\n", result.stderr


def test_own_statements_are_nobodys_violation(shop: Monolith) -> None:
    result = shop.python(
        """
        from governance.writes import recorder, storing
        from governance.writes.attribution import actor_at
        from stock.actions import write
        import governance.postgres.classification as c
        from django.db import connection
        actors = []
        def watch(execute, sql, params, many, context):
            import sys
            actors.append(actor_at(sys._getframe(1)).module)
            return execute(sql, params, many, context)
        write()
        with connection.execute_wrapper(watch):
            storing.store([], 1)
        print(set(actors), len(recorder.recorded()))
        """
    )
    assert result.stdout == "{'system:governance'} 1\n", result.stderr


def test_switched_off(shop: Monolith) -> None:
    shop.set("GOVERNANCE = {'MODE': 'report', 'OBSERVE': False}")
    result = shop.python(
        """
        import threading
        from stock.actions import write
        write()
        print([t.name for t in threading.enumerate()])
        """
    )
    assert result.stdout == "['MainThread']\n", result.stderr
    assert ask(shop, COUNTS) == []


def test_before_migrate(shop: Monolith) -> None:
    """Without the table nothing is sent, nothing is said, and nothing is lost once it is there."""
    assert shop.manage("migrate", "governance", "0001", "-v0").returncode == 0
    code = """
    import time
    from django.core.management import call_command
    from governance.writes import observations, recorder
    from stock.actions import write
    observations.INTERVAL = 0.05
    observations.LONGEST_INTERVAL = 0.1
    write()
    while not observations._state.failures:
        time.sleep(0.02)
    {then}
    """
    quiet = shop.python(code.replace("{then}", ""))
    assert (quiet.returncode, quiet.stdout) == (0, "")
    (line,) = quiet.stderr.splitlines()
    assert line.startswith("stock may not insert into shop_order: the table belongs to shop. ")
    late = shop.python(code.replace("{then}", "call_command('migrate', verbosity=0)"))
    assert late.returncode == 0, late.stderr
    assert [row[4] for row in ask(shop, COUNTS)] == [1]


def test_database_that_is_away_disturbs_nobody(shop: Monolith) -> None:
    result = shop.python(
        """
        import time
        from governance.writes import observations, storing
        from stock.actions import write
        observations.INTERVAL = observations.LONGEST_INTERVAL = 0.05
        kept, broken = storing.store, []
        def fail(*args):
            broken.append(args)
            raise OSError("connection refused")
        storing.store = fail
        write()
        while len(broken) < 3:
            time.sleep(0.02)
        write()
        storing.store = kept
        """
    )
    assert result.returncode == 0
    assert result.stderr.count("can't be counted in the database yet: connection refused") == 1
    assert [row[4] for row in ask(shop, COUNTS)] == [2]


def test_end_is_not_held_up(shop: Monolith) -> None:
    """A batch that waits for a lock is given up, and said to be lost."""
    result = shop.python(
        """
        import time
        from governance.writes import observations, storing
        from stock.actions import write
        observations.PATIENCE = 0.2
        storing.store = lambda *args: time.sleep(600)
        write()
        """
    )
    assert result.returncode == 0, result.stderr


def test_end_sends_what_came_during_the_last_batch(shop: Monolith) -> None:
    result = shop.python(
        """
        import time
        from governance.writes import observations, storing
        from stock.actions import write
        observations.INTERVAL = 0.01
        kept, entered = storing.store, []
        def slow(*args):
            entered.append(args)
            while len(entered) == 1 and not observations._state.ending:
                time.sleep(0.01)
            kept(*args)
        storing.store = slow
        write()
        while not entered:
            time.sleep(0.01)
        write()
        """
    )
    assert result.returncode == 0, result.stderr
    assert [row[4] for row in ask(shop, COUNTS)] == [2]


FORKING = """
import os, sys, time
from django.db import connection
from governance.writes import observations
from stock.actions import write
observations.INTERVAL = 0.1
write()
if {wait}:
    from governance.models import Violation
    while not Violation.objects.exists():
        time.sleep(0.02)
connection.close()
children = []
for _ in range(4):
    child = os.fork()
    if not child:
        for _ in range(25):
            write()
        observations.finish()
        os._exit(0)
    children.append(child)
print([os.waitpid(child, 0)[1] for child in children])
write()
"""


@pytest.mark.parametrize("wait", [True, False])
def test_forked_workers_each_send_their_own(shop: Monolith, wait: bool) -> None:
    """As gunicorn with preload does it: what the parent has not sent stays the parent's."""
    result = shop.python(FORKING.replace("{wait}", str(wait)))
    assert result.stdout == "[0, 0, 0, 0]\n", result.stderr
    assert [row[4] for row in ask(shop, COUNTS)] == [102]


def test_workers_of_multiprocessing_end_without_atexit(shop: Monolith) -> None:
    shop.write(
        "run.py",
        """
        import multiprocessing
        import django

        def work():
            from stock.actions import write
            write()

        if __name__ == "__main__":
            context = multiprocessing.get_context("fork")
            django.setup()
            workers = [context.Process(target=work) for _ in range(3)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
        """,
    )
    result = shop.run("run.py")
    assert result.returncode == 0, result.stderr
    assert [row[4] for row in ask(shop, COUNTS)] == [3]


def test_threads_and_processes_at_once(shop: Monolith) -> None:
    shop.write(
        "work.py",
        """
        import django; django.setup()
        from concurrent.futures import ThreadPoolExecutor
        from django.db import connection
        from governance.writes import observations
        from stock.actions import clean, write
        observations.INTERVAL = 0.01

        def work(_):
            for _ in range(25):
                write()
                clean()
            connection.close()

        with ThreadPoolExecutor(3) as pool:
            list(pool.map(work, range(3)))
        """,
    )
    shop.write(
        "many.py",
        """
        import subprocess, sys
        running = [subprocess.Popen([sys.executable, "work.py"]) for _ in range(3)]
        print([process.wait() for process in running])
        """,
    )
    result = shop.run("many.py")
    assert result.stdout == "[0, 0, 0]\n", result.stderr
    assert [row[4] for row in ask(shop, COUNTS)] == [225, 225]


def test_killed_process_loses_only_the_last_batch(shop: Monolith) -> None:
    result = shop.python(
        """
        import os, signal, time
        from governance.models import Violation
        from governance.writes import observations
        from stock.actions import write
        observations.INTERVAL = 0.05
        for _ in range(20):
            write()
        while sum(Violation.objects.values_list("count", flat=True)) < 20:
            time.sleep(0.02)
        observations.INTERVAL = 600
        time.sleep(0.2)
        write()
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    assert result.returncode == -9
    assert [row[4] for row in ask(shop, COUNTS)] in ([20], [21])


def test_server_that_is_told_to_end(shop: Monolith) -> None:
    """gunicorn, uvicorn and runserver make an ordinary exit of SIGTERM."""
    result = shop.python(
        """
        import os, signal, sys
        from stock.actions import write
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        write()
        os.kill(os.getpid(), signal.SIGTERM)
        """
    )
    assert result.returncode == 0, result.stderr
    assert [row[4] for row in ask(shop, COUNTS)] == [1]


def test_test_database_can_be_dropped(shop: Monolith) -> None:
    shop.write(
        "shop/tests.py",
        """
        from django.test import TransactionTestCase
        from stock.actions import write

        class Tests(TransactionTestCase):
            def test(self):
                write()
        """,
    )
    result = shop.manage("test", "-v0")
    assert result.returncode == 0, result.stderr
    assert ask(shop, COUNTS) == []

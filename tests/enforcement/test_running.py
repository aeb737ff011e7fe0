"""Actions are run one by one; a table that is busy holds up neither its writers nor the others."""

import threading
import time
from typing import Any

import pytest
from django.db import connections, transaction

from governance.enforcement import running, triggers
from governance.enforcement.actions import Action
from governance.enforcement.running import run
from tests.enforcement.conftest import ALIAS, Database


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "LOCK_TIMEOUT_MS", 50)


def action(subject: str, *statements: str) -> Action:
    return Action(subject=subject, done="done", statements=statements)


def test_busy_table_is_told_and_the_others_are_done(database: Database, impatient: None) -> None:
    with database.connect() as other, other.transaction():
        other.execute("LOCK TABLE core_person IN ROW EXCLUSIVE MODE")
        planned = triggers.installation(triggers.look(ALIAS))
        (failure,) = run(planned, using=ALIAS, attempts=2)
    assert failure.rule.slug == "enforcement-refused"
    assert failure.message == (
        "PostgreSQL did not let core_person be changed: its lock was not to be had, somebody "
        "writes it all the time."
    )
    assert failure.hint == "Run the command again, at a quieter time."
    left = [entry.table for entry in triggers.look(ALIAS).standings if not entry.is_well]
    assert left == ["core_person"]


def test_tries_again_until_the_writer_is_done(database: Database, impatient: None) -> None:
    with database.connect() as other:
        other.execute("BEGIN; LOCK TABLE core_person IN ROW EXCLUSIVE MODE")
        timer = threading.Timer(0.4, lambda: other.execute("COMMIT"))
        timer.start()
        assert run(triggers.installation(triggers.look(ALIAS)), using=ALIAS) == []
        timer.join()


def test_writers_never_wait_for_long(database: Database) -> None:
    """Behind a lock that is waited for, each new writer waits too: so it is not waited for."""
    with database.connect() as busy, database.connect() as writer:
        busy.execute("BEGIN; LOCK TABLE core_person IN ROW EXCLUSIVE MODE")
        planned = triggers.installation(triggers.look(ALIAS))
        timer = threading.Timer(6, lambda: busy.execute("COMMIT"))
        timer.start()
        waits: list[float] = []

        def write() -> None:
            while timer.is_alive():
                begun = time.monotonic()
                writer.execute("/*own:core*/ UPDATE core_person SET name = ''")
                waits.append(time.monotonic() - begun)
                time.sleep(0.02)

        thread = threading.Thread(target=write)
        thread.start()
        assert run(planned, using=ALIAS) == []
        timer.join()
        thread.join()
    assert len(waits) > 50
    assert max(waits) * 1000 < 4 * running.LOCK_TIMEOUT_MS


def test_each_action_is_one_transaction(database: Database) -> None:
    failures = run(
        [
            action("a", "CREATE TABLE a (id int)", "CREATE TABLE b (id int)", "SELECT 1 / 0"),
            action("c", "CREATE TABLE c (id int)"),
        ],
        using=ALIAS,
    )
    assert [f.message for f in failures] == [
        "PostgreSQL did not let a be changed: division by zero."
    ]
    with database.connect() as connection:
        made = "SELECT to_regclass('a'), to_regclass('b'), to_regclass('c')"
        assert connection.execute(made).fetchone() == (None, None, "c")


def test_role_without_the_privilege(database: Database) -> None:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(f'CREATE ROLE "{database.name}"')
        cursor.execute(f'SET ROLE "{database.name}"')
    try:
        failures = run(triggers.installation(triggers.look(ALIAS)), using=ALIAS)
    finally:
        with connections[ALIAS].cursor() as cursor:
            cursor.execute(f'RESET ROLE; DROP ROLE "{database.name}"')
    assert {failure.rule.slug for failure in failures} == {"enforcement-refused"}
    assert failures[0].message == (
        "PostgreSQL did not let governance_guard be changed: permission denied for schema public."
    )
    assert failures[0].hint == "Run it as the owner of the table, or as a superuser."


def test_the_lock_timeout_of_a_transaction_around_stays(database: Database) -> None:
    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '7s'")
        assert run([action("a", "CREATE TABLE a (id int)")], using=ALIAS) == []
        assert [f.subject for f in run([action("b", "SELECT 1 / 0")], using=ALIAS)] == ["b"]
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("7s",)


def test_told_as_the_guard_knows_it(database: Database, known: Any) -> None:
    """The guard in Python lets these statements pass: they act as system:governance."""
    told: list[str] = []
    planned = triggers.installation(triggers.look(ALIAS))
    run(planned, using=ALIAS, tell=lambda done: told.append(f"{done.subject}: {done.done}"))
    assert told[:2] == ["governance_guard: function written", "core_audit: guarded (enforce)"]
    assert "notes_note: guarded (report)" in told

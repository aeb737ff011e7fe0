"""What single statements are seen to do; ``benchmarks/ddl_trace.py`` compares many more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from governance.postgres.locks import Lock
from governance.postgres.tracing import Trace, Tracer
from tests.rehearsal.stagehand import server

SCHEMA = """
CREATE TABLE parent (id int PRIMARY KEY, name text);
CREATE TABLE child (id int PRIMARY KEY, parent_id int, note varchar(20), amount int);
CREATE INDEX child_note ON child (note);
INSERT INTO parent SELECT n, 'p' FROM generate_series(1, 50) n;
INSERT INTO child SELECT n, 1 + n % 50, 'note ' || n, n FROM generate_series(1, 100) n;
ANALYZE;
"""
EXCLUSIVE = Lock.ACCESS_EXCLUSIVE


@pytest.fixture
def connection() -> Iterator[Any]:
    place = server()
    name = place.create()
    try:
        with place.connect(name) as opened:
            opened.execute(SCHEMA)
            yield opened
    finally:
        place.drop(name)


def traced(connection: Any, *statements: str) -> Trace:
    """Run statements and return the trace of the last one."""
    tracer = Tracer(connection)
    tracer.prepare()
    for text in statements:
        tracer.run(text, lambda text=text: connection.execute(text))
    return tracer.traces[-1]


def test_a_new_column_only_locks(connection: Any) -> None:
    trace = traced(connection, "ALTER TABLE child ADD COLUMN extra int DEFAULT 5")
    assert (trace.locks, trace.rewritten, trace.scanned) == ({"child": EXCLUSIVE}, (), ())


def test_a_type_is_rewritten(connection: Any) -> None:
    trace = traced(connection, "ALTER TABLE child ALTER amount TYPE bigint")
    assert trace.locks == dict.fromkeys(("child", "child_note", "child_pkey"), EXCLUSIVE)
    assert (trace.rewritten, trace.scanned) == (("child",), ("child",))


def test_an_index_whose_file_stays_was_not_built(connection: Any) -> None:
    trace = traced(connection, "ALTER TABLE child ALTER note TYPE varchar(40)")
    assert trace.locks == {"child": EXCLUSIVE, "child_note": EXCLUSIVE}
    assert (trace.rewritten, trace.scanned) == ((), ())


def test_a_foreign_key_reads_both_tables(connection: Any) -> None:
    sql = "ALTER TABLE child ADD FOREIGN KEY (parent_id) REFERENCES parent"
    trace = traced(connection, sql)
    assert trace.locks == dict.fromkeys(("child", "parent"), Lock.SHARE_ROW_EXCLUSIVE)
    assert trace.scanned == ("child", "parent")


def test_few_rows_are_no_scan(connection: Any) -> None:
    assert traced(connection, "UPDATE child SET amount = 0 WHERE id < 9").scanned == ()
    assert traced(connection, "UPDATE child SET amount = 0").scanned == ("child",)


def test_what_was_read_before_does_not_count(connection: Any) -> None:
    connection.execute("SELECT count(*) FROM child")
    statements = ("SELECT count(*) FROM child", "ALTER TABLE child ADD COLUMN extra int")
    assert traced(connection, *statements).scanned == ()


def test_locks_of_a_transaction_add_up(connection: Any) -> None:
    with connection.transaction():
        trace = traced(connection, "LOCK child IN SHARE MODE", "LOCK parent")
    assert trace.locks == {"child": Lock.SHARE, "parent": EXCLUSIVE}


OUTSIDE = {
    "CREATE INDEX CONCURRENTLY more ON child (amount)": {"child": Lock.SHARE_UPDATE_EXCLUSIVE},
    "DROP INDEX CONCURRENTLY child_note": {
        "child": Lock.SHARE_UPDATE_EXCLUSIVE,
        "child_note": EXCLUSIVE,
    },
    "VACUUM FULL parent": {"parent": EXCLUSIVE, "parent_pkey": EXCLUSIVE},
}


@pytest.mark.parametrize("sql", OUTSIDE)
def test_what_runs_outside_of_a_transaction_is_made_to_wait(connection: Any, sql: str) -> None:
    trace = traced(connection, sql)
    assert trace.locks == OUTSIDE[sql]
    assert trace.in_transaction is False


def test_an_error_is_noted_and_raised(connection: Any) -> None:
    tracer = Tracer(connection)
    sql = "CREATE UNIQUE INDEX ON child (parent_id)"
    with pytest.raises(psycopg.errors.UniqueViolation):
        tracer.run(sql, lambda: connection.execute(sql))
    trace = tracer.traces[-1]
    assert trace.error == "23505"
    assert trace.message == 'could not create unique index "child_parent_id_idx"'
    assert trace.detail.endswith("is duplicated.")
    assert trace.locks == {}


def test_a_constraint_that_waits_fails_at_the_end(connection: Any) -> None:
    connection.execute(
        "ALTER TABLE child ADD FOREIGN KEY (parent_id) REFERENCES parent "
        "DEFERRABLE INITIALLY DEFERRED"
    )
    tracer = Tracer(connection)
    sql = "UPDATE child SET parent_id = 999"
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        tracer.run(sql, lambda: connection.execute(sql))
    assert [trace.error for trace in tracer.traces] == ["23503"]


REWRITE = "ALTER TABLE child ALTER amount TYPE bigint"


def test_what_happened_between_two_transactions_is_nobodys(connection: Any) -> None:
    tracer = Tracer(connection)
    tracer.run("SELECT 1", lambda: connection.execute("SELECT 1"))
    connection.execute(REWRITE)
    tracer.run("SELECT 2", lambda: connection.execute("SELECT 2"))
    assert [trace.rewritten for trace in tracer.traces] == [(), ()]


def test_what_was_taken_back_is_nobodys(connection: Any) -> None:
    texts = ("SELECT 0", "SAVEPOINT s", REWRITE, "ROLLBACK TO SAVEPOINT s", "SELECT 1")
    tracer = Tracer(connection)
    with connection.transaction():
        for text in texts:
            tracer.run(text, lambda text=text: connection.execute(text))
    assert [(trace.sql, trace.rewritten) for trace in tracer.traces] == [
        ("SELECT 0", ()),
        (REWRITE, ("child",)),
        ("SELECT 1", ()),
    ]

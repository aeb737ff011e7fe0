"""What PostgreSQL lets through and what it refuses, on every way to write a table."""

import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from tests.enforcement.conftest import Database, install

Connection = "psycopg.Connection[Any]"
ROW = "INSERT INTO finance_transaction (amount, memo) VALUES (1, 'x')"


def refusal(connection: Any, statement: Any, **options: Any) -> Any:
    """Return what PostgreSQL says; the statement has to be refused."""
    with pytest.raises(InsufficientPrivilege) as caught:
        connection.execute(statement, **options)
    assert caught.value.diag.constraint_name == "governance_guard"
    return caught.value.diag


def count(connection: Any, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def as_(actor: str, statement: str) -> str:
    return f"/*own:{actor}*/ {statement}"


def test_the_words_of_a_refusal(guarded: Any) -> None:
    said = refusal(guarded, as_("dev", ROW))
    assert said.message_primary == (
        "dev may not insert into finance_transaction: the table belongs to finance "
        "(Payments, #payments)."
    )
    assert json.loads(said.message_detail) == {
        "actor": "dev",
        "owner": "finance",
        "table": "finance_transaction",
        "operation": "insert",
    }
    assert said.message_hint == (
        "Call the interface of finance, or ask finance to declare a Share."
    )
    assert (said.schema_name, said.table_name) == ("public", "finance_transaction")
    assert count(guarded, "finance_transaction") == 0


STATEMENTS = {
    "insert": ROW,
    "insert select": "INSERT INTO finance_transaction (amount) SELECT 1",
    "insert default values": "INSERT INTO finance_transaction DEFAULT VALUES",
    "on conflict do nothing": f"{ROW} ON CONFLICT DO NOTHING",
    "on conflict do update": f"{ROW} ON CONFLICT (id) DO UPDATE SET amount = 2",
    "update": "UPDATE finance_transaction SET amount = 2",
    "update of no rows": "UPDATE finance_transaction SET amount = 2 WHERE false",
    "delete": "DELETE FROM finance_transaction",
    "truncate": "TRUNCATE finance_transaction",
    "truncate of several": "TRUNCATE finance_old, finance_transaction",
    "writable cte": f"WITH new AS ({ROW} RETURNING id) SELECT * FROM new",
    "merge": "MERGE INTO finance_transaction t USING (VALUES (1)) v(id) ON t.id = v.id "
    "WHEN NOT MATCHED THEN INSERT (amount) VALUES (1)",
    "merge without effect": "MERGE INTO finance_transaction t USING (VALUES (1)) v(id) "
    "ON t.id = v.id AND false WHEN MATCHED THEN DELETE",
    "explain analyze": f"EXPLAIN ANALYZE {ROW}",
    "select into a function": "SELECT book()",
    "sql function": "SELECT book_in_sql()",
    "procedure": "CALL book_all()",
    "do block": f"DO $$ BEGIN {ROW}; END $$",
    "dynamic sql in a do block": "DO $$ BEGIN EXECUTE 'INSERT INTO finance_' || "
    "'transaction (amount) VALUES (1)'; END $$",
    "view": "INSERT INTO finance_open (amount) VALUES (1)",
    "view update": "UPDATE finance_open SET amount = 1",
    "partitioned table": "INSERT INTO finance_sample VALUES (1, '2026-05-05')",
    "partition by name": "INSERT INTO finance_sample_2026 VALUES (1, '2026-05-05')",
    "truncate of a partition": "TRUNCATE finance_sample_2026",
    "delete from a partition": "DELETE FROM finance_sample_2026",
    "other schema": "INSERT INTO reporting.daily VALUES (1)",
    "unicode identifier": r'INSERT INTO U&"fin\0061nce_transaction" (amount) VALUES (1)',
    "quoted and qualified": 'INSERT INTO "public"."finance_transaction" (amount) VALUES (1)',
    "several statements": f"SELECT 1; {ROW}",
}
FUNCTIONS = f"""
CREATE FUNCTION book() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {ROW}; END $$;
CREATE FUNCTION book_in_sql() RETURNS void LANGUAGE sql AS $$ {ROW} $$;
CREATE PROCEDURE book_all() LANGUAGE plpgsql AS $$ BEGIN {ROW}; END $$;
"""


@pytest.fixture
def with_functions(guarded: Any) -> Any:
    guarded.execute(FUNCTIONS)
    return guarded


def test_every_statement(with_functions: Any) -> None:
    """One test for all of them, because making a database takes most of the time."""
    for name, statement in STATEMENTS.items():
        for actor in ("dev", "unknown", "stranger"):
            said = refusal(with_functions, as_(actor, statement))
            assert json.loads(said.message_detail)["owner"] == "finance", name
        with_functions.execute(as_("finance", statement))
        with_functions.execute(as_("system:migrate", statement))


def test_reads_and_locks_stay_silent(guarded: Any) -> None:
    for statement in (
        "SELECT * FROM finance_transaction FOR UPDATE",
        "SELECT nextval('finance_transaction_id_seq')",
        f"EXPLAIN {ROW}",
        "CREATE TEMPORARY TABLE finance_transaction (id int)",
        "INSERT INTO finance_transaction VALUES (1)",
    ):
        guarded.execute(statement)


def test_copy(guarded: Any) -> None:
    statement = "COPY finance_transaction (amount) FROM STDIN"
    with pytest.raises(InsufficientPrivilege), guarded.cursor().copy(as_("dev", statement)) as copy:
        copy.write_row([1])
    with guarded.cursor().copy(as_("finance", statement)) as copy:
        copy.write_row([1])
    assert count(guarded, "finance_transaction") == 1


def test_truncate_cascade_asks_every_owner(guarded: Any) -> None:
    said = refusal(guarded, as_("core", "TRUNCATE core_person CASCADE"))
    assert said.message_primary.startswith("core may not truncate dev_")
    guarded.execute(as_("dev", "TRUNCATE dev_watch CASCADE"))


def test_partitions_are_named_by_their_root(guarded: Any) -> None:
    said = refusal(guarded, as_("dev", "DELETE FROM finance_sample_2026"))
    assert said.message_primary.startswith("dev may not delete from finance_sample: ")
    assert said.table_name == "finance_sample_2026"


def test_foreign_table(guarded: Any, database: Database) -> None:
    """The remote side is the same server; what it says of its own guard is not asked here."""
    try:
        guarded.execute("CREATE EXTENSION postgres_fdw")
    except psycopg.Error:
        pytest.skip("this server has no postgres_fdw")
    info = guarded.info
    guarded.execute(
        f"""
        CREATE SERVER here FOREIGN DATA WRAPPER postgres_fdw
            OPTIONS (host '{info.host}', port '{info.port}', dbname '{database.name}');
        CREATE USER MAPPING FOR CURRENT_USER SERVER here OPTIONS (user '{info.user}',
            password_required 'false');
        ALTER TABLE finance_old RENAME TO local_old;
        DROP TRIGGER governance_guard ON local_old;
        CREATE FOREIGN TABLE finance_old (id int) SERVER here OPTIONS (table_name 'local_old')
        """
    )
    install()
    refusal(guarded, as_("dev", "INSERT INTO finance_old VALUES (1)"))
    guarded.execute(as_("finance", "INSERT INTO finance_old VALUES (1)"))
    assert count(guarded, "local_old") == 1


def test_shares_hold_until_their_last_day(guarded: Any) -> None:
    guarded.execute(as_("dev", "INSERT INTO finance_tag VALUES (1, 'a')"))
    refusal(guarded, as_("core", "INSERT INTO finance_tag VALUES (2, 'b')"))
    refusal(guarded, as_("dev", "INSERT INTO finance_old VALUES (1)"))


def test_everybody_writes_the_platform_and_nobody_is_asked_for_unowned_tables(guarded: Any) -> None:
    guarded.execute("INSERT INTO auth_user VALUES (1)")
    guarded.execute("INSERT INTO nobody_knows VALUES (1)")


def test_report_mode_says_the_same_and_lets_it_happen(guarded: Any) -> None:
    notices: list[Any] = []
    keys = ("severity_nonlocalized", "constraint_name", "message_primary", "message_detail")
    guarded.add_notice_handler(lambda said: notices.append([getattr(said, key) for key in keys]))
    guarded.execute(as_("dev", "INSERT INTO notes_note VALUES (1)"))
    guarded.execute(as_("notes", "INSERT INTO notes_note VALUES (1)"))
    ((severity, constraint, message, detail),) = notices
    assert (severity, constraint) == ("NOTICE", "governance_guard")
    assert message == "dev may not insert into notes_note: the table belongs to notes."
    assert json.loads(detail)["actor"] == "dev"
    assert count(guarded, "notes_note") == 2


def test_nothing_is_lost_of_a_transaction_that_goes_on(guarded: Any) -> None:
    with guarded.transaction():
        guarded.execute(as_("finance", ROW))
        with pytest.raises(InsufficientPrivilege), guarded.transaction():
            guarded.execute(as_("dev", ROW))
    assert count(guarded, "finance_transaction") == 1


WAYS_TO_SEND: dict[str, Callable[[Any, str], object]] = {
    "client-side binding": lambda c, s: psycopg.ClientCursor(c).execute(s, ["x"]),
    "server-side binding": lambda c, s: c.execute(s, ["x"]),
    "prepared": lambda c, s: [c.execute(s, ["x"], prepare=True) for _ in range(3)],
    "binary": lambda c, s: c.execute(s, ["x"], binary=True),
    "executemany": lambda c, s: c.cursor().executemany(s, [["x"], ["y"]]),
    "bytes": lambda c, s: c.execute(s.encode(), ["x"]),
    "composed": lambda c, s: c.execute(sql.Composed([sql.SQL(s)]), ["x"]),
    "raw cursor": lambda c, s: psycopg.RawCursor(c).execute(s.replace("%s", "$1"), ["x"]),
    "a megabyte": lambda c, s: psycopg.ClientCursor(c).execute(s, ["x" * 1_000_000]),
}


@pytest.mark.parametrize("name", WAYS_TO_SEND)
def test_every_way_to_send(guarded: Any, name: str) -> None:
    statement = "INSERT INTO finance_transaction (memo) VALUES (%s)"
    with pytest.raises(InsufficientPrivilege):
        WAYS_TO_SEND[name](guarded, as_("dev", statement))
    assert count(guarded, "finance_transaction") == 0
    WAYS_TO_SEND[name](guarded, as_("finance", statement))
    assert count(guarded, "finance_transaction") >= 1


def test_pipeline(guarded: Any) -> None:
    """Each statement of a pipeline has its own actor, though they are sent together."""
    with pytest.raises(InsufficientPrivilege), guarded.pipeline():
        guarded.execute(as_("finance", ROW))
        guarded.execute(as_("dev", ROW))
    with guarded.pipeline():
        guarded.execute(as_("finance", ROW))
        guarded.execute(as_("dev", "INSERT INTO dev_project VALUES (1, NULL)"))
    assert count(guarded, "dev_project") == 1


def test_prepare_in_sql_is_judged_by_its_execute(guarded: Any) -> None:
    guarded.execute(f"PREPARE book AS {ROW}")
    refusal(guarded, as_("dev", "EXECUTE book"))
    guarded.execute(as_("finance", "EXECUTE book"))


def test_security_definer_functions_do_not_hide_the_caller(guarded: Any) -> None:
    guarded.execute(
        f"CREATE FUNCTION pay() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$ "
        f"BEGIN {ROW}; END $$"
    )
    refusal(guarded, as_("dev", "SELECT pay()"))

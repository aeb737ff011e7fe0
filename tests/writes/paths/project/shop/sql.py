"""Paths past the ORM: SQL, on Django's cursors and on psycopg's."""

from django.db import connection, transaction
from psycopg import sql


def run(text, params=None):
    with connection.cursor() as cursor:
        cursor.execute(text, params)


def execute():
    run("UPDATE ledger_entry SET amount = %s", [2])


def execute_bytes():
    run(b"UPDATE ledger_entry SET amount = 2")


def execute_composed():
    run(sql.SQL("UPDATE {} SET amount = {}").format(sql.Identifier("ledger_entry"), 2))


def executemany():
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE ledger_entry SET amount = %s", [[1], [2]])


def several_statements():
    run("SELECT 1; DELETE FROM ledger_entry")


def writable_cte():
    run("WITH gone AS (DELETE FROM ledger_entry RETURNING *) SELECT count(*) FROM gone")


def explain_analyze():
    run("EXPLAIN ANALYZE DELETE FROM ledger_entry")


def merge():
    run(
        "MERGE INTO ledger_entry e USING ledger_tag t ON false "
        "WHEN NOT MATCHED THEN INSERT (amount) VALUES (1)"
    )


def truncate():
    run("TRUNCATE ledger_membership")


def truncate_cascade():
    run("TRUNCATE shop_order CASCADE")


def on_conflict():
    run(
        "INSERT INTO ledger_account (name) VALUES ('first') "
        "ON CONFLICT (name) DO UPDATE SET name = excluded.name"
    )


def create_table_as():
    run("CREATE TABLE ledger_copy AS SELECT * FROM ledger_entry")


def select_into():
    run("SELECT * INTO ledger_copy FROM ledger_entry")


def select_function():
    run("SELECT ledger_touch()")


def call_procedure():
    run("CALL ledger_touch_all()")


def do_block():
    run("DO $$ BEGIN UPDATE ledger_entry SET amount = 4; END $$")


def do_block_composed():
    run("DO $$ BEGIN EXECUTE 'UPDATE ledger' || '_entry SET amount = 4'; END $$")


def callproc():
    with connection.cursor() as cursor:
        cursor.callproc("ledger_touch")


def copy():
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY ledger_entry (amount) FROM STDIN") as rows,
    ):
        rows.write_row((5,))


def stream():
    with connection.cursor() as cursor:
        list(cursor.stream("UPDATE ledger_entry SET amount = 3 RETURNING id"))


def inner_cursor():
    with connection.cursor() as cursor:
        cursor.cursor.execute("DELETE FROM ledger_entry")


def driver_cursor():
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_entry")


def driver_execute():
    connection.ensure_connection()
    connection.connection.execute("DELETE FROM ledger_entry")


def pipeline():
    connection.ensure_connection()
    with connection.connection.pipeline(), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_entry SET amount = 3")


def schema_editor():
    with connection.schema_editor() as editor:
        editor.execute("ALTER TABLE ledger_entry ADD COLUMN extra integer")


def in_failed_savepoint():
    with transaction.atomic():
        run("SAVEPOINT here")
        run("UPDATE ledger_entry SET amount = 3")

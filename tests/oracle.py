"""PostgreSQL as the oracle: what it says was written must be what we read in the text.

While the tests run, an audit trigger on every table of the test database tells each statement
that writes it, by a notice. Behind each statement that a guarded cursor sent, the set of tables
and kinds told is compared with what its text was classified as.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import connection

from governance.postgres.classification import classify
from governance.postgres.statements import Statement

MARK = "governance oracle"
INSTALL = f"""
DO $$
DECLARE t record;
BEGIN
    CREATE OR REPLACE FUNCTION public.test_oracle() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
        RAISE NOTICE '{MARK}' USING DETAIL = TG_TABLE_NAME || ' ' || TG_OP;
        RETURN NULL;
    END $body$;
    FOR t IN SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n
            ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%'
            AND n.nspname <> 'information_schema' LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER test_oracle BEFORE INSERT OR UPDATE OR DELETE '
            'OR TRUNCATE ON %I.%I FOR EACH STATEMENT EXECUTE FUNCTION public.test_oracle()',
            t.nspname, t.relname);
    END LOOP;
END $$
"""
AUDITED = """
    SELECT 1 FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
    WHERE g.tgname = 'test_oracle' AND c.relname = %s AND NOT EXISTS (
        SELECT FROM pg_class t WHERE t.relname = c.relname AND t.relnamespace = pg_my_temp_schema())
"""
KINDS = {"delete": "remove", "truncate": "remove"}
STRUCTURE = {"create", "alter", "drop"}


@dataclass
class Oracle:
    """What was compared so far."""

    database: str = ""
    statements: int = 0
    writes: int = 0
    differences: dict[str, str] = field(default_factory=dict)

    def compare(self, text: str, told: set[tuple[str, str]], driver: Any) -> None:
        statement = classify(text)
        read = {
            (write.table.rpartition(".")[2], KINDS.get(write.operation, "write"))
            for write in statement.writes
            if write.operation not in STRUCTURE
        }
        self.statements += 1
        self.writes += bool(told)
        missed = set() if is_open(statement, text) else told - read
        invented = {entry for entry in read - told if _is_audited(entry[0], driver)}
        if missed or invented:
            self.differences[text[:200]] = (
                f"not read: {sorted(missed)}, not written: {sorted(invented)}"
            )


ORACLE = Oracle()


def is_open(statement: Statement, text: str) -> bool:
    """Tell whether PostgreSQL may write more than the text says: it says so itself."""
    return bool(statement.unreadable) or "cascade" in text.lower()


def _is_audited(table: str, driver: Any) -> bool:
    """A table made since, a temporary one above all, has no audit."""
    with driver.cursor() as cursor:
        cursor.execute(AUDITED, [table])
        return bool(cursor.fetchone())


def install() -> None:
    """Put the audit on every table there is."""
    ORACLE.database = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(INSTALL)


def listen() -> None:
    """Compare what is sent from now on.

    psycopg's own methods are wrapped: they run when the guard has judged, so nobody on the stack
    takes this file for the author of a write.
    """
    for name in ("execute", "executemany"):
        _wrap(name)
    copy = psycopg.Cursor.copy

    @contextmanager
    def listening_copy(self: Any, statement: Any, *args: Any, **kwargs: Any) -> Iterator[Any]:
        with _comparing(self, statement), copy(self, statement, *args, **kwargs) as rows:
            yield rows

    psycopg.Cursor.copy = listening_copy  # type: ignore[method-assign]


def _wrap(name: str) -> None:
    method = getattr(psycopg.Cursor, name)

    def listening(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        with _comparing(self, query):
            return method(self, query, *args, **kwargs)

    setattr(psycopg.Cursor, name, listening)


@contextmanager
def _comparing(cursor: Any, query: Any) -> Iterator[None]:
    told: set[tuple[str, str]] = set()

    def hear(diagnostic: Any) -> None:
        if diagnostic.message_primary == MARK:
            table, operation = diagnostic.message_detail.split()
            told.add((table, KINDS.get(operation.lower(), "write")))

    driver = cursor.connection
    driver.add_notice_handler(hear)
    try:
        yield
    finally:
        driver.remove_notice_handler(hear)
    if not driver.closed and _audited(driver):
        ORACLE.compare(_text(query, driver), told, driver)


def _text(query: Any, driver: Any) -> str:
    if isinstance(query, bytes):
        return query.decode()
    return query if isinstance(query, str) else str(query.as_string(driver))


def _audited(driver: Any) -> bool:
    """Neither in a pipeline, where answers come later, nor in a failed transaction."""
    if driver.info.transaction_status == 3 or driver.info.pipeline_status:
        return False
    return bool(driver.info.dbname == ORACLE.database)

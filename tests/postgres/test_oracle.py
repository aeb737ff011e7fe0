"""Our reading of SQL against two that know better: pglast, and PostgreSQL itself.

``GOVERNANCE_EXAMPLES=20000 bash scripts/test tests/postgres/test_oracle.py`` runs more examples
than CI has time for.
"""

import os
from collections.abc import Iterator
from random import Random

import psycopg
import pytest
from django.conf import settings as project
from hypothesis import HealthCheck, assume, given, settings
from pglast import parse_sql
from pglast.parser import ParseError

from governance.postgres.classification import classify
from governance.postgres.grammar import read
from governance.postgres.identifiers import quoted
from governance.postgres.outline import outline
from governance.postgres.shapes import scan
from tests.postgres.oracle import KINDS, Effect, Seen, kinds, look
from tests.postgres.sql import TABLES, Maker, texts

EXAMPLES = int(os.environ.get("GOVERNANCE_EXAMPLES", "300"))
SETTINGS = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
OBJECTS = """
    CREATE SCHEMA s;
    CREATE FUNCTION public.pay(int) RETURNS int LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO public.data (v) VALUES ('paid'); RETURN 1; END $$;
    CREATE FUNCTION public.audit() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE NOTICE '%', concat_ws(chr(31), TG_TABLE_SCHEMA, TG_TABLE_NAME, lower(TG_OP));
        RETURN NULL;
    END $$;
    CREATE FUNCTION public.audit_schema() RETURNS event_trigger LANGUAGE plpgsql AS $$
    DECLARE r record;
    BEGIN
        FOR r IN SELECT c.relname, n.nspname FROM pg_event_trigger_ddl_commands() d
            JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
            JOIN pg_namespace n ON n.oid = c.relnamespace AND c.relkind = 'r'
            WHERE c.relpersistence <> 't'
        LOOP
            RAISE NOTICE '%', concat_ws(chr(31), r.nspname, r.relname, 'create');
        END LOOP;
    END $$;
    CREATE EVENT TRIGGER audit_schema ON ddl_command_end EXECUTE FUNCTION public.audit_schema();
"""
TABLE = """
    CREATE TABLE {0} (id int UNIQUE, v text);
    CREATE TRIGGER audit BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {0}
        FOR EACH STATEMENT EXECUTE FUNCTION public.audit();
"""


def seen_in(sql: str) -> Seen:
    """What the oracle sees; texts that PostgreSQL's grammar refuses are no examples."""
    try:
        seen = look(sql)
    except ParseError:
        seen = Seen(refused=True)
    assume(not seen.refused)
    return seen


def runs_block(sql: str) -> bool:
    """The oracle does not look into DO."""
    return "$do$" in sql


@SETTINGS
@given(texts())
def test_grammar_equals_the_oracle(sql: str) -> None:
    seen, statement = seen_in(sql), read(sql)
    assume(not runs_block(sql))
    assert (kinds(statement), statement.calls) == (seen.effects, seen.calls)
    assert statement.unreadable == ""


@SETTINGS
@given(texts(style="orm"))
def test_shapes_equal_the_oracle(sql: str) -> None:
    """Whenever the scanner answers at all."""
    statement = scan(sql)
    assume(statement is not None)
    assert statement is not None
    seen = seen_in(sql)
    assert kinds(statement) == seen.effects
    assert statement.writes or statement.calls >= seen.calls


@SETTINGS
@given(texts())
def test_outline_is_certain(sql: str) -> None:
    """Without the grammar, what is called certain is all, and what is named is true."""
    statement = outline(sql, "can't be read")
    assume(not runs_block(sql))
    seen = seen_in(sql)
    if statement.unreadable:
        assert kinds(statement) <= seen.effects | {(table, "create") for table, _ in seen.effects}
    else:
        assert kinds(statement) == seen.effects
        assert statement.writes or statement.calls >= seen.calls


@pytest.fixture(scope="module")
def server() -> Iterator[psycopg.Connection]:
    """A database whose tables tell of each statement that writes them."""
    default = project.DATABASES["default"]
    place = {
        "host": default["HOST"],
        "port": default["PORT"] or None,
        "user": default["USER"],
        "password": default["PASSWORD"] or None,
    }
    name = f"governance_oracle_{os.getpid()}"
    with psycopg.connect(**place, dbname="postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            with psycopg.connect(**place, dbname=name) as opened:
                yield _prepared(opened)
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _prepared(opened: psycopg.Connection) -> psycopg.Connection:
    opened.execute(OBJECTS)
    for name in TABLES:
        key = name if name.startswith("s.") else "public." + name
        opened.execute(TABLE.format(quoted(key)))
    opened.commit()
    return opened


def happens(server: psycopg.Connection, sql: str) -> tuple[set[Effect], bool]:
    """Run a text and take it back; what was written, and whether it ran to its end."""
    told: list[str] = []
    handler = lambda message: told.append(message.message_primary or "")  # noqa: E731
    server.add_notice_handler(handler)
    try:
        cursor = server.cursor()
        if "COPY" in sql.upper():
            with cursor.copy(sql) as copy:
                list(copy)
        else:
            cursor.execute(sql)
        complete = True
    except psycopg.Error:
        complete = False
    finally:
        server.rollback()
        server.remove_notice_handler(handler)
    rows = [entry.split("\x1f") for entry in told if "\x1f" in entry]
    return {(_known(s, t), KINDS.get(kind, kind)) for s, t, kind in rows}, complete


def _known(schema: str, table: str) -> str:
    return table if schema == "public" else f"{schema}.{table}"


def test_postgresql_agrees(server: psycopg.Connection) -> None:
    """What triggers see is what we read: never less, and no more when all of it was run."""
    ran = 0
    for number in range(EXAMPLES * 4):
        sql = Maker(Random(number)).text(2)
        if "COPY" in sql.upper() and len(parse_sql(sql)) > 1:
            continue  # the driver can't
        written, complete = happens(server, sql)
        statement = classify(sql)
        told = {(table.removeprefix("public."), kind) for table, kind in kinds(statement)}
        made = {(t, kind) for t, kind in told if "made" in t and kind == "create"}  # no trigger yet
        if statement.unreadable or read(sql).calls:
            continue
        assert written <= told, sql
        if complete and not any(word in sql.upper() for word in ("PREPARE", "LOCK ")):
            ran += 1
            assert written == {(t, kind) for t, kind in told if "made" not in t} | made, sql
    assert ran > EXAMPLES / 2

"""Which tables a text writes."""

import pgparse
import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.postgres.classification import classify
from governance.postgres.grammar import read
from governance.postgres.shapes import scan

WRITES = {
    'INSERT INTO "t" ("a") VALUES (%s)': [("t", "insert")],
    'INSERT INTO "s"."t" ("a") VALUES (%s) RETURNING "t"."id"': [("s.t", "insert")],
    'INSERT INTO "t" DEFAULT VALUES': [("t", "insert")],
    'INSERT INTO "t" ("a") SELECT * FROM UNNEST((%s)::int[])': [("t", "insert")],
    'UPDATE "t" SET "a" = "t"."a" + 1': [("t", "update")],
    'DELETE FROM "t"': [("t", "delete")],
    'DELETE FROM "t" WHERE "t"."id" IN (%s)': [("t", "delete")],
    'ALTER TABLE "t" ADD COLUMN "a" integer NULL': [("t", "alter")],
    'CREATE TABLE "t" ("id" bigint NOT NULL)': [("t", "create")],
    'DROP TABLE "t" CASCADE': [("t", "drop")],
    "insert into t values (%s)": [("t", "insert")],
    "update only t set a = 1": [("t", "update")],
    "with d as (delete from x returning *) select * from d": [("x", "delete")],
    'INSERT INTO "t" ("a") WITH d AS (DELETE FROM x RETURNING *) SELECT * FROM d': [
        ("t", "insert"),
        ("x", "delete"),
    ],
    "explain analyze delete from t": [("t", "delete")],
    "explain (analyze, buffers) delete from t": [("t", "delete")],
    "explain (analyze on) update t set a = 1": [("t", "update")],
    "merge into t using s on t.a = s.a when matched then delete": [("t", "delete")],
    "truncate a, s.b": [("a", "truncate"), ("s.b", "truncate")],
    "select * into z from y": [("z", "create")],
    'SELECT "a"."b" INTO "z" FROM "a"': [("z", "create")],
    "create table x as select 1": [("x", "create")],
    "copy t from stdin": [("t", "copy")],
    "copy (delete from t returning *) to stdout": [("t", "delete")],
    "select 1; delete from t": [("t", "delete")],
    'SELECT 1; DELETE FROM "t"': [("t", "delete")],
    "prepare q as insert into t values ($1)": [("t", "insert")],
    "drop table a.b, c": [("a.b", "drop"), ("c", "drop")],
    "alter table a rename to b": [("a", "alter")],
    "alter table a set schema b": [("a", "alter")],
    "create index i on t (a)": [("t", "alter")],
    "create table p1 partition of p for values in (1)": [("p", "alter")],
    "drop trigger x on t": [("t", "alter")],
    "comment on table s.t is 'x'": [("s.t", "alter")],
    "comment on column t.a is 'x'": [("t", "alter")],
    'CREATE TABLE "d" () INHERITS ("p")': [("d", "create"), ("p", "alter")],
    'CREATE TABLE "d" PARTITION OF "p" DEFAULT': [("p", "alter")],
    'DROP TABLE "a" , "b"': [("a", "drop"), ("b", "drop")],
    "alter table p attach partition t default": [("p", "alter"), ("t", "alter")],
    "alter table p detach partition t": [("p", "alter"), ("t", "alter")],
    "alter table t inherit p": [("t", "alter"), ("p", "alter")],
    "cluster t using i": [("t", "alter")],
    "create statistics s on a, b from t": [("t", "alter")],
    "create sequence s owned by t.id": [("t", "alter")],
    "do $$ declare r record; begin for r in delete from t returning id loop null; end loop; "
    "if exists (select 1 from u) then perform 1 + 1; end if; end $$": [("t", "delete")],
    'ALTER TABLE "t" ADD COLUMN "x" int GENERATED ALWAYS AS (1) VIRTUAL': [("t", "alter")],
    "refresh materialized view v": [("v", "alter")],
    "grant select on t to somebody": [("t", "alter")],
    "do $$ begin update t set a = 1; delete from u; end $$": [("t", "update"), ("u", "delete")],
    '/* trace 1 */ INSERT INTO "t" ("a") VALUES (%s)': [("t", "insert")],
    '-- note\n  UPDATE "t" SET "a" = 1': [("t", "update")],
    "/* /* */ SELECT 1 */ delete from t": [("t", "delete")],
    "update t set a = 'x%%' where b = %(n)s": [("t", "update")],
    "update t set a = now() - interval %s": [("t", "update")],
    "delete from t where a in %s": [("t", "delete")],
}
READS = [
    'SELECT "t"."id" FROM "t" WHERE "t"."a" = %s',
    'SELECT "t"."id" FROM "t" FOR UPDATE',
    '(SELECT "a" FROM "t") UNION (SELECT "a" FROM "u")',
    "select nextval('t_id_seq')",
    "explain delete from t",
    "explain (analyze false) delete from t",
    "explain (analyze 0) delete from t",
    'SAVEPOINT "s1_x1"',
    'RELEASE SAVEPOINT "s1_x1"',
    'ROLLBACK TO SAVEPOINT "s1_x1"',
    "listen x",
    "notify x, 'y'",
    "set statement_timeout = 0",
    '/* /* */ INSERT INTO "b" DEFAULT VALUES */ SELECT 1',
    "create temp table t (a int)",
    "create temporary table t as select 1",
    "lock table t",
    "copy t to stdout",
    "vacuum t",
    "declare c cursor for select 1",
    "begin",
]
UNREADABLE = {
    "drop index i": "drops an index, whose table is not known here",
    "alter index i rename to j": "renames an index, whose table is not known here",
    "alter index i set (fillfactor = 70)": "alters an index, whose table is not known here",
    "drop sequence s": "drops a sequence, whose table is not known here",
    "drop schema s cascade": "drops a schema, whose table is not known here",
    "call p()": "calls the procedure p, whose body is not known here",
    "do $$ begin execute 'drop table x'; end $$": "runs an anonymous block that composes its SQL",
    "do language plpython3u 'pass'": "runs an anonymous block in plpython3u",
    "garbage in": 'can\'t be read: syntax error at or near "garbage"',
}


@pytest.mark.parametrize(("sql", "expected"), WRITES.items())
def test_writes(sql: str, expected: list[tuple[str, str]]) -> None:
    statement = classify(sql)
    assert [(w.table, w.operation) for w in statement.writes] == expected
    assert statement.unreadable == ""


@pytest.mark.parametrize("sql", READS)
def test_reads(sql: str) -> None:
    statement = classify(sql)
    assert statement.writes == ()
    assert statement.unreadable == ""


@pytest.mark.parametrize(("sql", "why"), UNREADABLE.items())
def test_unreadable_is_told(sql: str, why: str) -> None:
    assert classify(sql).unreadable == why


def test_temporary_tables_are_named() -> None:
    assert classify("create temp table t (a int)").temporary == {"t"}
    assert classify("select 1 as a into temp t").temporary == {"t"}


NAME = st.from_regex(r"[A-Za-z_][A-Za-z_ 0-9]{0,8}", fullmatch=True).map(lambda n: f'"{n}"')
TABLE = st.one_of(NAME, st.tuples(NAME, NAME).map(".".join))
TAIL = st.lists(
    st.sampled_from(
        [
            ' WHERE "a" = 1',
            " RETURNING *",
            '; DELETE FROM "other"',
            ";",
            " /* ; */",
            " -- x\n",
            " ON CONFLICT DO NOTHING",
            " UNION SELECT 1",
            ' FROM "u"',
            ' INTO "z"',
        ]
    ),
    max_size=3,
).map("".join)
HEAD = st.sampled_from(["", "/* a */ ", "/* /* b */ */ ", "-- c\n", "\n  ", "/* ; */ "])
BODY = st.one_of(
    TABLE.map(lambda t: f'INSERT INTO {t} ("a", "b") VALUES (1, 2)'),
    TABLE.map(lambda t: f'INSERT INTO {t} ("a") SELECT 1'),
    TABLE.map(lambda t: f'INSERT INTO {t} ("a") WITH d AS (DELETE FROM "x" RETURNING 1) SELECT 1'),
    TABLE.map(lambda t: f'UPDATE {t} SET "a" = 1'),
    TABLE.map(lambda t: f"DELETE FROM {t}"),
    TABLE.map(lambda t: f'SELECT "a" FROM {t}'),
    TABLE.map(lambda t: f"DROP TABLE {t}"),
)


@given(HEAD, BODY, TAIL)
def test_shapes_agree_with_the_grammar(head: str, body: str, tail: str) -> None:
    """Whenever the scanner answers and PostgreSQL's grammar accepts the text, they agree."""
    sql = head + body + tail
    known = scan(sql)
    if known is None:
        return
    try:
        pgparse.parse(sql)
    except pgparse.PGQueryError:
        return
    assert known.writes == read(sql).writes


@given(st.text(max_size=60))
def test_any_text_gets_an_answer(sql: str) -> None:
    statement = classify(sql)
    assert statement.writes is not None

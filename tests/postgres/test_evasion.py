"""Ways to write a table past a naive look at the text, and texts that only look like writes.

Each line: the text, and what it does as ``operation table``; nothing for a read. UNREADABLE is
a finding of its own, beside the tables that are certain.
"""

import pytest

from governance.postgres.calls import harmless
from governance.postgres.classification import classify
from governance.postgres.statements import Statement

NAMES = {
    'DELETE FROM "t"': "delete t",
    "delete from T": "delete t",
    'delete from "T"': "delete T",
    'delete from s . "T"': "delete s.T",
    'delete from"t"': "delete t",
    'DELETE FROM"t"where 1=1': "delete t",
    'delete from "a""b"': 'delete a"b',
    'DELETE FROM "a""b"': 'delete a"b',
    'DELETE FROM "a.b"': "delete a.b",
    "delete from db.s.t": "delete s.t",
    "delete from ÄB": "delete Äb",
    'DELETE FROM "Дані"': "delete Дані",
    r'delete from U&"d\0061t\+000061"': "delete data",
    "delete from U&\"d!0061ta\" uescape '!'": "delete data",
    r'DELETE FROM U&"\D83D\DE00"': "delete 😀",
    f'DELETE FROM "{"x" * 70}"': f"delete {'x' * 63}",
    f"delete from {'X' * 70}": f"delete {'x' * 63}",
    f'DELETE FROM "{"é" * 40}" WHERE 1 = 1': f"delete {'é' * 31}",
    f'UPDATE "{"y" * 80}"."{"é" * 40}" SET "a" = 1': f"update {'y' * 63}.{'é' * 31}",
    "update only t * set a = 1": "update t",
    "update t * set a = 1": "update t",
    "update only (t) set a = 1": "update t",
}
COMMENTS = {
    "/*own:finance*/DELETE FROM t": "delete t",
    '/*own:x*/DELETE FROM "t"': "delete t",
    "delete/**/from/**/t": "delete t",
    "delete--\nfrom--\nt": "delete t",
    "-- harmless\rdelete from t": "delete t",
    "-- harmless\rDELETE FROM t\nSELECT 1": "delete t",
    "-- SELECT\rDELETE FROM t --\n": "delete t",
    "/* /* */ SELECT 1 */ delete from t": "delete t",
    "/* /* */ */ SELECT 1": "",
    "/* ' */ delete from t /* ' */": "delete t",
    'SELECT 1 /* " */; DELETE FROM t --"': "delete t",
    'select "/*"; delete from t; select "*/"': "delete t",
    "\ufeffdelete from t": "UNREADABLE",
    "\n\t\r\f delete from t": "delete t",
    "/* ; */ SELECT 1": "",
    "explain/**/(/**/analyze/**/)delete from t": "delete t",
}
STRINGS = {
    "SELECT 'delete from t'": "",
    "SELECT '; delete from t; --'": "",
    "SELECT 'it''s; delete from t'": "",
    r"SELECT E'\'; delete from t; --'": "",
    r"SELECT 'a\'; delete from t; --'": "delete t",
    "SELECT $$; delete from t; $$": "",
    "SELECT $a$ $$; delete from t $b$ $a$": "",
    "SELECT $a$ $a$; delete from t; SELECT $a$ $a$": "delete t",
    "SELECT date'2020-01-01'; delete from t": "delete t",
    r"SELECT x'1f', b'01', n'\', u&'\0061'; delete from t": "delete t",
    'UPDATE "t" SET "a" = \'/*own:finance*/\'': "update t",
    'UPDATE "t" SET "a" = \'"; DELETE FROM "u"\'': "update t",
    "insert into t values ('; delete from u')": "insert t",
    "SELECT '' '; delete from t'": "",
    "SELECT ''\n'; delete from t'": "",
}
SEVERAL = {
    "select 1; delete from t": "delete t",
    "SELECT 1;DELETE FROM t": "delete t",
    ";;; delete from t ;;": "delete t",
    "begin; delete from t; commit": "delete t",
    "insert into t values (1); update u set a = 1; delete from v": "insert t, update u, delete v",
    "set search_path to s; delete from t": "delete t",
    "prepare q as delete from t": "delete t",
    "prepare q (int) as with d as (delete from t returning 1) select 1": "delete t",
    "execute q": "UNREADABLE",
    "execute q(1, 'x')": "UNREADABLE",
    "explain analyze execute q": "UNREADABLE",
    "create table x as execute q": "create x, UNREADABLE",
    "deallocate q": "",
}
NESTED = {
    "with d as (delete from t returning 1) select 1": "delete t",
    "(with d as (delete from t returning 1) select 1 from d)": "delete t",
    "WITH a AS (SELECT 1), b AS (UPDATE t SET a = 1 RETURNING 1) SELECT 1": "update t",
    "with recursive d as (insert into t select 1 returning 1) table d": "insert t",
    "with d as materialized (delete from t) insert into u select 1": "insert u, delete t",
    "with d as (merge into t using u on true when matched then delete returning 1) table d": (
        "delete t"
    ),
    'INSERT INTO "t" ("a") WITH d AS (DELETE FROM "u") SELECT 1': "insert t, delete u",
    'SELECT * FROM (WITH d AS (DELETE FROM "t" RETURNING 1) SELECT 1) x': "delete t",
    "copy (delete from t returning 1) to stdout": "delete t",
    "copy (with d as (delete from t returning 1) select 1) to program 'cat'": "delete t",
    "declare c cursor for with d as (delete from t returning 1) select 1": "delete t",
    "create table x as with d as (delete from t returning 1) select 1": "create x, delete t",
    "explain delete from t": "",
    "explain verbose delete from t": "",
    "explain analyze verbose delete from t": "delete t",
    "explain (verbose, analyze) delete from t": "delete t",
    "explain (analyze true) delete from t": "delete t",
    "explain (analyze 'on') delete from t": "delete t",
    "explain (analyze off) delete from t": "",
    "explain (analyze false, analyze) delete from t": "delete t",
    "explain (analyze, analyze false) delete from t": "",
    "explain (analyze) create table x as select 1": "create x",
}
FORMS = {
    "insert into t default values on conflict do nothing": "insert t",
    "insert into t as x values (1) on conflict (a) do update set a = x.a": "insert t",
    "replace into t values (1)": "UNREADABLE",
    "merge into t using u on true when matched then update set a = 1": "merge t",
    "merge into t using u on true when not matched then insert values (1)": "merge t",
    "merge into t using u on true when matched then delete": "delete t",
    "merge into t using u on true when not matched by source then delete "
    "when matched then update set a = 1": "merge t, delete t",
    "merge into t using u on true when matched then do nothing": "",
    "truncate t": "truncate t",
    "truncate table only t, s.u restart identity": "truncate t, truncate s.u",
    "truncate t *": "truncate t",
    "truncate t cascade": "truncate t, UNREADABLE",
    "copy t from stdin": "copy t",
    "COPY t (a, b) FROM STDIN WITH (FORMAT binary)": "copy t",
    "copy binary t from '/tmp/x'": "copy t",
    "copy t from program 'x' where a > 1": "copy t",
    "copy t to stdout": "",
    "copy (select 1) to stdout": "",
    "select 1 into x": "create x",
    "SELECT 1 INTO TABLE x": "create x",
    "select 1 into x union select 2": "create x",
    "select 1 union select 2 into x": "create x",  # PostgreSQL refuses it later
    "create table x as select 1": "create x",
    "create unlogged table x (a int)": "create x",
    "create materialized view x as select 1": "create x",
    "create table x partition of t for values in (1)": "alter t",
    "create table x (like t)": "create x",
    "create foreign table x (a int) server y": "create x",
    "create schema s create table x (a int) create view y as select 1": "create s.x, create s.y",
    "import foreign schema a from server b into c": "UNREADABLE",
    "select * from t for update": "",
    'SELECT "a" FROM "t" FOR NO KEY UPDATE OF "t" SKIP LOCKED': "",
    "lock table t in exclusive mode": "",
    "table t": "",
    "values (1)": "",
    "fetch all from c": "call FETCH c",
    "close c": "",
    "listen t": "",
    "notify t, 'delete from t'": "",
    "set x.y = 'delete from t'": "",
    "reset all": "",
    "show all": "",
    "begin": "",
    "start transaction read write": "",
    "savepoint t": "",
    "vacuum (full) t": "",
    "analyze t": "",
    "reindex table t": "",
    "cluster t using i": "alter t",
    "checkpoint": "",
    "discard all": "",
}
TEMPORARY = {
    "create temp table x (a int)": "",
    "create temp view x as select 1": "",
    "create table pg_temp.x (a int)": "",
    "insert into pg_temp.x values (1)": "",
    "select 1 into temp x": "",
    "create temp table x (a int); insert into x values (1)": "",
    "create temp table x (a int); insert into public.x values (1)": "insert public.x",
    "insert into x values (1); create temp table x (a int)": "insert x",
    "create temp table x (a int); drop table x; delete from x": "delete x",
    "create temp table x (a int); drop table pg_temp.x; delete from x": "delete x",
    "create temp table x (a int); alter table x rename to y; delete from x": "delete x",
    "create temp table x (a int) on commit drop; commit; delete from x": "delete x",
    "create temp table x (a int); create table x (a int)": "create x",
    "with d as (delete from x returning 1) select 1 into temp x from d": "delete x",
    "do $$ begin create temp table x (a int); insert into x values (1); end $$": "",
}
SCHEMA = {
    "create function f() returns void language sql begin atomic delete from t; end": "",
    "create function f() returns void language plpgsql as $$ begin delete from t; end $$": "",
    "create procedure p() language sql as 'delete from t'": "",
    "create view v as select pay(1)": "create v",
    "create rule r as on insert to t do also delete from u": "alter t",
    "create trigger r after insert on t execute function pay()": "alter t",
    "create policy p on t using (pay(1) > 0)": "alter t",
    "alter policy p on t rename to q": "alter t",
    "alter policy p on t using (true)": "alter t",
    "alter extension e add table t": "alter t",
    "alter sequence s owned by t.id": "alter t",
    "alter sequence s restart": "",
    "alter trigger a on t rename to b": "alter t",
    "alter rule a on t rename to b": "alter t",
    "alter table t rename column a to b": "alter t",
    "alter table t rename constraint a to b": "alter t",
    "alter view v rename to w": "alter v",
    "alter type t rename attribute a to b": "",
    "comment on constraint c on t is 'x'": "alter t",
    "comment on trigger c on t is 'x'": "alter t",
    "comment on index i is 'x'": "",
    "security label on table t is 'x'": "alter t",
    "grant select on t, s.u to r": "alter t, alter s.u",
    "grant select on all tables in schema s to r": "UNREADABLE",
    "grant usage on schema s to r": "",
    "alter table all in tablespace a set tablespace b": "UNREADABLE",
    "drop owned by r": "UNREADABLE",
    "reassign owned by r to q": "UNREADABLE",
    "drop type y cascade": "UNREADABLE",
    "drop type y": "",
    "drop policy p on t": "alter t",
    "drop statistics s": "UNREADABLE",
    "drop view if exists v, s.w cascade": "drop v, drop s.w",
}
BLOCKS = {
    "do $$ begin delete from t; end $$": "delete t",
    "do $x$ begin if true then update t set a = 1; end if; end $x$ language plpgsql": "update t",
    "do 'begin delete from t; end'": "delete t",
    "do language plpgsql $$ begin for i in 1..3 loop insert into t values (i); end loop; end $$": (
        "insert t"
    ),
    "do $$ begin null; exception when others then delete from t; end $$": "delete t",
    "do $$ declare c cursor for select pay(1); begin open c; end $$": "call pay",
    "do $$ declare x int := pay(1); begin x := pay2(x); end $$": "call pay, call pay2",
    "do $$ begin if pay(1) > 0 then raise notice '%', pay2(2); end if; end $$": (
        "call pay, call pay2"
    ),
    "do $$ begin perform pay(1); end $$": "call pay",
    "do $$ begin call pay(1); end $$": "UNREADABLE",
    "do $$ begin execute 'delete from t'; end $$": "UNREADABLE",
    "do $$ begin execute format('delete from %I', 't'); end $$": "UNREADABLE",
    "do $$ declare c refcursor; begin open c for execute 'select pay(1)'; end $$": "UNREADABLE",
    "do $$ begin do $x$ begin delete from t; end $x$; end $$": "delete t",
    "do $$ begin null; end $block$; delete from t; $block$ begin end $$": "UNREADABLE",
    "do $$ declare r t%%rowtype; begin delete from t where a = %s; end $$": "delete t",
    "do language plpython3u 'plpy.execute(1)'": "UNREADABLE",
    "call pay(1)": "UNREADABLE",
}
CALLS = {
    "SELECT pay(1)": "call pay",
    "select pay (1)": "call pay",
    "SELECT pay/**/(1)": "call pay",
    "SELECT pay -- x\n (1)": "call pay",
    'SELECT "pay all"(1)': "call pay all",
    'SELECT * FROM "pay"(%s)': "call pay",
    "SELECT * FROM app.pay(%s) x": "call app.pay",
    'SELECT * FROM "app" . "Pay" (%s)': "call app.Pay",
    'SELECT COUNT(*), LOWER("t"."a"), pay(1) FROM "t"': "call pay",
    'SELECT "t"."id" FROM "t" WHERE "t"."a" IN (SELECT PAY(U0."id") FROM "u" U0)': "call pay",
    "SELECT pg_catalog.lower('x'), app.lower('x')": "call app.lower",
    "SELECT app. lower ('x'), app .upper('x')": "call app.lower, call app.upper",
    'SELECT "app".\n"lower" (1)': "call app.lower",
    'SELECT "x""lower"(1)': 'call x"lower',
    "SELECT U&\"p!0061y\" UESCAPE '!' (1)": "call pay",
    "SELECT LOWER(app . pay(1))": "call app.pay",
    "SELECT refresh(1)": "call refresh",
    "SELECT päy(1)": "call päy",
    "SELECT dblink_exec('x', 'delete from t')": "call dblink_exec",
    "SELECT query_to_xml('select 1', true, true, '')": "call query_to_xml",
    "SELECT lo_unlink(1)": "call lo_unlink",
    "SELECT setval('t_id_seq', 1)": "call setval",
    "SELECT 'pay(1)'": "call pay",  # too much, which only costs a comment
    "SELECT nextval('t_id_seq'), currval('t_id_seq'), lastval()": "",
    "SELECT set_config('a.b', 'c', true), pg_advisory_lock(1), pg_notify('a', 'b')": "",
    "explain select pay(1)": "",
    "explain analyze select pay(1)": "call pay",
    "with a as (select pay(1)) table a": "call pay",
    "select 1 order by pay(1)": "call pay",
    "SELECT 1 /*trace='x(1)'*/": "",
    'SELECT CAST("a" AS varchar(10)), "b"::numeric(5, 2), EXTRACT(YEAR FROM "c") FROM "t"': "",
    'SELECT COALESCE("a", %s), ROW_NUMBER() OVER (PARTITION BY ("a") ORDER BY ("b")) FROM "t"': "",
    'SELECT SUM("a") FILTER (WHERE ("a" > %s)) FROM "t" GROUP BY GROUPING SETS (("a"), ())': "",
    'SELECT "a" FROM "t" WHERE ("a" IN (%s, %s) AND NOT EXISTS(SELECT 1 AS "a" FROM "u"))': "",
    'SELECT (JSONB_BUILD_OBJECT((\'k\')::text, "t"."a")) #>> %s FROM "t"': "",
    '(SELECT "a" FROM "t") UNION ALL (SELECT "a" FROM "u" ORDER BY (1))': "",
    'SELECT "a" FROM UNNEST((%s)::int[]) AS "x" ("a")': "",
}
PLACEHOLDERS = {
    "delete from t where a = %s and b = %(name)s and c = %b and d = %t": "delete t",
    "delete from t where a = %(two words)s": "delete t",
    "delete from t where a like '100%%' and b = $1": "delete t",
    "delete from t where a %% 2 = %s": "delete t",
    "delete from t where a in %s and b > now() - interval %s": "delete t",
    "delete from t where b > now() - interval %s and a in %s": "delete t",
    "insert into t (a, b) values %s": "insert t",
    "fetch %s from c": "call FETCH c",
    "comment on table t is %s": "alter t",
    "delete from %s": "UNREADABLE",
    "select * from t where a = ?": "",
}
ODD = {
    "delete from t\0; delete from u": "UNREADABLE",
    "select '\0'; delete from u": "UNREADABLE",
    "delete from t where a = '\ud800'": "delete t",
    "": "",
    "   ": "",
    ";": "",
    "'": "UNREADABLE",
    "delete from": "UNREADABLE",
}
NEWER = {
    "insert into t (a) values (1) returning with (old as o, new as n) o.a, n.a": "insert t",
    "update t set a = 1 returning with (old as o) o.a": "update t",
    "delete from s.T where a = 1 returning with (old as o) o.a": "delete s.t",
    "merge into t using u on true when matched then update set a = 1 returning with (old as o) 1": (
        "merge t"
    ),
    "with d as (delete from t returning with (old as o) o.a) select 1": "UNREADABLE",
    "with d as (table u) insert into t values (1) returning with (old as o) 1": "UNREADABLE",
    'ALTER TABLE "t" ADD COLUMN "x" int GENERATED ALWAYS AS (1) VIRTUAL': "alter t",
    'CREATE TABLE "t" ("a" int, "b" int GENERATED ALWAYS AS ("a" * 2) VIRTUAL)': "create t",
    "create table t (a int, check (a > 0) not enforced)": "create t",
    "create table t (a int, v daterange, primary key (a, v without overlaps))": "create t",
    "create table t (a int, v daterange, foreign key (a, period v) references u (a, period v) "
    "on delete cascade)": "create t",
    "alter table t add constraint c check (a > 0) not enforced": "alter t",
    "alter table t add constraint c not null a not valid, inherit p": "alter t, UNREADABLE",
    "delete from t returning with (old as o) o.a; delete from u": "delete t, delete u",
}
GROUPS = {
    name: group
    for name, group in list(globals().items())
    if name.isupper() and isinstance(group, dict) and name != "GROUPS"
}
CASES = [
    pytest.param(sql, expected, id=f"{name.lower()}: {ascii(sql)[:80]}")
    for name, group in GROUPS.items()
    for sql, expected in group.items()
]


def shown(statement: Statement) -> str:
    parts = [f"{write.operation} {write.table}" for write in statement.writes]
    parts += [f"call {name}" for name in sorted(statement.calls)]
    return ", ".join([*parts, *(["UNREADABLE"] if statement.unreadable else [])])


@pytest.mark.parametrize(("sql", "expected"), CASES)
def test_evasion(sql: str, expected: str) -> None:
    assert shown(classify(sql)) == expected


def test_list_of_functions_is_that_of_postgresql(db: None) -> None:
    """scripts/list-functions writes it anew."""
    from django.db import connection

    from governance.postgres.catalog import query

    with connection.cursor() as cursor:
        if cursor.connection.info.server_version < 180000:
            pytest.skip("the list is that of PostgreSQL 18")
        cursor.execute(query("harmless_functions"))
        assert {name for (name,) in cursor.fetchall()} == harmless()

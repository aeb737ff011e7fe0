"""What is foretold where no transaction can be looked into, or where something is not known."""

import pytest

from governance.postgres.ddl.effects import Effect, Effects
from governance.postgres.ddl.facts import effects_of
from governance.postgres.ddl.reading import actions_of
from governance.postgres.ddl.schema import Schema
from governance.postgres.locks import Lock

TABLES = """
    create table u(id int primary key);
    create table t(id int primary key, a text, u_id int references u, z timestamp);
    create index i on t(a);
    create table p(k int) partition by list (k);
    create materialized view m as select id from t; create unique index m_id on m(id)
"""


def effects(sql: str, *, tables: str = TABLES, in_transaction: bool = False) -> Effects:
    schema = Schema()
    for action in actions_of(tables):
        schema = schema.after(action)
    [action] = actions_of(sql)
    return effects_of(action, schema, in_transaction=in_transaction)


def weak(*relations: str) -> tuple[Effect, ...]:
    return tuple(Effect(relation=name, lock=Lock.SHARE_UPDATE_EXCLUSIVE) for name in relations)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("create index concurrently on t(z)", weak("t")),
        (
            "drop index concurrently i",
            (*weak("t"), Effect(relation="i", lock=Lock.ACCESS_EXCLUSIVE)),
        ),
        (
            "reindex table concurrently u",
            (*weak("u"), Effect(relation="u_pkey", lock=Lock.ACCESS_EXCLUSIVE)),
        ),
        ("vacuum t", weak("t")),
    ],
)
def test_concurrently(sql: str, expected: tuple[Effect, ...]) -> None:
    assert effects(sql) == Effects(relations=expected)
    assert effects(sql, in_transaction=True).error == "25001"


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("create index concurrently on p(k)", "0A000"),
        ("alter table t add b int not null", "23502"),
        ("alter table t add b int not null default null", "23502"),
        ("alter table t add b int not null default 3", ""),
        ("alter table t alter id type bigint", "0A000"),
        ("alter table t drop id", "2BP01"),
        ("alter table t drop a", ""),
        ("drop table u", "2BP01"),
        ("drop index t_pkey", "2BP01"),
        ("drop index i", ""),
        ("truncate u", "0A000"),
        ("alter table t alter a type int", "42804"),
        ("alter table t alter a type int using a::int", ""),
    ],
)
def test_errors(sql: str, error: str) -> None:
    assert effects(sql).error == error


@pytest.mark.parametrize(
    ("sql", "unknown"),
    [
        ("drop index other", "drops the index other, whose table is not known here"),
        ("drop table other", "drops other, whose foreign keys are not known here"),
        (
            "alter table other alter a type bigint",
            "converts other.a, whose type is not known here",
        ),
        (
            "alter table t add b text default my_own()",
            "computes b by a function that is not PostgreSQL's own",
        ),
        ("alter table other drop constraint c", "drops c, which may be a foreign key"),
        ("select my_own()", "calls my_own, whose body is not known here"),
        (
            "do $$ declare x text; begin execute 'x' || x; end $$",
            "runs an anonymous block that composes its SQL",
        ),
        ("alter table t alter a type varchar", ""),
        ("drop index i", ""),
    ],
)
def test_what_is_not_known_is_told(sql: str, unknown: str) -> None:
    assert effects(sql).unknown == unknown


def test_the_worst_is_told_of_a_type_that_is_not_known() -> None:
    [effect] = effects("alter table other alter a type bigint").relations
    assert (effect.rewrite, effect.scan, effect.lock) == (True, True, Lock.ACCESS_EXCLUSIVE)


def test_the_time_zone_of_the_session() -> None:
    sql = "alter table t alter z type timestamptz"
    assert not effects(sql).relations[0].rewrite
    assert effects(sql, tables=f"{TABLES}; set timezone = 'Asia/Tokyo'").relations[0].rewrite


@pytest.mark.parametrize(
    "sql",
    [
        "create table n(a int)",
        "alter type mood add value 'x'",
        "create function f() returns int return 1",
        "set lock_timeout = 3",
        "begin",
        "create extension x",
        "drop table if exists other",
        "drop index if exists other",
    ],
)
def test_nothing_that_was_there_is_touched(sql: str) -> None:
    assert effects(sql) == Effects()

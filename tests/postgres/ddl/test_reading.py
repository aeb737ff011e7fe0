"""Text in SQL becomes actions: one value for each thing that is done."""

import pytest

from governance.postgres.ddl import actions as a
from governance.postgres.ddl.actions import (
    Action,
    Column,
    Constraint,
    ConstraintKind,
    Expression,
    Index,
    Reference,
    Volatility,
)
from governance.postgres.ddl.reading import actions_of
from governance.postgres.locks import Lock


def expression(text: str, volatility: Volatility = Volatility.CONSTANT) -> Expression:
    return Expression(text=text, volatility=volatility)


def check(text: str, **more: object) -> Constraint:
    return Constraint(kind=ConstraintKind.CHECK, expression=text, **more)  # type: ignore[arg-type]


CASES: list[tuple[str, list[Action]]] = [
    (
        'ALTER TABLE "s"."T" ADD COLUMN "Größe" VARCHAR(5) COLLATE "C"'
        " DEFAULT 'a,)' NOT NULL UNIQUE",
        [
            a.AddColumn(
                table="s.T",
                column=Column(
                    name="Größe",
                    type="character varying(5)",
                    not_null=True,
                    default=expression("'a,)'"),
                    collation="C",
                    constraints=(Constraint(kind=ConstraintKind.UNIQUE, columns=("Größe",)),),
                ),
            )
        ],
    ),
    (
        "alter table public.t drop a, drop if exists b cascade",
        [
            a.DropColumn(table="t", column="a"),
            a.DropColumn(table="t", column="b", cascade=True, if_exists=True),
        ],
    ),
    (
        "alter table t alter a type numeric(10,2) using (a::numeric / 100, 1)",
        [a.AlterType(table="t", column="a", type="numeric(10,2)", using="(a::numeric / 100, 1)")],
    ),
    (
        "alter table t alter a set default clock_timestamp(), alter b set default now() + '1 day',"
        " alter c set default my.fn(1, 2), alter d set default null, alter e drop default",
        [
            a.SetDefault(
                table="t",
                column="a",
                default=expression("clock_timestamp()", Volatility.VOLATILE),
            ),
            a.SetDefault(table="t", column="b", default=expression("now() + '1 day'")),
            a.SetDefault(
                table="t", column="c", default=expression("my.fn(1, 2)", Volatility.UNKNOWN)
            ),
            a.DropDefault(table="t", column="d"),
            a.DropDefault(table="t", column="e"),
        ],
    ),
    (
        "alter table t add constraint c check ((a > 0) and b <> ')') not valid,"
        " add foreign key (a, b) references s.u (x, y) on delete set null deferrable,"
        " add primary key using index i, add check (a is not null)",
        [
            a.AddConstraint(
                table="t",
                constraint=check("(a > 0) and b <> ')'", name="c", valid=False),
            ),
            a.AddConstraint(
                table="t",
                constraint=Constraint(
                    kind=ConstraintKind.FOREIGN_KEY,
                    columns=("a", "b"),
                    reference=Reference(table="s.u", columns=("x", "y"), on_delete="SET NULL"),
                    deferrable=True,
                ),
            ),
            a.AddConstraint(
                table="t",
                constraint=Constraint(kind=ConstraintKind.PRIMARY_KEY, using_index="i"),
            ),
            a.AddConstraint(
                table="t",
                constraint=check("a is not null", columns=("a",), not_null_of="a"),
            ),
        ],
    ),
    (
        "create unique index concurrently if not exists i on t using gin"
        " (lower(a) gin_trgm_ops desc, b, (c || 'x, y')) include (d) where e > 0;",
        [
            a.CreateIndex(
                table="t",
                index=Index(
                    name="i",
                    columns=("(lower(a))", "b", "(c || 'x, y')"),
                    unique=True,
                    method="gin",
                    condition="e > 0",
                    include=("d",),
                    opclasses=("gin_trgm_ops", "", ""),
                ),
                concurrently=True,
                if_not_exists=True,
            )
        ],
    ),
    (
        "drop index concurrently if exists s.i, j",
        [
            a.DropIndex(name="s.i", concurrently=True, if_exists=True),
            a.DropIndex(name="j", concurrently=True, if_exists=True),
        ],
    ),
    (
        "do $$ declare u text; begin alter table t drop column a; "
        "execute 'drop table ' || u; end $$",
        [
            a.DropColumn(table="t", column="a"),
            a.Unreadable(why="runs an anonymous block that composes its SQL"),
        ],
    ),
    (
        "do $$ begin execute 'drop table ' || 'u'; execute format('drop table %I', 'My'); "
        "execute 'update t set a = $1 where b = $2' using 1, 2; end $$",
        [
            a.DropTable(table="u"),
            a.DropTable(table="My"),
            a.WriteRows(table="t", operation="update", columns=("a",)),
        ],
    ),
    (
        "do language plperl 'x'",
        [a.Unreadable(why="runs an anonymous block in plperl")],
    ),
    ("select 1; -- nothing\n;", []),
    ("select a from t where exists (select 1 from u)", []),
    ("select my.fn(1)", [a.CallFunction(name="my.fn")]),
    (
        "select setval('\"S\".t_id_seq', 5), set_config('lock_timeout', '2s', true)",
        [
            a.SetSession(name="lock_timeout", value="2s"),
            a.ChangeObject(verb="alter", kind="sequence", name="S.t_id_seq", detail="setval"),
        ],
    ),
    ("select 1 from t for update", [a.LockTable(table="t", lock=Lock.ROW_SHARE)]),
    (
        "with gone as (delete from t returning *) insert into u(a) select a from gone",
        [
            a.WriteRows(table="u", operation="insert", columns=("a",)),
            a.WriteRows(table="t", operation="delete", whole_table=True),
        ],
    ),
    ("alter table t rename constraint a to b", [a.RenameConstraint(table="t", name="a", to="b")]),
    ("alter index s.a rename to b", [a.RenameIndex(name="s.a", to="b")]),
    ("alter table s.t rename to u", [a.RenameTable(table="s.t", to="s.u")]),
    ("alter table s.t set schema public", [a.SetSchema(table="s.t", to="t")]),
    ("lock t", [a.LockTable(table="t", lock=Lock.ACCESS_EXCLUSIVE)]),
    ("set local lock_timeout = 200", [a.SetSession(name="lock_timeout", value="200", local=True)]),
    (
        "explain analyze delete from t",
        [a.WriteRows(table="t", operation="delete", whole_table=True)],
    ),
    ("explain delete from t", []),
    ("rollback to savepoint x", [a.Transaction(verb="rollback to")]),
    ("drop owned by x", [a.Unreadable(why="drops what a role owns, which is not named here")]),
    ("alter table", [a.Unreadable(why="can't be read: syntax error at end of input")]),
    (
        "alter table t add check (a <> %s), alter b set default %(x)s",
        [
            a.AddConstraint(table="t", constraint=check("a <> $1")),
            a.SetDefault(table="t", column="b", default=expression("$1")),
        ],
    ),
]


@pytest.mark.parametrize(("sql", "expected"), CASES, ids=[sql[:60] for sql, _ in CASES])
def test_actions(sql: str, expected: list[Action]) -> None:
    assert sorted(map(repr, actions_of(sql))) == sorted(map(repr, expected))


NEWER: list[tuple[str, list[Action]]] = [
    (
        "alter table t add constraint n not null a not valid, add b text",
        [
            a.AddConstraint(
                table="t",
                constraint=Constraint(
                    kind=ConstraintKind.NOT_NULL,
                    name="n",
                    columns=("a",),
                    not_null_of="a",
                    valid=False,
                ),
            ),
            a.AddColumn(table="t", column=Column(name="b", type="text")),
        ],
    ),
    (
        "alter table t add constraint f foreign key (a) references u not enforced",
        [
            a.AddConstraint(
                table="t",
                constraint=Constraint(
                    kind=ConstraintKind.FOREIGN_KEY,
                    name="f",
                    columns=("a",),
                    reference=Reference(table="u"),
                    valid=False,
                    enforced=False,
                ),
            )
        ],
    ),
    (
        "alter table t add g int generated always as (lower('x, )') || a)",
        [
            a.AddColumn(
                table="t",
                column=Column(
                    name="g",
                    type="integer",
                    generated="virtual",
                    default=expression("lower('x, )') || a"),
                ),
            )
        ],
    ),
    (
        'alter table t alter constraint "F" not enforced, alter constraint g enforced',
        [
            a.AlterConstraint(table="t", name="F", change="not enforced"),
            a.AlterConstraint(table="t", name="g", change="enforced"),
        ],
    ),
]


@pytest.mark.parametrize(("sql", "expected"), NEWER, ids=[sql[:60] for sql, _ in NEWER])
def test_syntax_that_the_grammar_does_not_know_yet(sql: str, expected: list[Action]) -> None:
    assert actions_of(sql) == expected


def test_words_of_newer_syntax_in_a_string_stay() -> None:
    [action] = actions_of("alter table t add constraint c check (a <> 'not enforced') not enforced")
    assert isinstance(action, a.AddConstraint)
    assert action.constraint.expression == "a <> 'not enforced'"
    assert not action.constraint.enforced


def test_keys_over_periods() -> None:
    [table] = actions_of(
        "create table t(a int, r tsrange, primary key (a, r without overlaps),"
        " foreign key (a, period r) references u (a, period r))"
    )
    assert isinstance(table, a.CreateTable)
    assert [constraint.columns for constraint in table.constraints] == [("a", "r"), ("a", "r")]


def test_stored_and_virtual_in_one_table() -> None:
    [table] = actions_of(
        "create table t(a int, b int generated always as (a) stored,"
        " c int generated always as (a) virtual, d int generated always as (a), not null a)"
    )
    assert isinstance(table, a.CreateTable)
    assert [column.generated for column in table.columns] == ["", "stored", "virtual", "virtual"]
    assert [constraint.kind for constraint in table.constraints] == [ConstraintKind.NOT_NULL]


def test_a_view_tells_what_it_reads() -> None:
    [view] = actions_of(
        "create view v as with w as (select x from a) select w.x, b.* from w join s.b on true"
    )
    assert isinstance(view, a.ChangeObject)
    assert (sorted(view.reads), sorted(view.columns)) == (["a", "s.b"], ["*", "x", "x"][:2])

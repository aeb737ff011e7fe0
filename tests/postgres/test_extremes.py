"""Texts that are too long, too deep or no texts at all still get an answer, and a safe one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.postgres import grammar, parsing
from governance.postgres.classification import classify
from governance.postgres.statements import Statement
from tests.postgres.test_evasion import shown

DEEP = 2_000
TOO_DEEPLY_NESTED = "not " * 8_000 + "true"
"""Deeper than any release of Python reads its JSON."""
TOO_LONG = "is longer than 64000 characters, which is too long to be read"
TOO_DEEP = "is nested too deeply to be read"
ROWS = ", ".join(["(1, 'it''s; delete from u', 2.5)"] * 3_000)
MANY = ", ".join([ROWS] * 4)
FEW = "'" + "x; delete from u -- " * 10_000 + "'"
CERTAIN = {
    f"insert into t (a, b, c) values {ROWS}": "insert t",
    f"insert into t (a, b, c) values {ROWS} on conflict (a) do update set b = 1": "insert t",
    f"update t set a = {FEW} where b = 1": "update t",
    f"with d as (delete from v returning 1) insert into t values ({FEW})": "insert t, delete v",
    f"merge into t using (values {ROWS}) u on true when matched then delete": "delete t",
    f"select {', '.join(['lower(a)'] * 20_000)} from t": "",
    f"select pay(1), {', '.join(['lower(a)'] * 20_000)} from t": "call pay",
    "select $a$ $A$ ' $a$; delete from t; -- '\n select " + "1 + " * DEEP + "1": "delete t",
    "select E'\\' ; $a$'; delete from t; select '$a$' + " + "1 + " * DEEP + "1": "delete t",
    "delete from t where a = " + "1 + " * DEEP + "1": "delete t",
    "select " + "not " * DEEP + "true": "",
    "select " + "(select " * DEEP + "1" + ")" * DEEP: "",
    "select 1" + " union all select pay(1)" * DEEP: "call pay",
    "update t set a = " + "f(" * 20_000 + "1" + ")" * 20_000: "update t",
    "/*" * DEEP + "*/" * DEEP + "delete from t": "delete t",
    'INSERT INTO "t" ("a") VALUES ' + ", ".join(["(%s)"] * 200_000): "insert t",
}
UNCERTAIN = {
    f"insert into t (a, b, c) values {MANY} returning (with d as (delete from u) select 1)": (
        "insert t, UNREADABLE"
    ),
    f"select 1 where a in ({MANY}); do $$ begin delete from t; end $$": "UNREADABLE",
    f"with d as (delete from v returning 1) select 1 where a in ({MANY})": "UNREADABLE",
    f"with d as (delete from t) select {TOO_DEEPLY_NESTED}": "UNREADABLE",
}


@pytest.mark.parametrize(("sql", "expected"), (CERTAIN | UNCERTAIN).items(), ids=lambda v: v[:40])
def test_answer(sql: str, expected: str) -> None:
    assert shown(classify(sql)) == expected


def test_too_long_is_told() -> None:
    sql = f"with d as (delete from v returning 1) select 1 where a in ({MANY})"
    assert classify(sql).unreadable == TOO_LONG


def test_too_deep_is_told() -> None:
    assert classify(f"create view v as select {TOO_DEEPLY_NESTED}").unreadable == TOO_DEEP


def test_a_block_in_a_block_without_end() -> None:
    body = "begin delete from t; end"
    for number in range(60):
        body = f"begin do $b{number}$ {body} $b{number}$; end"
    assert classify(f"do $b$ {body} $b$").writes or classify(f"do $b$ {body} $b$").unreadable


def test_without_the_grammar(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a platform without pgparse, what is certain is still certain."""
    monkeypatch.setattr(parsing, "pgparse", None)
    assert shown(grammar.read("delete from t where a = 1")) == "delete t"
    assert shown(grammar.read("select 1")) == ""
    expected = Statement(unreadable="can't be read without the package pgparse")
    assert grammar.read("with d as (delete from t) select 1") == expected
    assert parsing.normalized("select  1") == "select 1"


@given(st.text(st.characters(exclude_categories=[]), max_size=80))
def test_any_text(sql: str) -> None:
    assert classify(sql).may_write in (True, False)


MARKS = [
    "'",
    '"',
    "$$",
    "$a$",
    "/*",
    "*/",
    "--",
    ";",
    "E'",
    "\\",
    "%s",
    "%%",
    "%(",
    "(",
    ")",
    "\x00",
    "U&",
    "$1",
]
PIECES = st.sampled_from(
    [*MARKS, "\n", "delete from t", "insert into ", "select ", "with x as (", "do ", "explain "]
)


@given(st.lists(PIECES, max_size=25).map("".join))
def test_rubble(sql: str) -> None:
    assert classify(sql).may_write in (True, False)

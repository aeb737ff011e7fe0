"""Which type changes write a table anew, asked of PostgreSQL for each pair."""

from typing import Any

import psycopg
import pytest

from governance.postgres.ddl.facts.conversions import Conversion, conversion, is_refused
from governance.postgres.ddl.typenames import canonical

TYPES = """
    smallint;int;bigint;real;numeric;numeric(10,2);numeric(12,2);numeric(12,4);bool;text;varchar;
    varchar(5);varchar(10);char(5);bpchar;date;timestamp;timestamp(3);timestamptz;timestamptz(6);
    time;interval;interval(3);uuid;json;jsonb;bytea;inet;cidr;xml;bit(3);varbit;varbit(5);oid;
    text[];varchar(5)[];varchar[];int4range
""".replace("\n", "").split(";")
_FILES = "SELECT relname, relfilenode FROM pg_class WHERE relname IN ('q', 'q_v')"
_NO_CAST = "42804"


@pytest.mark.parametrize("old", [text.strip() for text in TYPES])
def test_conversions_are_those_of_postgresql(postgres: psycopg.Connection[Any], old: str) -> None:
    postgres.execute("SET LOCAL timezone = 'UTC'")
    wrong = {}
    for new in (text.strip() for text in TYPES):
        real, one, other = changed(postgres, old, new), canonical(old), canonical(new)
        ours = _NO_CAST if is_refused(one, other) else conversion(one, other, "UTC")
        if real != ours and not (old.endswith("[]") and real == _NO_CAST):
            wrong[new] = (real, ours)
    assert wrong == {}


def changed(postgres: psycopg.Connection[Any], old: str, new: str) -> Conversion | str:
    """Change the type in a transaction of its own; return what got another file."""
    indexed = old not in {"json", "xml"} and new not in {"json", "xml"}
    with postgres.transaction(force_rollback=True):
        postgres.execute(f"CREATE TABLE q (v {old})")
        if indexed:
            postgres.execute("CREATE INDEX q_v ON q (v)")
        before = dict(postgres.execute(_FILES).fetchall())
        try:
            postgres.execute(f"ALTER TABLE q ALTER v TYPE {new}")
        except psycopg.Error as error:
            return error.sqlstate or ""
        after = dict(postgres.execute(_FILES).fetchall())
    if before["q"] != after["q"]:
        return Conversion.TABLE
    same = before.get("q_v") == after.get("q_v")
    return Conversion.NOTHING if same else Conversion.INDEXES


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("UTC", Conversion.INDEXES),
        ("Etc/GMT", Conversion.INDEXES),
        ("Europe/Berlin", Conversion.TABLE),
    ],
)
def test_the_time_zone_of_the_session_decides(zone: str, expected: Conversion) -> None:
    old, new = "timestamp without time zone", "timestamp with time zone"
    assert conversion(old, new, zone) is expected


def test_words_that_are_no_types_are_the_worst() -> None:
    assert conversion("", "text", "UTC") is Conversion.TABLE
    assert not is_refused("hstore", "jsonb")

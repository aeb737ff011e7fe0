"""How often an expression is computed, and what it speaks of."""

from typing import Any

import psycopg
import pytest

from governance.postgres.calls import harmless
from governance.postgres.ddl.actions import Volatility
from governance.postgres.ddl.expressions import cast_of, columns_in, volatility_of
from governance.postgres.ddl.typenames import canonical


@pytest.mark.parametrize(
    ("text", "volatility"),
    [
        ("5", Volatility.CONSTANT),
        ("'{}'::jsonb", Volatility.CONSTANT),
        ("now()", Volatility.CONSTANT),
        ("CURRENT_TIMESTAMP - interval '1 day'", Volatility.CONSTANT),
        ("statement_timestamp()", Volatility.CONSTANT),
        ("pg_catalog.lower('X')", Volatility.CONSTANT),
        ("clock_timestamp()", Volatility.VOLATILE),
        ("(random() * 10)::int", Volatility.VOLATILE),
        ("GEN_RANDOM_UUID()", Volatility.VOLATILE),
        ("public.uuid_generate_v4()", Volatility.VOLATILE),
        ("nextval('s')", Volatility.VOLATILE),
        ("my.now()", Volatility.UNKNOWN),
        ("coalesce(f(), random())", Volatility.VOLATILE),
        ("not ( sql", Volatility.UNKNOWN),
    ],
)
def test_volatility(text: str, volatility: Volatility) -> None:
    assert volatility_of(text) is volatility


def test_volatility_is_that_of_postgresql(postgres: psycopg.Connection[Any]) -> None:
    """Of all its functions that a default might call; those about the server are left out."""
    rows = postgres.execute(
        "SELECT proname, bool_or(provolatile = 'v') FROM pg_proc"
        " WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f'"
        " AND proname NOT LIKE 'pg\\_%' AND proname NOT LIKE 'brin%' AND proname NOT LIKE 'gin%'"
        " GROUP BY proname"
    ).fetchall()
    wrong = {
        name
        for name, volatile in rows
        if name in harmless()
        and (volatility_of(f'"{name}"()') is Volatility.VOLATILE) is not volatile
    }
    assert wrong == set()


def test_columns() -> None:
    assert columns_in('lower(t.a) || "B" > c::text AND d IS NULL') == {"a", "B", "c", "d"}
    assert columns_in("'a'") == frozenset()


@pytest.mark.parametrize(
    ("text", "cast"),
    [
        ("a", ("a", "")),
        ('"A"::varchar(5)', ("A", "character varying(5)")),
        ("CAST(a AS int)", ("a", "integer")),
        ("a::int::text", ("", "")),
        ("lower(a)", ("", "")),
    ],
)
def test_casts(text: str, cast: tuple[str, str]) -> None:
    assert cast_of(text) == cast


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("VARCHAR(50)", "character varying(50)"),
        ("timestamptz", "timestamp with time zone"),
        ("double precision", "double precision"),
        ("numeric(5)", "numeric(5,0)"),
        ("int[3][]", "integer[]"),
        ("bigserial", "bigint"),
        ("geometry(Point, 4326)", "geometry(point,4326)"),
        ('my."Type"', 'my."Type"'),
        ("public.citext", "citext"),
        ("not a ( type", "not a ( type"),
    ],
)
def test_types(written: str, printed: str) -> None:
    assert canonical(written) == printed

"""Expressions of constants are computed as PostgreSQL computes them."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from governance.postgres.constants import quoted, text_of

TEXTS = st.text(
    st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1, max_size=12
)
PIECES = st.sampled_from(["%s", "%I", "%L", "%%", "drop table ", "'", "é"])


def server(expression: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {expression}")
        return cursor.fetchone()[0]


@pytest.mark.django_db
@given(template=st.lists(PIECES, max_size=5), values=st.lists(TEXTS, min_size=5, max_size=5))
def test_format_gives_what_it_gives_on_the_server(template: list[str], values: list[str]) -> None:
    texts = ", ".join(quoted(text, "'") for text in ["".join(template) or "x", *values])
    expression = f"format({texts})"
    ours, real = text_of(expression), server(expression)
    assert ours is not None
    if '"' in ours:  # format() quotes a name only where it must; both name the same
        ours, real = ours.replace('"', ""), str(real).replace('"', "")
    assert ours == real


@pytest.mark.django_db
@pytest.mark.parametrize(
    "expression",
    [
        "'drop' || ' table ' || 'x'",
        "concat('a', 1, 'b')",
        "quote_literal('it''s \\ so')",
        "'x'::text || 'y'::varchar",
        "E'a\\nb'",
        "$q$it's$q$",
    ],
)
def test_other_constants(expression: str) -> None:
    assert text_of(expression) == server(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "'a' || x",
        "format('%2$s', 'a', 'b')",
        "format('%-5s', 'a')",
        "format('%s')",
        "format('%s', NULL)",
        "'abc'::varchar(2)",
        "lower('A')",
        "(SELECT 'a' FROM t)",
        "'a' FROM t",
        "'a', 'b'",
        "NULL",
        "'a",
    ],
)
def test_what_is_not_constant_is_not_computed(expression: str) -> None:
    assert text_of(expression) is None

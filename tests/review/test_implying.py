"""A CHECK that allows all that another allows: PostgreSQL is asked for a row between them."""

import pytest
from django.db import connection

from governance.review.implying import follows

WIDER = [
    ("a >= -5", "a >= 0"),
    ("a > 0", "a >= 1"),
    ('"a" >= 0', "a > 0"),
    ("0 <= a", "a >= 1"),
    ("a < 5.5", "a < 5"),
    ("a >= -1", "a > -1"),
    ("a >= 0 AND a < 10", "a >= 1 AND a <= 9"),
    ("a < 5", "a IN (1, 2)"),
    ("a IN (1, 2, 3)", "a IN (2, 1)"),
    ("a IN (1, 2)", "a = 1"),
    ("s IN ('a', 'b', 'c')", "s IN ('a', 'b')"),
    ("s = 'a'", "s = 'a' AND a > 1"),
    ("a <> 5", "a <> 5"),
    ("a > 5 OR s = 'b'", "a > 5 OR s = 'b'"),
]
NOT_WIDER = [
    ("a >= 1", "a >= 0"),
    ("a > 0", "a >= 0"),
    ("a >= 0 AND a < 10", "a >= 1"),
    ("a IN (1)", "a IN (1, 2)"),
    ("a < 5", "a IN (1, 7)"),
    ("a < 5", "a > 7"),
    ("a > 0", "s = 'b'"),
    ("a + 1 > 0", "a + 1 > -3"),
    ("s = 'a'", "s = 'b'"),
    ("a > 0", "true"),
]


def refused(wanted: str, promised: str) -> bool:
    """Tell whether a row that keeps one condition breaks the other; a CHECK lets NULL pass."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM generate_series(-10, 10) a, unnest(ARRAY['a', 'b', 'c', NULL]) s "
            f"WHERE ({promised}) IS NOT FALSE AND ({wanted}) IS FALSE"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db
@pytest.mark.parametrize(("wanted", "promised"), WIDER)
def test_what_follows(wanted: str, promised: str) -> None:
    assert follows(wanted, [promised])
    assert not refused(wanted, promised)


@pytest.mark.django_db
@pytest.mark.parametrize(("wanted", "promised"), NOT_WIDER)
def test_what_does_not_follow(wanted: str, promised: str) -> None:
    assert not follows(wanted, [promised])
    assert refused(wanted, promised)


@pytest.mark.parametrize("text", ["lower(s) = 'a'", "a % 2 = 0", "s LIKE 'a%'"])
def test_what_is_not_understood_follows_from_its_like_only(text: str) -> None:
    assert follows(text, [text])
    assert not follows(text, ["a > 0"])
    assert not follows(text, [])


def test_what_can_not_be_parsed_is_compared_as_text() -> None:
    assert follows("a >>> (", ["a >>> ("])
    assert not follows("a >>> (", ["a > 0"])

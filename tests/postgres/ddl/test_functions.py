"""What is sure of the functions that triggers call; PostgreSQL is asked whether it is so."""

import pytest
from django.db import DatabaseError, connection, transaction

from governance.postgres.ddl.parts import GOES_ON, REFUSES
from governance.postgres.ddl.reading import actions_of

CREATE = "CREATE FUNCTION shop_f() RETURNS trigger LANGUAGE plpgsql AS $f$ {} $f$"
CASES = [
    ("BEGIN NEW.a := coalesce(NEW.a, 0) + 1; RETURN NEW; END", GOES_ON),
    ("BEGIN INSERT INTO shop_log VALUES (NEW.a); RETURN NEW; END", GOES_ON),
    ("BEGIN RAISE NOTICE 'seen'; RETURN NEW; END", GOES_ON),
    ("BEGIN RAISE EXCEPTION 'no'; RETURN NEW; END", REFUSES),
    ("BEGIN RAISE EXCEPTION 'no'; END", REFUSES),
    ("BEGIN IF NEW.a > 5 THEN RETURN NEW; END IF; RAISE EXCEPTION 'no'; END", ""),
    ("BEGIN IF NEW.a > 5 THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END", ""),
    ("BEGIN RAISE EXCEPTION 'no'; EXCEPTION WHEN others THEN RETURN NEW; END", ""),
    ("BEGIN RETURN NULL; END", ""),
    ("BEGIN PERFORM shop_g(); RETURN NEW; END", ""),
    ("BEGIN NEW.a := shop_g(NEW.a); RETURN NEW; END", ""),
    ("BEGIN ASSERT NEW.a > 5; RETURN NEW; END", ""),
    ("DECLARE t text; BEGIN EXECUTE 'drop table ' || t; RETURN NEW; END", ""),
]


def told(sql: str) -> list[str]:
    return [getattr(action, "detail", "") for action in actions_of(sql)]


@pytest.mark.parametrize(("body", "sure"), CASES)
def test_what_is_sure_of_a_body(body: str, sure: str) -> None:
    assert told(CREATE.format(body)) == [sure]


@pytest.mark.django_db
@pytest.mark.parametrize(("body", "sure"), [case for case in CASES if case[1]])
@pytest.mark.parametrize("value", ["1", "9", "NULL"])
def test_what_is_sure_holds(body: str, sure: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE shop_t (a int); CREATE TABLE shop_log (a int)")
        cursor.execute(CREATE.format(body))
        cursor.execute(
            "CREATE TRIGGER t BEFORE INSERT ON shop_t FOR EACH ROW EXECUTE FUNCTION shop_f()"
        )
        try:
            with transaction.atomic():
                cursor.execute(f"INSERT INTO shop_t VALUES ({value}) RETURNING 1")
                passed = bool(cursor.fetchall())
        except DatabaseError:
            passed = False
    assert passed == (sure == GOES_ON)


def test_other_functions_are_not_judged() -> None:
    sql = "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$"
    assert told(sql) == [""]
    assert told("CREATE FUNCTION f() RETURNS trigger LANGUAGE C AS 'x'") == [""]

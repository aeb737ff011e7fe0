"""How PostgreSQL gets to know who acts, and what it makes of everything else."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from psycopg.errors import InsufficientPrivilege

from tests.enforcement.conftest import Database, install
from tests.enforcement.test_guarding import ROW, as_, refusal

NOT_A_SIGNATURE = {
    "none": ROW,
    "trailing": f"{ROW} /*own:finance*/",
    "not at the very beginning": f" /*own:finance*/ {ROW}",
    "after another comment": f"/* x */ /*own:finance*/ {ROW}",
    "line comment": f"--own:finance\n{ROW}",
    "empty": f"/*own:*/ {ROW}",
    "nested": f"/*own:/*finance*/ */ {ROW}",
    "with a star": f"/*own:fin*ance*/ {ROW}",
    "other case": f"/*OWN:finance*/ {ROW}",
    "in a string": "INSERT INTO finance_transaction (memo) VALUES ('/*own:finance*/')",
    "in a name": 'INSERT INTO finance_transaction AS "/*own:finance*/" (amount) VALUES (1)',
}


@pytest.mark.parametrize("name", NOT_A_SIGNATURE)
def test_not_a_signature(guarded: Any, name: str) -> None:
    said = refusal(guarded, NOT_A_SIGNATURE[name])
    facts = json.loads(said.message_detail)
    assert facts["actor"] == "unknown"
    assert facts["user"] == guarded.info.user


def test_names_that_look_alike(guarded: Any) -> None:
    for actor in ("finance ", " finance", "Finance", "financ", "finance2", "system", "xsystem:a"):
        said = refusal(guarded, as_(actor, ROW))
        assert json.loads(said.message_detail)["actor"] == actor


def test_a_process_without_a_query_is_asked_too(guarded: Any) -> None:
    """A background worker may write without any text, and PostgreSQL then has none to show."""
    (definition,) = guarded.execute(
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'governance_guard' "
        "AND tgrelid = 'finance_transaction'::regclass"
    ).fetchone()
    condition = definition.partition(" WHEN ")[2].partition(" EXECUTE ")[0]
    assert "current_query()" in condition
    without = condition.replace("current_query()", "NULL::text")
    assert guarded.execute(f"SELECT {without}").fetchone() == (True,)


def test_what_an_outsider_is_told(guarded: Any) -> None:
    guarded.execute("SET application_name = 'psql'")
    said = refusal(guarded, ROW)
    user = guarded.info.user
    assert said.message_primary == (
        "Code of no module may not insert into finance_transaction: the table belongs to finance "
        "(Payments, #payments)."
    )
    assert said.message_hint == (
        "The statement does not say for whom it runs. Begin it with /*own:module*/, or name "
        f'{user} or application_name:psql in GOVERNANCE["OUTSIDERS"].'
    )
    guarded.execute("SET application_name = ''")
    assert refusal(guarded, ROW).message_hint == (
        "The statement does not say for whom it runs. Begin it with /*own:module*/, or name "
        f'{user} in GOVERNANCE["OUTSIDERS"].'
    )


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    data=st.text(
        alphabet=st.one_of(st.sampled_from("/*own:finace'\"\\ ;-$"), st.characters(codec="utf-8")),
        max_size=60,
    ).filter(lambda text: "\0" not in text)
)
@example(data="/*own:finance*/")
@example(data="'; /*own:finance*/ --")
@example(data="*/ /*own:finance*/")
def test_user_data_never_speaks(guarded: Any, data: str) -> None:
    """Client-side binding puts data into the text, but never in front of it."""
    statement = "/*own:dev*/ INSERT INTO finance_transaction (memo) VALUES (%s)"
    for cursor in (psycopg.ClientCursor(guarded), guarded.cursor()):
        with pytest.raises(InsufficientPrivilege) as caught:
            cursor.execute(statement, [data])
        assert json.loads(caught.value.diag.message_detail)["actor"] == "dev"


@pytest.fixture
def login(guarded: Any) -> Iterator[str]:
    """A login role that may do everything, as far as grants go."""
    name = f"etl_{guarded.info.dbname}"
    guarded.execute(
        f'CREATE ROLE "{name}" LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO "{name}"; '
        f'GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO "{name}"'
    )
    yield name
    guarded.execute(f'DROP OWNED BY "{name}"; DROP ROLE "{name}"')


def test_outsiders_by_login_role(
    guarded: Any, login: str, database: Database, set_outsiders: Callable[..., None]
) -> None:
    set_outsiders({login: "dev"})
    install()
    with database.connect(user=login) as outsider:
        outsider.execute("INSERT INTO dev_project VALUES (1, NULL)")
        said = refusal(outsider, ROW)
        assert json.loads(said.message_detail)["actor"] == "dev"
        outsider.execute(as_("finance", ROW))


def test_outsiders_by_application(guarded: Any, set_outsiders: Callable[..., None]) -> None:
    set_outsiders({'application_name:it\'s \\ a "job"': "system:restore"})
    refusal(guarded, ROW)
    install()
    refusal(guarded, ROW)
    guarded.execute("SELECT set_config('application_name', %s, false)", ['it\'s \\ a "job"'])
    guarded.execute(ROW)

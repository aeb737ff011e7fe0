"""Changes that PostgreSQL makes by itself: foreign keys, and triggers of the owner."""

import json
from typing import Any

import pytest
from psycopg.errors import InsufficientPrivilege

from tests.enforcement.test_guarding import as_, count, refusal


@pytest.fixture
def rows(guarded: Any) -> Any:
    guarded.execute(as_("core", "INSERT INTO core_person VALUES (0), (1), (2), (3), (4)"))
    return guarded


def test_cascade_into_another_module(rows: Any) -> None:
    rows.execute(as_("dev", "INSERT INTO dev_project VALUES (1, 1)"))
    said = refusal(rows, as_("core", "DELETE FROM core_person WHERE id = 1"))
    assert said.message_primary == (
        "core may not delete from dev_project through a cascade: the table belongs to dev."
    )
    assert json.loads(said.message_detail) == {
        "actor": "core",
        "owner": "dev",
        "table": "dev_project",
        "operation": "delete",
        "cascade": True,
    }
    assert said.message_hint == (
        "Call the interface of dev first, or ask dev to declare a Cascade."
    )
    assert count(rows, "core_person") == 5


def test_declared_cascade_goes_on_inside_the_module(rows: Any) -> None:
    """dev said that watchers go with people; that notes go with watchers is dev's own affair."""
    rows.execute("DROP TABLE dev_project, dev_task")
    rows.execute(as_("dev", "INSERT INTO dev_watch VALUES (1, 1)"))
    rows.execute(as_("dev", "INSERT INTO dev_note VALUES (1, 1)"))
    rows.execute(as_("core", "UPDATE core_person SET id = 11 WHERE id = 1"))
    rows.execute(as_("core", "DELETE FROM core_person WHERE id = 11"))
    assert (count(rows, "dev_watch"), count(rows, "dev_note")) == (0, 0)


def test_declared_cascade_permits_nothing_else(rows: Any) -> None:
    rows.execute(as_("dev", "INSERT INTO dev_watch VALUES (1, 1)"))
    refusal(rows, as_("core", "DELETE FROM dev_watch"))
    refusal(rows, as_("core", "DELETE FROM dev_note"))
    refusal(rows, as_("finance", "DELETE FROM dev_watch"))


def test_set_null_and_set_default(rows: Any) -> None:
    rows.execute("DROP TABLE dev_project")
    rows.execute(as_("dev", "INSERT INTO dev_task VALUES (1, 1, 2)"))
    for person in (1, 2):
        said = refusal(rows, as_("core", f"DELETE FROM core_person WHERE id = {person}"))
        assert said.message_primary == (
            "core may not update dev_task through a cascade: the table belongs to dev."
        )
    rows.execute(as_("system:flush", "DELETE FROM core_person WHERE id IN (1, 2)"))
    assert rows.execute("SELECT person, reviewer FROM dev_task").fetchone() == (None, 0)


def test_rows_that_follow_a_table_of_everybody(rows: Any) -> None:
    """Everybody may delete a user of Django's, so everybody's deletion takes the profile along."""
    rows.execute("INSERT INTO auth_user VALUES (1)")
    rows.execute(as_("dev", "INSERT INTO dev_profile VALUES (1, 1)"))
    refusal(rows, as_("finance", "DELETE FROM dev_profile"))
    rows.execute(as_("finance", "DELETE FROM auth_user"))
    assert count(rows, "dev_profile") == 0


def test_unknown_actor_and_outsider_are_refused_as_well(rows: Any) -> None:
    rows.execute(as_("dev", "INSERT INTO dev_project VALUES (1, 1)"))
    rows.execute("ALTER TABLE core_person DISABLE TRIGGER governance_guard")
    said = refusal(rows, "DELETE FROM core_person WHERE id = 1")
    assert said.message_primary == (
        "Code of no module may not delete from dev_project through a cascade: "
        "the table belongs to dev."
    )


def owner_trigger(connection: Any, table: str, body: str, *, kind: str = "") -> None:
    when = "INITIALLY DEFERRED FOR EACH ROW" if kind else "FOR EACH ROW"
    name = f'"log {table}"'
    connection.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {body}; RETURN NULL; END $$"
    )
    connection.execute(
        f"CREATE {kind} TRIGGER log AFTER INSERT OR DELETE ON {table} {when} "
        f"EXECUTE FUNCTION {name}()"
    )


LOG = "INSERT INTO finance_tag_log VALUES ('x')"


def test_trigger_of_the_owner_acts_for_the_owner(guarded: Any) -> None:
    """dev may write tags; that finance keeps a log of them is finance's own affair."""
    owner_trigger(guarded, "finance_tag", LOG)
    guarded.execute(as_("dev", "INSERT INTO finance_tag VALUES (1, 'a')"))
    refusal(guarded, as_("dev", LOG))
    assert count(guarded, "finance_tag_log") == 1


def test_trigger_of_the_owner_may_not_write_for_others(guarded: Any) -> None:
    owner_trigger(guarded, "finance_tag", "INSERT INTO core_audit (what) VALUES ('tag')")
    for actor in ("finance", "dev"):
        said = refusal(guarded, as_(actor, "INSERT INTO finance_tag VALUES (1, 'a')"))
        assert json.loads(said.message_detail)["actor"] == "finance"
        assert said.message_primary == (
            "finance may not insert into core_audit: the table belongs to core "
            "(Platform, #platform)."
        )


def test_trigger_on_another_modules_table_does_not_speak_for_the_owner(guarded: Any) -> None:
    """A trigger that dev has on its own table writes as dev, also when finance caused it."""
    owner_trigger(guarded, "dev_project", LOG)
    said = refusal(guarded, as_("dev", "INSERT INTO dev_project VALUES (1, NULL)"))
    assert json.loads(said.message_detail)["actor"] == "dev"


def test_one_function_on_tables_of_several_modules(guarded: Any) -> None:
    """Then who acts is one of them, and if not, whoever of them may."""
    owner_trigger(guarded, "finance_tag", LOG)
    guarded.execute(
        "CREATE TRIGGER log AFTER INSERT ON dev_project FOR EACH ROW "
        'EXECUTE FUNCTION "log finance_tag"()'
    )
    refusal(guarded, as_("dev", "INSERT INTO dev_project VALUES (1, NULL)"))
    guarded.execute(as_("finance", "INSERT INTO finance_tag VALUES (1, 'a')"))


def test_deferred_trigger_runs_at_commit_without_a_comment(guarded: Any) -> None:
    """COMMIT says nothing of an actor, and need not."""
    owner_trigger(guarded, "finance_tag", LOG, kind="CONSTRAINT")
    with guarded.transaction():
        guarded.execute(as_("dev", "INSERT INTO finance_tag VALUES (1, 'a')"))
        assert count(guarded, "finance_tag_log") == 0
    assert count(guarded, "finance_tag_log") == 1


def test_refused_at_commit_it_is_no_outsider_who_acts(guarded: Any) -> None:
    body = "INSERT INTO core_audit (what) VALUES ('tag')"
    owner_trigger(guarded, "finance_tag", body, kind="CONSTRAINT")
    with pytest.raises(InsufficientPrivilege) as caught, guarded.transaction():
        guarded.execute(as_("dev", "INSERT INTO finance_tag VALUES (1, 'a')"))
    assert json.loads(caught.value.diag.message_detail) == {
        "actor": "finance",
        "owner": "core",
        "table": "core_audit",
        "operation": "insert",
    }
    assert count(guarded, "finance_tag") == 0


def test_cascade_caused_by_a_trigger_is_its_owners(rows: Any) -> None:
    owner_trigger(rows, "finance_tag", "DELETE FROM core_person WHERE id = 1")
    with pytest.raises(InsufficientPrivilege) as caught:
        rows.execute(as_("dev", "INSERT INTO finance_tag VALUES (1, 'a')"))
    assert caught.value.diag.message_primary.startswith("finance may not delete from core_person: ")


def test_cascade_is_told_from_a_statement_that_looks_like_one(rows: Any) -> None:
    text = 'DELETE FROM ONLY "public"."dev_watch" WHERE $1 OPERATOR(pg_catalog.=) "person"'
    body = f"EXECUTE '{text}' USING 1"
    owner_trigger(rows, "core_audit", body)
    said = refusal(rows, as_("core", "INSERT INTO core_audit (what) VALUES ('x')"))
    assert said.message_primary == "core may not delete from dev_watch: the table belongs to dev."


def test_instead_of_trigger_on_a_view_speaks_for_the_caller(guarded: Any) -> None:
    """A view has no trigger of ours that would have asked who uses it."""
    guarded.execute(
        f"""
        CREATE VIEW finance_booking AS SELECT 1 AS amount;
        CREATE FUNCTION book_view() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN {LOG}; RETURN NEW; END $$;
        CREATE TRIGGER book INSTEAD OF INSERT ON finance_booking FOR EACH ROW
            EXECUTE FUNCTION book_view()
        """
    )
    refusal(guarded, as_("dev", "INSERT INTO finance_booking VALUES (1)"))
    guarded.execute(as_("finance", "INSERT INTO finance_booking VALUES (1)"))

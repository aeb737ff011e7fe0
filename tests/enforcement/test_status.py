"""How tables stand, and what install, prune and remove make of it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connections

from governance.enforcement import actions, triggers
from governance.enforcement.running import run
from governance.findings import Finding
from governance.ownership import current
from governance.ownership.current import Ownership
from tests.enforcement.conftest import ALIAS, REGISTRY, Database
from tests.enforcement.test_guarding import ROW, as_, refusal

INSTALL = "Run: manage.py schema_enforce --install"
NOT_FOLLOWED = (
    "partitions-not-followed",
    "A new partition of finance_sample has no trigger until the next migrate or --install.",
)


def said() -> list[tuple[str, str]]:
    return [(f.rule.slug, f.message) for f in triggers.findings(triggers.look(ALIAS))]


def install(**options: Any) -> list[Finding]:
    return run(triggers.installation(triggers.look(ALIAS), **options), using=ALIAS)


def test_nothing_installed(database: Database) -> None:
    assert said() == [
        (
            "triggers-not-installed",
            "PostgreSQL guards none of the 15 tables: no triggers are installed.",
        )
    ]
    assert not triggers.installed(connections[ALIAS])


def test_all_current(guarded: Any) -> None:
    assert said() == [NOT_FOLLOWED]
    assert triggers.installation(triggers.look(ALIAS)) == []
    assert triggers.installed(connections[ALIAS])
    tables = {entry.table for entry in triggers.look(ALIAS).standings}
    assert "finance_sample_2026" in tables
    assert "reporting.daily" in tables
    assert not tables & {"auth_user", "nobody_knows", "finance_open"}


BREAKS = {
    "missing": (
        "DROP TRIGGER governance_guard ON core_person",
        "trigger-missing",
        "Table core_person has no trigger, so PostgreSQL refuses nothing.",
    ),
    "a new partition": (
        "CREATE TABLE finance_sample_2027 PARTITION OF finance_sample "
        "FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')",
        "trigger-missing",
        "Table finance_sample_2027 has no trigger, so PostgreSQL refuses nothing.",
    ),
    "an attached partition": (
        "CREATE TABLE p (LIKE finance_sample); ALTER TABLE finance_sample "
        "ATTACH PARTITION p FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')",
        "trigger-missing",
        "Table p has no trigger, so PostgreSQL refuses nothing.",
    ),
    "disabled": (
        "ALTER TABLE core_person DISABLE TRIGGER governance_guard",
        "trigger-disabled",
        "The trigger of core_person is disabled (it was switched off by hand).",
    ),
    "on replicas only": (
        "ALTER TABLE core_person ENABLE REPLICA TRIGGER governance_guard",
        "trigger-disabled",
        "The trigger of core_person is disabled (it was switched off by hand).",
    ),
    "fewer events": (
        "CREATE OR REPLACE TRIGGER governance_guard BEFORE INSERT ON core_person FOR EACH "
        "STATEMENT EXECUTE FUNCTION governance_guard('enforce', 'core', "
        "'core (Platform, #platform)', 'core_person')",
        "trigger-outdated",
        "The trigger of core_person is outdated (it was changed by hand).",
    ),
    "a condition": (
        "CREATE OR REPLACE TRIGGER governance_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE "
        "ON core_person FOR EACH STATEMENT WHEN (false) EXECUTE FUNCTION "
        "governance_guard('enforce', 'core', 'core (Platform, #platform)', 'core_person')",
        "trigger-outdated",
        "The trigger of core_person is outdated (it was changed by hand).",
    ),
    "another function": (
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; "
        "CREATE OR REPLACE TRIGGER governance_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE "
        "ON core_person FOR EACH STATEMENT EXECUTE FUNCTION f()",
        "trigger-outdated",
        "The trigger of core_person is outdated (it runs another function).",
    ),
    "no comment": (
        "COMMENT ON TRIGGER governance_guard ON core_person IS NULL",
        "trigger-outdated",
        "The trigger of core_person is outdated (its comment does not fit its definition).",
    ),
    "always": (
        "ALTER TABLE core_person ENABLE ALWAYS TRIGGER governance_guard",
        "trigger-outdated",
        "The trigger of core_person is outdated (it runs on replicas too).",
    ),
    "renamed table": (
        "ALTER TABLE core_audit RENAME TO gone; ALTER TABLE core_person RENAME TO core_audit",
        "trigger-outdated",
        "The trigger of core_audit is outdated (table: core_person, now core_audit).",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_broken_and_mended(guarded: Any, name: str) -> None:
    statement, slug, message = BREAKS[name]
    guarded.execute(statement)
    assert (slug, message) in said()
    found = next(f for f in triggers.findings(triggers.look(ALIAS)) if f.message == message)
    assert found.hint == INSTALL
    assert install() == []
    assert (slug, message) not in said()


def test_function_changed_by_hand(guarded: Any) -> None:
    guarded.execute(
        "CREATE OR REPLACE FUNCTION governance_guard() RETURNS trigger LANGUAGE plpgsql "
        "SET search_path = pg_catalog AS 'BEGIN RETURN NULL; END'"
    )
    guarded.execute(as_("dev", ROW))
    message = "The function governance_guard is not the one of this release and these settings."
    assert said() == [("guard-function-outdated", message), NOT_FOLLOWED]
    assert install() == []
    refusal(guarded, as_("dev", ROW))


def test_declarations_changed(guarded: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    finance = replace(REGISTRY.modules["finance"], shares=(), contact="#money")
    tables = {
        **{name: table for name, table in REGISTRY.tables.items() if name != "core_audit"},
        "dev_note": replace(REGISTRY.tables["dev_note"], owner="core"),
        "dev_task": replace(REGISTRY.tables["dev_task"], owner="platform"),
    }
    known = replace(REGISTRY, modules={**REGISTRY.modules, "finance": finance}, tables=tables)
    monkeypatch.setattr(current._state, "known", Ownership(registry=known, findings=()))
    messages = [message for _, message in said()]
    assert "The trigger of dev_note is outdated (owner: dev, now core)." in messages
    assert (
        "The trigger of finance_tag is outdated (team or contact: finance (Payments, #payments), "
        "now finance (Payments, #money))."
    ) in messages
    unknown = [message for slug, message in said() if slug == "trigger-unknown"]
    assert unknown == [
        "Table core_audit has a trigger of ours, but nobody owns the table.",
        "Table dev_task has a trigger of ours, but the table belongs to platform, and everybody "
        "may write it.",
    ]
    assert install() == []
    assert [message for slug, message in said() if slug == "trigger-unknown"] == unknown
    assert run(actions.pruning(triggers.look(ALIAS).standings), using=ALIAS) == []
    assert said() == [NOT_FOLLOWED]


def test_share_ended_or_extended(guarded: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    finance = replace(REGISTRY.modules["finance"], shares=())
    known = replace(REGISTRY, modules={**REGISTRY.modules, "finance": finance})
    monkeypatch.setattr(current._state, "known", Ownership(registry=known, findings=()))
    (message,) = [message for _, message in said() if "finance_tag " in message]
    share = REGISTRY.modules["finance"].shares[0]
    assert message == (
        f"The trigger of finance_tag is outdated (others that may write: dev:{share.until}, "
        "now nobody)."
    )


def test_mode_off(guarded: Any, known: Any, governance_settings: Callable[..., None]) -> None:
    governance_settings(MODE="enforce", MODULES={"notes": "off"})
    current._state.known = Ownership(registry=REGISTRY, findings=())
    message = "The trigger of notes_note is outdated (the mode of its owner is off)."
    assert ("trigger-outdated", message) in said()
    assert install() == []
    assert said() == [NOT_FOLLOWED]
    guarded.execute(as_("dev", "INSERT INTO notes_note VALUES (1)"))
    states = {entry.table: entry.state.value for entry in triggers.look(ALIAS).standings}
    assert states["notes_note"] == "off"


def test_always(guarded: Any) -> None:
    """Replication and restores as a superuser skip a trigger, unless it runs always."""
    guarded.execute("SET session_replication_role = replica")
    guarded.execute(as_("dev", ROW))
    assert run(triggers.installation(triggers.look(ALIAS, always=True)), using=ALIAS) == []
    refusal(guarded, as_("dev", ROW))
    assert said() == [NOT_FOLLOWED]
    guarded.execute("DROP TRIGGER governance_guard ON core_person")
    assert install() == []
    refusal(guarded, as_("dev", "DELETE FROM core_person"))
    assert run(triggers.installation(triggers.look(ALIAS, always=False)), using=ALIAS) == []
    guarded.execute(as_("dev", ROW))
    assert said() == [NOT_FOLLOWED]


def test_follow_partitions(guarded: Any) -> None:
    assert install(follow=True) == []
    assert said() == []
    guarded.execute(
        """
        CREATE TABLE finance_sample_2027 PARTITION OF finance_sample
            FOR VALUES FROM ('2027-01-01') TO ('2028-01-01') PARTITION BY RANGE (at);
        CREATE TABLE reporting."odd ' name" PARTITION OF finance_sample_2027
            FOR VALUES FROM ('2027-01-01') TO ('2027-07-01');
        CREATE TABLE attached (LIKE finance_sample);
        ALTER TABLE finance_sample ATTACH PARTITION attached
            FOR VALUES FROM ('2028-01-01') TO ('2029-01-01');
        CREATE TABLE elsewhere (id int);
        ALTER TABLE elsewhere ADD COLUMN x int
        """
    )
    assert said() == []
    assert triggers.installation(triggers.look(ALIAS)) == []
    refusal(guarded, as_("dev", 'TRUNCATE reporting."odd \' name"'))
    refusal(guarded, as_("dev", "INSERT INTO attached VALUES (1, '2028-02-02')"))
    assert install(follow=False) == []
    assert said() == [NOT_FOLLOWED]


def test_follow_partitions_always(guarded: Any) -> None:
    planned = triggers.installation(triggers.look(ALIAS, always=True), follow=True)
    assert run(planned, using=ALIAS) == []
    guarded.execute(
        "CREATE TABLE finance_sample_2027 PARTITION OF finance_sample "
        "FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')"
    )
    assert said() == []


def test_remove(guarded: Any) -> None:
    assert install(follow=True) == []
    seen = triggers.look(ALIAS, module="core")
    assert run(triggers.removal(seen, everything=False), using=ALIAS) == []
    guarded.execute(as_("dev", "DELETE FROM core_person"))
    refusal(guarded, as_("dev", ROW))
    assert run(triggers.removal(triggers.look(ALIAS), everything=True), using=ALIAS) == []
    left = guarded.execute(
        "SELECT (SELECT count(*) FROM pg_trigger WHERE tgname = 'governance_guard'), "
        "(SELECT count(*) FROM pg_proc WHERE proname LIKE 'governance%'), "
        "(SELECT count(*) FROM pg_event_trigger)"
    ).fetchone()
    assert left == (0, 0, 0)

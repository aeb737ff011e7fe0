"""Ownership in the database: rows with history, comments on tables."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.enforcement import comments
from governance.enforcement.recording import after_migrate, record
from governance.models import OwnershipRecord
from governance.ownership import current
from governance.ownership.registry import Registry
from governance.postgres import catalog


def registry() -> Registry:
    return current.ownership().registry


def existing() -> set[str]:
    return {relation.name for relation in catalog.relations(connection)}


def transferred(table: str, owner: str) -> Registry:
    known = registry()
    moved = replace(known.tables[table], owner=owner)
    return replace(known, tables={**known.tables, table: moved})


def test_migrate_has_recorded_every_table(db: None) -> None:
    recorded = dict(OwnershipRecord.objects.filter(until=None).values_list("table", "owner"))
    assert recorded == {
        table.name: table.owner for table in registry().tables.values() if table.name in existing()
    }
    row = OwnershipRecord.objects.get(table="finance_transaction")
    assert (row.owner, row.team, row.model) == ("finance", "Payments", "finance.Transaction")


def test_nothing_changes_the_second_time(db: None) -> None:
    before = list(OwnershipRecord.objects.values())
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert record(registry(), existing(), using="default") == []
    assert list(OwnershipRecord.objects.values()) == before
    assert len(queries) == 4  # savepoint, lock, one read, release


def test_transfer_keeps_history(db: None) -> None:
    record(transferred("dev_costentry", "finance"), existing(), using="default")
    rows = OwnershipRecord.objects.filter(table="dev_costentry").order_by("since", "pk")
    assert [(r.owner, r.ended, r.until is None) for r in rows] == [
        ("dev", "transferred", False),
        ("finance", "", True),
    ]
    assert rows[0].until == rows[1].since


def test_dropped_tables_keep_their_row(db: None) -> None:
    record(registry(), existing() - {"legacy_ledger"}, using="default")
    row = OwnershipRecord.objects.get(table="legacy_ledger")
    assert (row.owner, row.ended, row.until is None) == ("finance", "dropped", False)
    record(registry(), existing(), using="default")
    assert OwnershipRecord.objects.filter(table="legacy_ledger").count() == 2


def test_table_that_nobody_declares_any_more_keeps_its_owner(db: None) -> None:
    known = registry()
    fewer = {name: table for name, table in known.tables.items() if name != "legacy_ledger"}
    record(replace(known, tables=fewer), existing(), using="default")
    assert OwnershipRecord.objects.get(table="legacy_ledger").until is None


def test_renamed_team_is_no_transfer(db: None) -> None:
    known = registry()
    finance = replace(known.modules["finance"], team="Money")
    record(
        replace(known, modules={**known.modules, "finance": finance}), existing(), using="default"
    )
    row = OwnershipRecord.objects.get(table="finance_transaction")
    assert (row.team, row.until) == ("Money", None)


def test_one_current_owner_is_an_invariant(db: None) -> None:
    values = {"table": "finance_transaction", "owner": "dev", "since": timezone.now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        OwnershipRecord.objects.create(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        OwnershipRecord.objects.create(**values, until=timezone.now())


def test_without_our_table_nothing_happens(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE governance_ownershiprecord")
    after_migrate(using="default")


def test_comments(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("COMMENT ON TABLE finance_account IS 'Kept, isn''t it.\n\nOwner: old'")
    call_command("schema_enforce", "--comments", "--dry-run")
    planned = capsys.readouterr().out
    assert "COMMENT ON TABLE \"core_team\" IS 'Owner: core (Platform, #platform)';\n" in planned
    assert 'COMMENT ON VIEW "finance_account_balance" IS \'Owner: finance' in planned
    assert 'COMMENT ON TABLE "reporting"."finance_daily_totals" IS' in planned
    assert 'COMMENT ON TABLE "dev_usage_sample_2026_h1" IS' in planned
    assert "django_session" not in planned
    assert comment_on("core_team") == ""
    call_command("schema_enforce", "--comments")
    assert comment_on("core_team") == "Owner: core (Platform, #platform)"
    assert comment_on("finance_account") == (
        "Kept, isn't it.\nOwner: finance (Payments, #payments)"
    )
    capsys.readouterr()
    call_command("schema_enforce", "--comments")
    assert capsys.readouterr().out == "Every comment names its owner already.\n"
    assert comments.plan(registry(), using="default") == []


def comment_on(table: str) -> str:
    return next(r.comment for r in catalog.relations(connection) if r.name == table)


def test_enforce_wants_to_be_told_what(db: None) -> None:
    from django.core.management import CommandError

    with pytest.raises(CommandError) as caught:
        call_command("schema_enforce")
    assert str(caught.value) == (
        "Choose what to do: --install, --status, --check, --remove, --prune, --comments, --roles."
    )
    assert caught.value.returncode == 2


@pytest.mark.parametrize(
    ("verbs", "message"),
    [
        ({"install", "remove"}, "Choose one: --install or --remove."),
        ({"status", "install"}, "--status only looks; run it without --install."),
        ({"check", "roles", "remove"}, "--check only looks; run it without --remove."),
    ],
)
def test_enforce_takes_no_contradictions(db: None, verbs: set[str], message: str) -> None:
    from django.core.management import CommandError

    with pytest.raises(CommandError) as caught:
        call_command("schema_enforce", **dict.fromkeys(verbs, True))
    assert str(caught.value) == message
    assert caught.value.returncode == 2


def test_recording_needs_usable_settings(
    db: None, governance_settings: Callable[..., None]
) -> None:
    OwnershipRecord.objects.all().delete()
    governance_settings(MODE="enforced")
    after_migrate(using="default")
    assert not OwnershipRecord.objects.exists()

"""Who owns what, answered for the demonstration project."""

from datetime import date

import pytest
from django.contrib.auth.models import User

from governance import owner_of
from governance.ownership import current
from governance.ownership.names import table_key
from project.core.models import Membership, Team
from project.dev.models import LedgerRow, Project, UsageSample
from project.finance.models import CreditNote, Invoice, Refund, Tag, Transaction
from tests.monolith import CHECKOUT

REGISTRY = current.ownership().registry


@pytest.mark.parametrize(
    ("subject", "owner"),
    [
        (Transaction, "finance"),
        (Transaction(), "finance"),
        (Refund, "finance"),
        (Invoice, "finance"),
        (CreditNote, "finance"),
        (Transaction.tags.through, "finance"),
        (Project.watchers.through, "dev"),
        (Membership, "core"),
        (UsageSample, "dev"),
        (LedgerRow, "finance"),
        (User, "platform"),
        ("finance_transaction", "finance"),
        ("public.finance_transaction", "finance"),
        ('"public"."finance_transaction"', "finance"),
        ('public"."finance_transaction', "finance"),
        ("tenant_7.finance_transaction", "finance"),
        ("finance_transaction_tags", "finance"),
        ("finance_account_balance", "finance"),
        ("legacy_ledger", "finance"),
        ("reporting.finance_daily_totals", "finance"),
        ("finance_daily_totals", "finance"),
        ("django_migrations", "platform"),
        ("governance_ownershiprecord", "platform"),
        ("finance", "finance"),
        ("auth", "platform"),
        ("nobodys", "unknown:nobodys"),
        ("pg_catalog.finance_transaction", "unknown:pg_catalog.finance_transaction"),
    ],
)
def test_owner_of(subject: object, owner: str) -> None:
    assert owner_of(subject) == owner  # type: ignore[arg-type]


def test_unknown_owners_are_never_equal() -> None:
    assert owner_of("a") != owner_of("b")


@pytest.mark.parametrize(
    ("actor", "table", "day", "may"),
    [
        ("finance", "finance_transaction", None, True),
        ("dev", "finance_transaction", None, False),
        ("dev", "django_session", None, True),
        ("unknown", "finance_transaction", None, False),
        ("unknown:x", "nobodys", None, False),
        ("dev", "finance_tag", date(2027, 6, 30), True),
        ("dev", "finance_tag", date(2027, 7, 1), False),
        ("core", "finance_tag", date(2027, 6, 30), False),
    ],
)
def test_may_write(actor: str, table: str, day: date | None, may: bool) -> None:
    assert REGISTRY.may_write(actor, table, on=day) is may


def test_tables_of() -> None:
    assert [table.name for table in REGISTRY.tables_of("core")] == [
        "core_auditevent",
        "core_membership",
        "core_person",
        "core_team",
    ]
    assert REGISTRY.tables_of("nobody") == ()


def test_partitions_follow_their_root() -> None:
    known = REGISTRY.including({"dev_usage_sample_2026_h1": "dev_usage_sample"})
    assert known.owner_of("dev_usage_sample_2026_h1") == "dev"
    assert REGISTRY.owner_of("dev_usage_sample_2026_h1").startswith("unknown:")


@pytest.mark.parametrize(
    ("place", "module"),
    [
        (str(CHECKOUT / "project" / "finance" / "services.py"), "finance"),
        (str(CHECKOUT / "project" / "dev" / "migrations" / "0001_initial.py"), "dev"),
        (str(CHECKOUT / "project" / "settings.py"), None),
        (str(CHECKOUT / "project" / "financex" / "models.py"), None),
        (str(CHECKOUT / "governance" / "models.py"), "platform"),
        (pytest.__file__, "platform"),
        (__import__("json").__file__, "platform"),
        ("<frozen importlib._bootstrap>", "platform"),
        ("<console>", None),
        ("project.finance.services", "finance"),
        ("project.finance", "finance"),
        ("project.financex", None),
        ("django.contrib.auth.models", "platform"),
    ],
)
def test_module_of(place: str, module: str | None) -> None:
    assert REGISTRY.module_of(place) == module


def test_demonstration_has_no_findings() -> None:
    assert current.ownership().findings == ()


def test_registry_is_immutable() -> None:
    with pytest.raises(AttributeError):
        REGISTRY.tables = {}  # type: ignore[misc]


@pytest.mark.parametrize(
    ("db_table", "key"),
    [
        ("plain", "plain"),
        ('"plain"', "plain"),
        ('s"."t', "s.t"),
        ('"s"."t"', "s.t"),
        ("s.t", "s.t"),
    ],
)
def test_table_key(db_table: str, key: str) -> None:
    assert table_key(db_table) == key


def test_described_names_team_and_contact() -> None:
    assert REGISTRY.described("finance") == "finance (Payments, #payments)"
    assert REGISTRY.described("unknown:x") == "unknown:x"


def test_owner_of_many_models_and_shares() -> None:
    assert REGISTRY.sharers_of("finance_tag", on=date(2027, 1, 1)) == ("dev",)
    assert REGISTRY.shares_of(Tag._meta.db_table)[0].reason
    assert REGISTRY.shares_of(Team._meta.db_table) == ()


def test_long_names_are_cut_as_postgresql_cuts_them() -> None:
    """Each part at 63 bytes; a character is never cut in half."""
    assert table_key("x" * 70) == "x" * 63
    assert table_key("é" * 40) == "é" * 31
    assert table_key(f"{'s' * 40}.{'t' * 40}") == f"{'s' * 40}.{'t' * 40}"
    assert table_key(f'"{"s" * 70}"."{"t" * 70}"') == f"{'s' * 63}.{'t' * 63}"

"""The planted wrong ways are refused with the right facts; the right ways work."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, transaction

from governance import Finding, Location, WriteRefused
from project.dev.right_ways import RIGHT_WAYS
from project.dev.ways import Way
from project.dev.wrong_ways import WRONG_WAYS
from project.finance.models import Transaction

EXPECTED = {
    "create": ("insert", "finance_transaction", "project.dev.wrong_ways.create_directly"),
    "bulk-update": ("update", "finance_transaction", "project.dev.wrong_ways.update_in_bulk"),
    "raw-sql": ("insert", "finance_transaction", "project.dev.wrong_ways.write_raw_sql"),
    "many-to-many": ("insert", "finance_transaction_tags", "project.dev.wrong_ways.add_m2m_tag"),
    "async": ("insert", "finance_transaction", "project.dev.wrong_ways.create_async"),
    "signal": (
        "insert",
        "finance_transaction",
        "project.dev.signals.credit_rolled_back_deployment",
    ),
}
FILES = {"signal": "project/dev/signals.py"}


def fingerprint_of_finance() -> list[tuple[object, ...]]:
    """Everything that the ways could change, row by row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t::text FROM finance_transaction t UNION ALL "
            "SELECT 'tag ' || x::text FROM finance_transaction_tags x ORDER BY 1"
        )
        return cursor.fetchall()


@pytest.mark.parametrize("way", WRONG_WAYS, ids=lambda way: way.slug)
def test_wrong_way_is_refused(way: Way, seeded: None, enforce: None) -> None:
    before = fingerprint_of_finance()
    with pytest.raises(WriteRefused) as caught, transaction.atomic():
        way.run()
    operation, table, function = EXPECTED[way.slug]
    error = caught.value
    assert (error.actor, error.owner, error.table) == ("dev", "finance", table)
    assert error.location is not None
    assert error.location.function == function
    assert error.location.file == FILES.get(way.slug, "project/dev/wrong_ways.py")
    assert writes_at(error.location)
    assert operation in str(error)
    assert fingerprint_of_finance() == before


@pytest.mark.parametrize("way", RIGHT_WAYS, ids=lambda way: way.slug)
def test_right_way_works(way: Way, seeded: None, enforce: None) -> None:
    before = fingerprint_of_finance()
    way.run()
    assert fingerprint_of_finance() != before


def test_report_mode_lists_all_in_one_report(
    seeded: None, report: Callable[[], list[Finding]]
) -> None:
    for way in WRONG_WAYS:
        way.run()
    listed = {(f.details["operation"], f.subject, f.details["caller"]) for f in report()}
    assert listed >= set(EXPECTED.values())
    assert {f.actor for f in report()} == {"dev"}
    assert {f.owner for f in report()} == {"finance"}


def test_off_mode_sees_nothing(
    seeded: None,
    report: Callable[[], list[Finding]],
    governance_settings: Callable[..., None],
) -> None:
    governance_settings(MODE={"writes": "off"})
    before = Transaction.objects.count()
    WRONG_WAYS[0].run()
    assert Transaction.objects.count() == before + 1
    assert report() == []


def test_whole_message(seeded: None, enforce: None) -> None:
    with pytest.raises(WriteRefused) as caught:
        WRONG_WAYS[1].run()
    error = caught.value
    assert error.location is not None
    lines = str(error).splitlines()
    assert lines[0] == (
        "dev may not update finance_transaction: the table belongs to finance "
        "(Payments, #payments)."
    )
    assert lines[1] == (
        f"  where    project/dev/wrong_ways.py:{error.location.line}, "
        "in project.dev.wrong_ways.update_in_bulk"
    )
    assert lines[2] == (
        "  instead  call project.finance.services.reprice_transactions"
        "(references, *, difference_minor, reason)"
    )
    assert lines[3].startswith(
        '  or       ask finance to declare Share(table="finance_transaction", module="dev", '
    )
    assert lines[4:] == ["The statement was not sent. (governance.E201 cross-module-write)"]


def writes_at(location: Location) -> bool:
    """The very line that writes, not one near it."""
    line = Path(location.file).read_text().splitlines()[location.line - 1]
    writes = ("Transaction.objects.", ".tags.add(", "cursor.execute(")
    return any(word in line for word in writes)

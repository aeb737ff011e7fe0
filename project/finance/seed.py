"""Demonstration rows of `finance`: the same ones each time, drawn with a fixed seed."""

from datetime import UTC, date, datetime, timedelta
from random import Random

from django.db import connection, transaction

from project.core.models import Team
from project.finance.models import (
    Account,
    Counterparty,
    CreditNote,
    Invoice,
    LegacyLedgerEntry,
    Tag,
    Transaction,
)
from project.finance.services import Line, issue_invoice, open_account, refresh_daily_totals

ACCOUNTS = (
    ("1000", "Operating account", "EUR", "payments"),
    ("1010", "Operating account", "USD", "payments"),
    ("4000", "Subscriptions", "EUR", "payments"),
    ("4010", "Subscriptions", "USD", "payments"),
    ("6100", "Cloud hosting", "EUR", "platform"),
    ("6110", "Build and test", "EUR", "engineering"),
    ("6120", "Monitoring", "EUR", "operations"),
    ("6200", "Travel", "EUR", "operations"),
)
COUNTERPARTIES = (
    ("Northwind Hosting", "IE"),
    ("Harbour Books", "DE"),
    ("Lumen Analytics", "NL"),
    ("Kestrel Logistics", "FR"),
    ("Atelier Sonne", "AT"),
    ("Pine & Partners", "GB"),
)
MEMOS = ("Subscription", "Annual plan", "Hosting", "Licences", "Train tickets", "")
TAGS = ("recurring", "one-off", "reviewed", "tax-exempt")
FIRST_DAY = datetime(2026, 1, 5, 8, tzinfo=UTC)
POSITIONS = ("Team plan", "Extra seats", "Onboarding workshop", "Priority support")


@transaction.atomic
def seed() -> None:
    """Does nothing where accounts exist, so running it twice leaves the same rows."""
    if Account.objects.exists():
        return
    random = Random(2026)  # noqa: S311  rows, not secrets
    teams = {team.slug: team for team in Team.objects.all()}
    for code, name, currency, team in ACCOUNTS:
        open_account(code=code, name=name, currency=currency, team=teams[team])
    Counterparty.objects.bulk_create(Counterparty(name=n, country=c) for n, c in COUNTERPARTIES)
    Tag.objects.bulk_create(Tag(name=name) for name in TAGS)
    _transactions(random)
    _invoices(random)
    _legacy_ledger(random)
    refresh_daily_totals()


def clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reporting.finance_daily_totals")
        cursor.execute("DELETE FROM legacy_ledger")
        cursor.execute("DELETE FROM finance_invoiceline")
        cursor.execute("DELETE FROM finance_invoice")
        cursor.execute("DELETE FROM finance_creditnote")
        cursor.execute("DELETE FROM finance_document")
        cursor.execute("DELETE FROM finance_counterparty")
        cursor.execute("DELETE FROM finance_transaction_tags")
        cursor.execute("DELETE FROM finance_transaction")
        cursor.execute("DELETE FROM finance_tag")
        cursor.execute("DELETE FROM finance_account")


def _transactions(random: Random) -> None:
    """About one booking a day from January to October; one in twelve is a refund."""
    accounts = list(Account.objects.all())
    rows = [_transaction(random, random.choice(accounts), number) for number in range(300)]
    Transaction.objects.bulk_create(rows)
    tags = list(Tag.objects.filter(name__in=TAGS))
    through = Transaction.tags.through
    through.objects.bulk_create(
        through(transaction=row, tag=tag)
        for row in rows
        for tag in random.sample(tags, k=random.choice((0, 1, 1, 2)))
    )


def _transaction(random: Random, account: Account, number: int) -> Transaction:
    amount = random.randint(900, 240_000)
    return Transaction(
        account=account,
        amount_minor=-amount if number % 12 == 11 else amount,
        currency=account.currency,
        booked_at=FIRST_DAY + timedelta(days=number, minutes=random.randint(0, 540)),
        memo="Refund" if number % 12 == 11 else random.choice(MEMOS),
        reference=f"bank-2026-{number + 1:04}",
    )


def _invoices(random: Random) -> None:
    names = [name for name, _ in COUNTERPARTIES]
    for number in range(24):
        invoice = issue_invoice(
            number=f"INV-2026-{number + 1:03}",
            counterparty=random.choice(names),
            issued_on=date(2026, 1, 7) + timedelta(days=12 * number),
            lines=[
                _line(random, text) for text in random.sample(POSITIONS, k=random.randint(1, 4))
            ],
        )
        if number < 18:
            invoice.status = Invoice.Status.OVERDUE if number == 11 else Invoice.Status.PAID
            invoice.save(update_fields=["status"])
    for number, reason in enumerate(("Cancelled seats", "Wrong rate", "Goodwill"), start=1):
        CreditNote.objects.create(
            number=f"CRN-2026-{number:03}",
            issued_on=date(2026, 3 * number, 15),
            counterparty=Counterparty.objects.get(name=names[number]),
            reason=reason,
        )


def _line(random: Random, description: str) -> Line:
    return Line(
        description=description,
        quantity=random.randint(1, 20),
        unit_price_minor=100 * random.randint(9, 250),
    )


def _legacy_ledger(random: Random) -> None:
    LegacyLedgerEntry.objects.bulk_create(
        LegacyLedgerEntry(
            entry_no=90_000 + number,
            account_code=random.choice(ACCOUNTS)[0],
            amount_minor=random.randint(-50_000, 90_000),
            posted_on=date(2025, 1, 2) + timedelta(days=6 * number),
            text=f"Journal {number + 1}",
        )
        for number in range(60)
    )

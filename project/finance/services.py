"""The interface of `finance`: what other modules call instead of writing its tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from governance import acting_as
from project.core.models import Team
from project.core.services import arecord_event, record_event
from project.finance.models import (
    Account,
    Counterparty,
    Invoice,
    InvoiceLine,
    Tag,
    Transaction,
)

PAYMENT_TERM = timedelta(days=30)


class UnknownReferenceError(LookupError):
    """The caller named a booking that does not exist; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One position of an invoice to be issued."""

    description: str
    quantity: int
    unit_price_minor: int


def open_account(*, code: str, name: str, currency: str, team: Team) -> Account:
    return Account.objects.create(code=code, name=name, currency=currency, team=team)


@transaction.atomic
def record_transaction(
    *,
    account_code: str,
    amount_minor: int,
    reference: str,
    memo: str = "",
    booked_at: datetime | None = None,
) -> Transaction:
    """Book in the account's own currency, now unless a time is given.

    A second booking with the same reference raises `IntegrityError`.
    """
    account = Account.objects.get(code=account_code)
    booked = Transaction.objects.create(
        account=account,
        amount_minor=amount_minor,
        currency=account.currency,
        booked_at=booked_at or timezone.now(),
        memo=memo,
        reference=reference,
    )
    record_event("finance", "transaction recorded", reference)
    return booked


async def arecord_transaction(
    *, account_code: str, amount_minor: int, reference: str, memo: str = ""
) -> Transaction:
    """As `record_transaction`, but booking and audit event commit one after the other:
    Django has no asynchronous transactions."""
    account = await Account.objects.aget(code=account_code)
    booked = await Transaction.objects.acreate(
        account=account,
        amount_minor=amount_minor,
        currency=account.currency,
        booked_at=timezone.now(),
        memo=memo,
        reference=reference,
    )
    await arecord_event("finance", "transaction recorded", reference)
    return booked


@transaction.atomic
def reprice_transactions(references: Sequence[str], *, difference_minor: int, reason: str) -> int:
    """Add `difference_minor` to all the named bookings, or to none if one of them is unknown.

    The rows are locked in key order, so two repricings wait for each other and never deadlock.
    """
    rows = Transaction.objects.filter(reference__in=references)
    found = set(rows.order_by("pk").select_for_update().values_list("reference", flat=True))
    if missing := sorted(set(references) - found):
        raise UnknownReferenceError(f"No transaction has the reference {', '.join(missing)}.")
    changed = rows.update(amount_minor=F("amount_minor") + difference_minor)
    record_event("finance", "transactions repriced", f"{changed} rows: {reason}")
    return changed


@transaction.atomic
def tag_transaction(reference: str, tags: Iterable[str]) -> Transaction:
    """Attach the tags by name; one that does not exist yet is created."""
    booked = _locked(reference)
    booked.tags.add(*(Tag.objects.get_or_create(name=name)[0] for name in tags))
    record_event("finance", "transaction tagged", reference)
    return booked


@transaction.atomic
def issue_invoice(
    *, number: str, counterparty: str, issued_on: date, lines: Sequence[Line]
) -> Invoice:
    """An invoice needs at least one line and is due after `PAYMENT_TERM`."""
    if not lines:
        raise ValueError("An invoice needs at least one line.")
    invoice = Invoice.objects.create(
        number=number,
        counterparty=Counterparty.objects.get(name=counterparty),
        issued_on=issued_on,
        due_on=issued_on + PAYMENT_TERM,
    )
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=invoice,
            description=line.description,
            quantity=line.quantity,
            unit_price_minor=line.unit_price_minor,
        )
        for line in lines
    )
    record_event("finance", "invoice issued", number)
    return invoice


@acting_as("finance")
@transaction.atomic
def reverse_transaction(reference: str, *, reason: str) -> Transaction:
    """Book the same amount with the other sign; reversing twice is refused by the reference.

    The decorator is not needed: the code stands in finance's package, and that is enough.
    It is here to show how a function that other frames might hide says whose work it is.
    """
    original = _locked(reference)
    return record_transaction(
        account_code=original.account.code,
        amount_minor=-original.amount_minor,
        reference=f"reversal-{reference}",
        memo=reason,
    )


def refresh_daily_totals() -> None:
    """Fill `reporting.finance_daily_totals` anew from the ledger."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM reporting.finance_daily_totals")
        cursor.execute(
            "INSERT INTO reporting.finance_daily_totals (day, currency, total_minor, bookings) "
            "SELECT (booked_at AT TIME ZONE 'UTC')::date, currency, sum(amount_minor), count(*) "
            "FROM finance_transaction GROUP BY 1, 2"
        )


def counts() -> dict[str, int]:
    """Row counts by plural name, for the landing page."""
    return {"transactions": Transaction.objects.count(), "invoices": Invoice.objects.count()}


def _locked(reference: str) -> Transaction:
    try:
        rows = Transaction.objects.select_related("account").select_for_update(of=("self",))
        return rows.get(reference=reference)
    except Transaction.DoesNotExist:
        raise UnknownReferenceError(f"No transaction has the reference {reference}.") from None

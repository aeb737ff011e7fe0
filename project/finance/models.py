"""Accounts, the ledger and its documents. Amounts are whole minor units (cents, pence)."""

from typing import ClassVar

from django.db import models


class Account(models.Model):
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    team = models.ForeignKey("core.Team", on_delete=models.PROTECT, related_name="accounts")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Counterparty(models.Model):
    name = models.CharField(max_length=120, unique=True)
    country = models.CharField(max_length=2)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "counterparties"

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    name = models.SlugField(max_length=60, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Transaction(models.Model):
    """One booking. Corrections are new bookings, so a row's sign says which way money went."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="transactions")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    booked_at = models.DateTimeField()
    memo = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=60, unique=True)
    tags = models.ManyToManyField(Tag, related_name="transactions", blank=True)

    class Meta:
        ordering = ["-booked_at", "-id"]
        indexes = [models.Index(fields=["account", "-booked_at"], name="finance_tx_account_booked")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(amount_minor=0), name="finance_tx_amount_not_zero"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class RefundRows(models.Manager["Refund"]):
    def get_queryset(self) -> models.QuerySet["Refund"]:
        return super().get_queryset().filter(amount_minor__lt=0)


class Refund(Transaction):
    """Money that went back: the negative rows of the ledger, in the same table."""

    objects: ClassVar = RefundRows()

    class Meta:
        proxy = True


class Document(models.Model):
    number = models.CharField(max_length=20, unique=True)
    issued_on = models.DateField()
    counterparty = models.ForeignKey(
        Counterparty, on_delete=models.PROTECT, related_name="documents"
    )

    class Meta:
        ordering = ["-issued_on", "number"]

    def __str__(self) -> str:
        return self.number


class Invoice(Document):
    class Status(models.TextChoices):
        OPEN = "open", "Open"
        PAID = "paid", "Paid"
        OVERDUE = "overdue", "Overdue"

    due_on = models.DateField()
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)


class CreditNote(Document):
    reason = models.CharField(max_length=200)


class InvoiceLine(models.Model):
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    description = models.CharField(max_length=200)
    quantity = models.PositiveIntegerField()
    unit_price_minor = models.BigIntegerField()

    class Meta:
        ordering = ["invoice", "id"]

    def __str__(self) -> str:
        return self.description


class LegacyLedgerEntry(models.Model):
    """The bookings of the system before this one; Django reads the table and never alters it."""

    entry_no = models.BigIntegerField(primary_key=True)
    account_code = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    posted_on = models.DateField()
    text = models.CharField(max_length=200)

    class Meta:
        managed = False
        db_table = "legacy_ledger"
        ordering = ["entry_no"]
        verbose_name_plural = "legacy ledger entries"

    def __str__(self) -> str:
        return f"{self.entry_no} {self.text}"


class AccountBalance(models.Model):
    """A view: what each account holds now."""

    account = models.OneToOneField(
        Account, on_delete=models.DO_NOTHING, primary_key=True, related_name="balance"
    )
    balance_minor = models.BigIntegerField()
    bookings = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "finance_account_balance"

    def __str__(self) -> str:
        return f"{self.account}: {self.balance_minor}"

from django.contrib import admin

from project.admin_types import ModelAdmin, ReadOnlyAdmin, TabularInline
from project.finance.models import (
    Account,
    AccountBalance,
    Counterparty,
    CreditNote,
    Invoice,
    InvoiceLine,
    LegacyLedgerEntry,
    Refund,
    Tag,
    Transaction,
)


@admin.register(Account)
class AccountAdmin(ModelAdmin):
    list_display = ["code", "name", "currency", "team"]
    list_filter = ["currency", "team"]
    list_select_related = ["team"]
    search_fields = ["code", "name"]
    autocomplete_fields = ["team"]


@admin.register(Counterparty)
class CounterpartyAdmin(ModelAdmin):
    list_display = ["name", "country"]
    search_fields = ["name"]


@admin.register(Tag)
class TagAdmin(ModelAdmin):
    search_fields = ["name"]


@admin.register(Transaction, Refund)
class TransactionAdmin(ModelAdmin):
    list_display = ["reference", "booked_at", "account", "amount_minor", "currency", "memo"]
    list_filter = ["currency", "account"]
    list_select_related = ["account"]
    search_fields = ["reference", "memo"]
    date_hierarchy = "booked_at"
    autocomplete_fields = ["account", "tags"]


class InvoiceLineInline(TabularInline):
    model = InvoiceLine
    extra = 0


@admin.register(Invoice)
class InvoiceAdmin(ModelAdmin):
    list_display = ["number", "counterparty", "issued_on", "due_on", "status"]
    list_filter = ["status"]
    list_select_related = ["counterparty"]
    search_fields = ["number", "counterparty__name"]
    autocomplete_fields = ["counterparty"]
    inlines = [InvoiceLineInline]


@admin.register(CreditNote)
class CreditNoteAdmin(ModelAdmin):
    list_display = ["number", "counterparty", "issued_on", "reason"]
    list_select_related = ["counterparty"]
    search_fields = ["number", "counterparty__name"]
    autocomplete_fields = ["counterparty"]


@admin.register(LegacyLedgerEntry)
class LegacyLedgerEntryAdmin(ReadOnlyAdmin):
    list_display = ["entry_no", "account_code", "amount_minor", "posted_on", "text"]
    search_fields = ["account_code", "text"]


@admin.register(AccountBalance)
class AccountBalanceAdmin(ReadOnlyAdmin):
    list_display = ["account", "balance_minor", "bookings"]
    list_select_related = ["account"]

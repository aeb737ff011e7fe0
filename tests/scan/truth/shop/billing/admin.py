from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from shop.accounts.models import User
from shop.billing.models import CreditNote, Invoice, OrderSnapshot, Payment


class PaymentInline(admin.StackedInline):  # ok: own table
    model = Payment


@admin.register(Invoice, CreditNote)
class InvoiceAdmin(admin.ModelAdmin):  # ok: own tables
    inlines = [PaymentInline]

    def delete_model(self, request, obj):
        obj.delete()  # ok: own table
        obj.order.delete()  # W: orders_order delete


@admin.register(OrderSnapshot)
class OrderSnapshotAdmin(admin.ModelAdmin):  # W: orders_order any
    list_display = ["number"]


@admin.register(User)
class BillingUserAdmin(UserAdmin):  # W: accounts_user any
    list_display = ["username"]

from django.contrib import admin

from shop.accounts.models import Address, Team
from shop.billing.models import Invoice, Payment
from shop.catalogue.models import Brand
from shop.orders.models import Coupon, Order, OrderLine


class LineInline(admin.TabularInline):  # ok: own table
    model = OrderLine
    extra = 0


class InvoiceInline(admin.TabularInline):  # W: billing_invoice any
    model = Invoice
    extra = 0
    fields = ["status"]


class InvoiceReadInline(admin.TabularInline):  # ok: read only
    model = Invoice

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):  # ok: own table
    inlines = [LineInline, InvoiceInline, InvoiceReadInline]
    actions = ["close_all", "forget_payments"]
    list_display = ["number", "status"]

    @admin.action(description="Close")
    def close_all(self, request, queryset):
        queryset.update(status="closed")  # ok: own table
        for order in queryset:
            order.close()  # ok: own table

    @admin.action(description="Forget payments")
    def forget_payments(self, request, queryset):
        Payment.objects.filter(invoice__order__in=queryset).delete()  # W: billing_payment delete

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)  # ok: own table
        obj.customer.credit_limit = 0
        obj.customer.save()  # W: accounts_customer save

    def delete_queryset(self, request, queryset):
        for order in queryset:
            order.lines.all().delete()  # ok: own table
        queryset.delete()  # ok: own table


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):  # W: accounts_team any
    list_display = ["name"]


class AddressAdmin(admin.ModelAdmin):  # W: accounts_address any
    list_display = ["city"]


admin.site.register(Address, AddressAdmin)


@admin.register(Brand)
class BrandReadAdmin(admin.ModelAdmin):  # ok: read only
    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


admin.site.register(Coupon)  # ok: own table

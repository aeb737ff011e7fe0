from django.contrib import admin

from shop.accounts.models import Customer
from shop.orders.models import Cart, Order


class OrderInline(admin.TabularInline):  # W: orders_order any
    model = Order
    fields = ["status"]


class CustomerAdmin(admin.ModelAdmin):  # ok: own table
    inlines = [OrderInline]
    actions = ["close_orders"]

    @admin.action
    def close_orders(self, request, queryset):
        Order.objects.filter(customer__in=queryset).update(status="closed")  # W: orders_order update
        queryset.update(tier="basic")  # ok: own table
        queryset.delete()  # ok: own table

    def save_formset(self, request, form, formset, change):
        formset.save()  # ?: the formset of an inline


admin.site.register(Customer, CustomerAdmin)


@admin.register(Cart)
class CartAdmin(admin.ModelAdmin):  # W: orders_cart any
    def has_add_permission(self, request):
        return False

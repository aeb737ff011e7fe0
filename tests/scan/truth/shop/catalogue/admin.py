from django.contrib import admin

from shop.catalogue.models import Category, Product, ProductImage, ProductSummary
from shop.shipping.models import HazardousProduct, Parcel


class ImageInline(admin.TabularInline):  # ok: own table
    model = ProductImage


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):  # ok: own table
    inlines = [ImageInline]
    actions = ["discontinue"]

    def discontinue(self, request, queryset):
        queryset.discontinue()  # ok: own table
        queryset.update(is_active=False)  # ok: own table

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)  # ok: own table
        form.instance.orderline_set.filter(quantity__gt=0).delete()  # W: orders_orderline delete


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):  # ok: own table
    list_display = ["name"]


@admin.register(ProductSummary)
class SummaryAdmin(admin.ModelAdmin):  # ok: read only
    def has_add_permission(self, request):
        return False

    has_change_permission = has_delete_permission = lambda self, request, obj=None: False


@admin.register(Parcel, HazardousProduct)
class ParcelAdmin(admin.ModelAdmin):  # W: shipping_parcel any
    list_display = ["pk"]

from django.db import models

from shop.catalogue.models import Product
from shop.lib.models import TimeStamped


class Carrier(models.Model):
    name = models.CharField(max_length=80)


class Shipment(TimeStamped):
    order = models.ForeignKey("orders.Order", models.PROTECT)
    carrier = models.ForeignKey(Carrier, models.PROTECT, null=True, blank=True)
    tracking = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=20, default="new")

    def dispatch(self):
        self.status = "sent"
        self.save(update_fields=["status"])  # ok: own table

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)  # ok: transparent, whoever calls save() writes
        type(self.order).objects.filter(pk=self.order_id).update(meta={"shipment": self.pk})  # W: orders_order update


class Parcel(models.Model):
    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="parcels")
    weight = models.IntegerField(default=0)


class HazardousProduct(Product):
    """A child table here; its parent's rows are those of the catalogue."""

    un_number = models.CharField(max_length=10)


class ShippableProduct(Product):
    """The catalogue's rows with methods of ours."""

    class Meta:
        proxy = True

    def mark_shipped(self):
        self.sold += 1
        self.save(update_fields=["sold"])  # W: catalogue_product save

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models

from shop.lib.models import Numbered, TimeStamped
from shop.toolbox.mixins import Stampable


class OrderQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status="open")

    def cancel(self, reason=""):
        count = self.update(status="cancelled")  # ok: own table
        return count


class Order(Numbered, TimeStamped):
    PREFIX = "O"

    customer = models.ForeignKey("accounts.Customer", models.PROTECT, related_name="orders")
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    status = models.CharField(max_length=20, default="open")
    total = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    meta = models.JSONField(default=dict, blank=True)
    products = models.ManyToManyField("catalogue.Product", through="OrderLine", related_name="orders")
    watchers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="watched_orders", blank=True)
    notes = GenericRelation("orders.Note")

    objects = OrderQuerySet.as_manager()

    def close(self):
        self.status = "closed"
        self.save(update_fields=["status"])  # ok: own table

    def recalculate(self):
        self.total = sum((line.unit_price * line.quantity for line in self.lines.all()), start=0)
        self.save(update_fields=["total"])  # ok: own table
        return self


class UrgentOrder(Order):
    class Meta:
        proxy = True


class OrderLine(models.Model):
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    product = models.ForeignKey("catalogue.Product", models.PROTECT)
    quantity = models.PositiveIntegerField(default=1)
    unit_price = models.DecimalField(max_digits=10, decimal_places=2, default=0)


class Coupon(Stampable, models.Model):
    code = models.CharField(max_length=20, unique=True)
    orders = models.ManyToManyField(Order, related_name="coupons", blank=True)
    used = models.IntegerField(default=0)


class Note(models.Model):
    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    target = GenericForeignKey("content_type", "object_id")
    body = models.TextField()


class Cart(TimeStamped):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="carts")


class CartItem(models.Model):
    cart = models.ForeignKey(Cart, models.CASCADE, related_name="items")
    product = models.ForeignKey("catalogue.Product", models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField(default=1)

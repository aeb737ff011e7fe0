from django.db import models


class OrderSnapshot(models.Model):
    """Reads the table of orders without importing its model; it may not write it."""

    number = models.CharField(max_length=40)
    status = models.CharField(max_length=20)
    total = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        managed = False
        db_table = "orders_order"


class Refund(models.Model):
    payment = models.ForeignKey("billing.Payment", models.CASCADE, related_name="refunds")
    amount = models.DecimalField(max_digits=12, decimal_places=2, default=0)

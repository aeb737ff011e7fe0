from django.db import models


class LegacyOrder(models.Model):
    number = models.CharField(max_length=40)
    order = models.OneToOneField("orders.Order", models.SET_NULL, null=True, blank=True, related_name="legacy")
    state = models.CharField(max_length=10, default="new")

    class Meta:
        db_table = "legacy_orders"


class ImportRun(models.Model):
    started_at = models.DateTimeField(auto_now_add=True)
    rows = models.IntegerField(default=0)

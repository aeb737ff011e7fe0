from django.db import migrations
from django.db.models import F


class Tracking:
    """A class is as good as a function."""

    def __call__(self, apps, schema_editor):
        self.shipments(apps)
        self.orders(apps)

    def shipments(self, apps):
        apps.get_model("shipping", "Shipment").objects.filter(tracking="").update(tracking=F("pk"))  # ok: own table

    def orders(self, apps):
        Order = apps.get_model("orders.Order")
        orders = [order for order in Order.objects.all() if not order.meta]
        Order.objects.bulk_update(orders, ["meta"])  # W: orders_order update


class Migration(migrations.Migration):
    dependencies = [("shipping", "0001_initial")]

    operations = [migrations.RunPython(Tracking(), migrations.RunPython.noop)]

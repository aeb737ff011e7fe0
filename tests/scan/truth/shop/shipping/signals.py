from django.db.models.signals import post_save

from shop.orders.models import Order, UrgentOrder
from shop.shipping.models import Shipment


def prepare(sender, instance, created, **kwargs):
    if created:
        Shipment.objects.create(order=instance)  # ok: own table
    if instance.status == "x":
        instance.status = "y"
        instance.save()  # W: orders_order save


def urgent(sender, instance: UrgentOrder, **kwargs):
    UrgentOrder.objects.filter(pk=instance.pk).update(status="urgent")  # W: orders_order update
    instance.shipment_set.update(status="urgent")  # ok: own table


post_save.connect(prepare, sender=Order)
post_save.connect(receiver=urgent, sender=UrgentOrder)

import hashlib

from django.db.models.signals import post_save, pre_delete
from django.dispatch import receiver

from shop.billing import models as m
from shop.orders import models as om
from shop.orders.signals import order_placed


@receiver(post_save, sender="orders.Order")
def draft(sender, instance, created, **kwargs):
    if created:
        m.Invoice.objects.create(order=instance, amount=instance.total)  # ok: own table
        sender.objects.filter(pk=instance.pk).update(meta={"drafted": True})  # W: orders_order update


@receiver([post_save, pre_delete], sender=om.OrderLine)
def stale(sender, instance, **kwargs):
    instance.order.invoices.filter(status="draft").update(amount=0)  # ok: own table
    digest = hashlib.sha256()
    digest.update(str(instance.pk).encode())  # ok: hashlib


@receiver(order_placed)
def placed(sender, order, **kwargs):
    order.meta["digest"] = 1
    om.Order.objects.bulk_update([order], ["meta"])  # W: orders_order update


@receiver(pre_delete, sender=om.Order)
def void(sender, instance, **kwargs):
    m.Invoice.objects.filter(order=instance).update(status="void")  # ok: own table
    instance.lines.all().delete()  # W: orders_orderline delete

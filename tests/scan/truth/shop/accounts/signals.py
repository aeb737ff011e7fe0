from django.db.models.signals import post_save
from django.dispatch import receiver

from shop.accounts.models import Customer, User
from shop.lib.events import on
from shop.orders.models import Order


@receiver(post_save, sender=Order)
def tier(sender, instance, **kwargs):
    instance.customer.tier = "buyer"
    instance.customer.save(update_fields=["tier"])  # ok: own table
    if instance.placed_by_id is None:
        instance.placed_by = instance.customer.user
        instance.save(update_fields=["placed_by"])  # W: orders_order save


@receiver(post_save, sender=User)
def customer(sender, instance, created, **kwargs):
    if created:
        Customer.objects.add(instance)  # ok: own table


@on("order.cancelled")
def unpromote(order_id, **payload):
    order = Order.objects.select_related("customer").get(pk=order_id)
    order.customer.tier = "basic"
    order.customer.save()  # ok: own table
    order.meta = payload
    order.save()  # W: orders_order save

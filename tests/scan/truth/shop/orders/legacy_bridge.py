"""Writes the tables of an app that belongs to no module."""

from shop.legacy.models import LegacyOrder
from shop.orders.models import Order


def bridge(order: Order):
    order.legacy.delete()  # W: legacy_orders delete
    legacy = LegacyOrder.objects.create(number="bridge", order=order)  # W: legacy_orders insert
    legacy.state = "done"
    legacy.save()  # W: legacy_orders save
    order.touch()  # ok: own table
    order.legacy_count = 0
    order.save()  # ok: own table

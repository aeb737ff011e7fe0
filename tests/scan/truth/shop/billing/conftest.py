"""Fixtures of a test runner that need not be installed."""

from shop.orders.models import Order


def order(customer):
    return Order.objects.create(customer=customer)  # ok: test code

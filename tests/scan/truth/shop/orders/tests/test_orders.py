from django.test import TestCase

from shop.billing.models import Invoice
from shop.orders.models import Order
from shop.orders.services import place_order
from shop.orders.tests.factories import make_customer, make_product


class OrderTests(TestCase):
    def setUp(self):
        self.customer = make_customer()
        self.product = make_product()
        self.product.price = 3
        self.product.save()  # ok: test code

    def test_place(self):
        order = place_order(self.customer, [(self.product, 1)])
        Invoice.objects.filter(order=order).delete()  # ok: test code
        self.assertEqual(Order.objects.count(), 1)

"""Test code arranges what it needs; nothing here is a violation."""

from shop.accounts.models import Customer, User
from shop.catalogue.models import Product


def make_customer(name="ada"):
    user = User.objects.create_user(name)  # ok: test code
    return Customer.objects.get_or_create(user=user)[0]  # ok: test code


def make_product(sku="a"):
    return Product.objects.create(sku=sku, name=sku)  # ok: test code

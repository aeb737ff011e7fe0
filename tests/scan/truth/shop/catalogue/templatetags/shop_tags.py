from django import template

from shop.catalogue.models import Product
from shop.orders.models import Order

register = template.Library()


@register.simple_tag
def seen(product):
    Product.objects.filter(pk=product.pk).update(is_dirty=False)  # ok: own table
    Order.objects.filter(lines__product=product).update(meta={"seen": True})  # W: orders_order update
    return ""


@register.filter
def update(text):
    return str(text).replace("delete", "update")  # ok: a text

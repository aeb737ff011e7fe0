"""Scripts of nobody: code in no module is an unknown actor."""

from django.db import connection
from governance import acting_as

from shop.catalogue.models import Product, StockLevel
from shop.lib.sql import run
from shop.orders.models import Order, OrderLine
from shop.orders.services import cancel_order


def fix_totals():
    for order in Order.objects.all():
        order.recalculate()  # ok: owner's method
        order.total += 0
        order.save(update_fields=["total"])  # W: orders_order save unknown-actor


def fix_products(product: Product):
    product.price_changes.all().delete()  # W: catalogue_pricechange delete unknown-actor
    product.deactivate()  # ok: owner's method
    StockLevel.stock.update(product, 3)  # ok: owner's service named update
    StockLevel.stock.filter(product=product).update(quantity=3)  # W: catalogue_stock update unknown-actor


def fix_lines():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_orderline SET quantity = 1 WHERE quantity = 0")  # W: orders_orderline update unknown-actor
        cursor.execute("SELECT count(*) FROM orders_orderline WHERE quantity = 0")  # ok: reads
    run("DELETE FROM orders_orderline WHERE quantity = 0")  # ?: the library acts


def fix_as_owner():
    with acting_as("orders", reason="repair of 3 November"):
        OrderLine.objects.filter(quantity=0).delete()  # ok: a scope with a reason
    for order in Order.objects.filter(status="broken"):
        cancel_order(order)  # ok: owner's service

"""Reads. Nothing here writes, whatever the names say."""

from django.db import connection
from django.db.models import Count, Prefetch, Sum

from shop.catalogue.models import Product, ProductSummary
from shop.orders.models import Order, OrderLine


def bestsellers():
    return Product.objects.annotate(lines=Count("orderline")).order_by("-lines")[:10]  # ok: reads


def delete_candidates():
    return OrderLine.objects.filter(order__status="deleted").values("product_id")  # ok: reads


def updates(order: Order):
    order.refresh_from_db()  # ok: reads
    order.full_clean()  # ok: reads
    order.status = "shown"  # ok: assigns only
    return Order.objects.filter(pk=order.pk).exists()  # ok: reads


def with_lines():
    return Order.objects.prefetch_related(Prefetch("lines", OrderLine.objects.select_for_update()))  # ok: locks at most


def revenue():
    return OrderLine.objects.aggregate(total=Sum("unit_price"))["total"]  # ok: reads


def summaries():
    return list(ProductSummary.objects.filter(images__gt=0).iterator())  # ok: reads


def report():
    with connection.cursor() as cursor:
        cursor.execute(  # ok: reads
            """
            -- UPDATE orders_order SET status = 'x'; DELETE FROM orders_order
            SELECT o.id, 'insert into orders_order' AS "UPDATE orders_order SET x",
                   $$DELETE FROM orders_order$$ AS quoted, E'TRUNCATE orders_order\\'' AS escaped
            FROM orders_order o
            """
        )
        return cursor.fetchall()


def explain():
    plan = Order.objects.filter(status="x").explain()  # ok: reads
    sql = str(Order.objects.filter(status="x").query)
    return plan, f"UPDATE orders_order SET status = 'x' -- {sql}"  # ok: a text


def unsaved():
    order = Order(status="draft")  # ok: not saved
    lines = [OrderLine(order=order, quantity=n) for n in range(3)]  # ok: not saved
    order.lines_cache = lines
    return order

"""The interface of orders."""

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import F

from shop.billing.services import issue_invoice
from shop.catalogue.models import Product, StockLevel
from shop.orders.models import CartItem, Note, Order, OrderLine


def place_order(customer, items):
    with transaction.atomic():
        order = Order(customer=customer, placed_by=customer.user)
        order.save()  # ok: own table
        for product, quantity in items:
            order.lines.create(product=product, quantity=quantity, unit_price=product.price)  # ok: own table
            StockLevel.stock.filter(product=product).update(quantity=F("quantity") - quantity)  # ok: a share of the catalogue
            product.sold = F("sold") + quantity
            product.save(update_fields=["sold"])  # W: catalogue_product save
        transaction.on_commit(lambda: issue_invoice(order.pk))  # ok: owner's service
    return order


def cancel_order(order, reason=""):
    order.status = "cancelled"
    order.save(update_fields=["status"])  # ok: own table
    for line in order.lines.select_related("product"):
        StockLevel.stock.update(line.product, line.quantity)  # ok: owner's service named update
    if reason:
        order.notes.create(body=reason)  # ok: own table
    return order


def add_note(target, body):
    return Note.objects.create(  # ok: own table
        content_type=ContentType.objects.get_for_model(target),
        object_id=target.pk,
        body=body,
    )


def set_status(order_id: int, status: str) -> Order:
    order = Order.objects.select_for_update().get(pk=order_id)  # ok: locks only
    order.status = status
    order.save(update_fields=["status"])  # ok: own table
    return order


def merge_carts(source, target):
    CartItem.objects.filter(cart=source).update(cart=target)  # ok: own table
    source.delete()  # ok: own table


def reprice_lines(order: Order):
    lines = list(order.lines.select_related("product"))
    for line in lines:
        line.unit_price = line.product.price
    OrderLine.objects.bulk_update(lines, ["unit_price"])  # ok: own table
    Product.objects.filter(orderline__in=lines).update(is_dirty=False)  # W: catalogue_product update
    return order.recalculate()  # ok: own table


def attach_products(order, products):
    order.products.add(*products, through_defaults={"quantity": 1})  # ok: own table
    order.watchers.add(order.customer.user)  # ok: own table
    for product in products:
        product.orders.add(order)  # ok: own table
        product.tags.clear()  # W: catalogue_product_tags delete
        product.orderline_set.filter(order=order).update(quantity=2)  # ok: own table


def apply_coupon(order, coupon):
    order.coupons.add(coupon)  # ok: own table
    coupon.used += 1
    coupon.save()  # ok: own table
    order.customer.credit_limit -= 1
    order.customer.save()  # W: accounts_customer save
    order.customer.preferences.update(coupon=coupon.code)  # ok: dict.update
    order.customer.promote()  # ok: owner's method
    order.customer.touch()  # ok: owner's method from the shared library
    order.customer.address_set.update(is_default=False)  # W: accounts_address update
    order.customer.user.last_name = "coupon"
    order.customer.user.save(update_fields=["last_name"])  # W: accounts_user save

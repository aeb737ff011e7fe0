"""The interface of shipping."""

from typing import Optional, cast

from shop.catalogue.models import Product, StockLevel
from shop.orders.models import Order
from shop.orders.services import add_note, set_status
from shop.shipping.models import Carrier, HazardousProduct, Parcel, Shipment, ShippableProduct


def first_order(number: str) -> Optional[Order]:
    return Order.objects.filter(number=number).first()


def latest():
    return Order.objects.order_by("-pk").first()


def open_orders():
    return Order.objects.filter(status="open")


def with_stock():
    return Product.objects.filter(stock_level__quantity__gt=0)


def ship(order: Order, carrier: Carrier | None = None) -> Shipment:
    shipment = order.shipment_set.create(carrier=carrier)  # ok: own table
    shipment.parcels.create(weight=10)  # ok: own table
    shipment.dispatch()  # ok: own table
    set_status(order.pk, "shipped")  # ok: owner's service
    add_note(order, "shipped")  # ok: owner's service
    order.meta.update(shipped=True)  # ok: dict.update
    order.save(update_fields=["meta"])  # W: orders_order save
    return shipment


def ship_by_number(number: str):
    order = first_order(number)
    if order is None:
        return None
    order.status = "shipped"
    order.save()  # W: orders_order save
    order.close()  # ok: owner's method
    order.touch()  # ok: owner's method from the shared library
    return ship(order)  # ok: own service


def ship_latest():
    order = latest()
    order.total = 0
    order.save()  # W: orders_order save
    latest().delete()  # W: orders_order delete


def ship_open():
    for order in open_orders().select_related("customer")[:10]:
        order.save()  # W: orders_order save
        order.customer.save()  # W: accounts_customer save
    open_orders().update(status="shipped")  # W: orders_order update
    with_stock().update(is_dirty=True)  # W: catalogue_product update
    with_stock().discontinue()  # ok: owner's method


def book_out(parcel: Parcel):
    lines = parcel.shipment.order.lines.all()
    for line in lines:
        StockLevel.stock.update(line.product, 0)  # ok: owner's service named update
        StockLevel.stock.add(line.product, -1)  # ok: owner's service named add
        line.product.stock_level.quantity = 0
        line.product.stock_level.save()  # W: catalogue_stock save
        line.delete()  # W: orders_orderline delete
    parcel.delete()  # ok: own table


def hazard(sku: str):
    product = HazardousProduct(sku=sku, name=sku, un_number="UN1")
    product.save()  # W: catalogue_product save
    other = HazardousProduct.objects.create(sku=sku + "b", name=sku, un_number="UN2")  # W: catalogue_product insert
    HazardousProduct._base_manager.filter(pk=other.pk).update(un_number="UN3")  # ok: own column of the child
    HazardousProduct.objects.filter(pk=other.pk).update(un_number="UN3")  # ?: the inherited update() adds a column of the parent
    HazardousProduct.objects.filter(pk=other.pk).update(is_active=False)  # W: catalogue_product update
    other.delete()  # W: catalogue_product delete
    return product


def proxy(product_id: int):
    product = ShippableProduct.objects.get(pk=product_id)
    product.mark_shipped()  # ok: own method, labelled there
    product.save()  # W: catalogue_product save
    ShippableProduct.objects.filter(pk=product_id).update(sold=0)  # W: catalogue_product update
    product.deactivate()  # ok: owner's method


def through_cast(thing: object, untyped, maker=Order.objects.create):
    cast(Order, thing).save()  # W: orders_order save
    order = cast("Order", thing)
    order.delete()  # W: orders_order delete
    untyped.save()  # ?: anything
    untyped.objects.update(x=1)  # ?: anything


def relabel(order: Order):
    carrier = Carrier.objects.create(name="x")  # ok: own table
    carrier.shipment_set.set(Shipment.objects.filter(order=order))  # ok: own table
    carrier.shipment_set.update(tracking="x")  # ok: own table
    order.shipment_set.all().delete()  # ok: own table
    order.coupons.clear()  # W: orders_coupon_orders delete
    order.watchers.clear()  # W: orders_order_watchers delete
    order.watchers.set([order.customer.user])  # W: orders_order_watchers insert
    order.customer.user.watched_orders.remove(order)  # W: orders_order_watchers delete
    Order.watchers.through.objects.create(order=order, user=order.customer.user)  # W: orders_order_watchers insert
    Order.products.through.objects.filter(order=order).delete()  # W: orders_orderline delete


def unlist(order: Order):
    order.products.clear()  # W: orders_orderline delete
    order.products.add(Product.objects.first())  # W: orders_orderline insert
    Product.objects.first().orders.remove(order)  # W: orders_orderline delete

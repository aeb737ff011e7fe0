"""Writes that pass through decorators, dispatchers, context managers and threads."""

import contextlib
import functools
import threading
from collections.abc import Callable, Iterable, Iterator

from shop.accounts.models import Customer
from shop.billing.models import Invoice, Payment
from shop.notifications.audit import audited
from shop.orders.models import Cart, Coupon, Order


def counted(function):
    @functools.wraps(function)
    def wrapper(order, *args, **kwargs):
        Coupon.objects.filter(orders=order).update(used=2)  # W: orders_coupon update
        return function(order, *args, **kwargs)

    return wrapper


@counted
def close(order):
    order.invoices.update(status="closed")  # ok: own table
    order.close()  # ok: owner's method


@audited
def reopen(order: Order):
    order.status = "open"
    order.save()  # W: orders_order save


class Held:
    def __init__(self, order: Order):
        self.order = order
        self._invoice = None

    def __enter__(self):
        self.order.meta.update(held=True)  # ok: dict.update
        return self

    def __exit__(self, *error):
        self.order.save()  # W: orders_order save

    @property
    def invoice(self):
        return self._invoice

    @invoice.setter
    def invoice(self, value: Invoice):
        value.save()  # ok: own table
        value.order.customer.save()  # W: accounts_customer save
        self._invoice = value


def held(order: Order):
    with Held(order) as hold:
        hold.invoice = order.invoices.first()  # ok: a setter, labelled there
    with contextlib.ExitStack() as stack:
        stack.enter_context(Held(order))  # ok: labelled there
        stack.callback(Cart.objects.all().delete)  # W: orders_cart delete


@functools.singledispatch
def drop(thing):
    thing.delete()  # ?: anything


@drop.register
def _(thing: Order):
    thing.delete()  # W: orders_order delete


@drop.register(Payment)
def drop_payment(thing):
    thing.delete()  # ok: own table


def drop_first(order: Order):
    drop(order)  # ok: own function, labelled there


def each(orders: Iterable[Order], act: Callable[[Order], object]) -> None:
    for order in orders:
        act(order)  # ?: a function from outside


def hand_over(orders: list[Order]):
    each(orders, lambda order: order.save())  # W: orders_order save
    each(orders, Order.save)  # ?: an ORM method handed to own code
    each(orders, close)  # ok: own function


def open_orders() -> Iterator[Order]:
    yield from Order.objects.filter(status="open")


def walk():
    for order in open_orders():
        order.save()  # W: orders_order save
    first = next(open_orders(), None)
    if first:
        first.customer.address_set.all().delete()  # W: accounts_address delete
    try:
        Customer.objects.filter(tier="x").update(tier="y")  # W: accounts_customer update
    except ValueError:
        Order.objects.all().delete()  # W: orders_order delete
    else:
        Payment.objects.filter(state="x").delete()  # ok: own table
    finally:
        del first  # ok: a name


def threaded(order: Order):
    thread = threading.Thread(target=order.save)  # W: orders_order save
    thread.start()
    thread.join()


def stamp(coupon: Coupon):
    coupon.stamp()  # ?: the owner's method, from a library of nobody
    coupon.orders.clear()  # W: orders_coupon_orders delete
    setattr(coupon, "used", 5)
    coupon.save()  # W: orders_coupon save
    coupon.__dict__.update(used=6)  # ok: dict.update
    globals().update(used=7)  # ok: dict.update
    [o.delete for o in [coupon]]  # ok: not called
    save = coupon.save
    save()  # W: orders_coupon save
    (coupon or None).save()  # W: orders_coupon save
    Coupon(code="direct").save()  # W: orders_coupon save
    Coupon.objects.get(code="direct").delete()  # W: orders_coupon delete

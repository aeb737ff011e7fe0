import contextlib
import functools
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from governance import acting_as

from shop.accounts.models import Customer
from shop.billing.models import Invoice, Payment
from shop.lib.crud import archive, save_all, set_field, upsert
from shop.lib.tasks import task
from shop.notifications.models import Notification as Message
from shop.notifications.services import notify
from shop.orders.models import *
from shop.orders.services import cancel_order


@task
def dun():
    for invoice in Invoice.objects.filter(status="issued").select_related("order__customer"):
        notify(invoice.order.customer.user, "dunning")  # ok: owner's service
        invoice.order.status = "dunned"
        invoice.order.save(update_fields=["status"])  # W: orders_order save
        Message.objects.create(user=invoice.order.customer.user, kind="dunning")  # W: notifications_notification insert


@task(queue="slow")
def expire(days=30):
    limit = timezone.now() - timedelta(days=days)
    Order.objects.filter(created_at__lt=limit).delete()  # W: orders_order delete
    Coupon.objects.exclude(used=0).update(used=0)  # W: orders_coupon update
    Payment.objects.filter(state="new").delete()  # ok: own table


@task(name="billing.settle")
def settle(order_id):
    order = Order.objects.get(pk=order_id)

    def later():
        order.status = "settled"
        order.save()  # W: orders_order save

    transaction.on_commit(later)
    transaction.on_commit(lambda: Order.objects.filter(pk=order_id).update(total=1))  # W: orders_order update
    transaction.on_commit(functools.partial(cancel_order, order))  # ok: owner's service
    transaction.on_commit(functools.partial(Cart.objects.filter(pk=order_id).delete))  # W: orders_cart delete


def start(order_id):
    settle.delay(order_id)  # ok: own task
    expire.apply_async(kwargs={"days": 1}, countdown=60)  # ok: own task


def in_the_owners_name(order):
    with acting_as("orders", reason="agreed with checkout"):
        order.save()  # ok: a scope with a reason
        Coupon.objects.update(used=0)  # ok: a scope with a reason


@acting_as("orders", reason="import")
def import_coupons(codes):
    for code in codes:
        Coupon.objects.create(code=code)  # ok: a scope with a reason


def in_own_name(order):
    with acting_as("billing"):
        order.save()  # W: orders_order save


def after_scope(order):
    with acting_as("orders", reason="agreed"):
        pass
    order.save()  # W: orders_order save


def through_library(orders):
    save_all(orders)  # ?: the library acts
    archive(Customer, tier="none")  # ?: the library acts
    set_field(orders[0], "status", "lib")  # ?: the library acts
    upsert(Coupon, [{"code": "a", "used": 1}], key="code")  # ?: the library acts


def in_threads(order_ids):
    def close(order_id):
        Order.objects.filter(pk=order_id).update(status="closed")  # W: orders_order update

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(close, order_ids))


def tidy():
    [line.delete() for line in OrderLine.objects.all()[:2]]  # W: orders_orderline delete
    with contextlib.suppress(Order.DoesNotExist):
        Order.objects.get(number="O1").delete()  # W: orders_order delete
    if (last := Order.objects.last()) is not None:
        last.delete()  # W: orders_order delete
    any(cart.delete() for cart in Cart.objects.all()[:2])  # W: orders_cart delete
    {c.pk: c.save() for c in Coupon.objects.all()[:2]}  # W: orders_coupon save
    list(map(lambda c: c.delete(), Coupon.objects.all()[:2]))  # W: orders_coupon delete

"""The interface of billing."""

from __future__ import annotations

from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import transaction

from shop.billing.models import CreditNote, Invoice, OrderSnapshot, Payment, Refund

if TYPE_CHECKING:
    from shop.accounts.models import Customer as Buyer
    from shop.catalogue.models import Product
    from shop.orders.models import Order


def issue_invoice(order_id: int) -> Invoice:
    order = apps.get_model("orders", "Order").objects.get(pk=order_id)
    invoice = Invoice.objects.issue(order)  # ok: own table
    order.status = "invoiced"
    order.save(update_fields=["status"])  # W: orders_order save
    return invoice


def pay(invoice: Invoice, amount: Decimal) -> Payment:
    with transaction.atomic():
        payment = invoice.payments.create(amount=amount)  # ok: own table
        invoice.settle(amount)  # ok: own table
        _thank(invoice.order.customer)
    return payment


def _thank(customer: Buyer) -> None:
    customer.tier = "thanked"
    customer.save()  # W: accounts_customer save


def hold(order: Order) -> None:
    order.status = "held"
    order.save()  # W: orders_order save


def hold_all(orders: list[Order]) -> int:
    for order in orders:
        order.status = "held"
        order.save()  # W: orders_order save
    return len(orders)


def price_of(product: "Product") -> Decimal:
    product.price_changes.create(old=product.price, new=product.price)  # W: catalogue_pricechange insert
    return product.price


def maybe(order: "Order | None") -> None:
    if order is not None:
        order.delete()  # W: orders_order delete


def by_snapshot(order_id: int) -> None:
    snapshot = OrderSnapshot.objects.get(pk=order_id)
    snapshot.status = "seen"
    snapshot.save()  # W: orders_order save
    OrderSnapshot.objects.filter(pk=order_id).update(total=0)  # W: orders_order update


def refund(payment: Payment, amount: Decimal) -> Refund:
    refund = Refund(payment=payment, amount=amount)
    refund.save()  # ok: own table
    payment.state = "refunded"
    payment.save()  # ok: own table
    payment.invoice.order.notes.create(body="refunded")  # ok: a share of orders
    payment.invoice.order.lines.update(quantity=0)  # W: orders_orderline update
    return refund


def credit(invoice: Invoice, reason: str) -> CreditNote:
    note = CreditNote.objects.create(order=invoice.order, amount=-invoice.amount, reason=reason)  # ok: own tables, child and parent
    note.reason = note.reason.strip()
    note.save()  # ok: own tables
    return note


@contextmanager
def locked(invoice: Invoice):
    with transaction.atomic():
        locked = Invoice.objects.select_for_update().get(pk=invoice.pk)  # ok: locks only
        yield locked
        locked.save()  # ok: own table
        locked.order.save()  # W: orders_order save


def bulk_hold(order_ids: list[int]) -> None:
    from shop.orders.models import Order

    orders = list(Order.objects.filter(pk__in=order_ids))
    for order in orders:
        order.status = "held"
    Order.objects.bulk_update(orders, ["status"])  # W: orders_order update
    Order.objects.in_bulk(order_ids)  # ok: reads
    Order.objects.filter(pk__in=order_ids).cancel()  # ok: owner's service on its queryset
    Order.objects.filter(pk__in=order_ids).open().update(status="x")  # W: orders_order update
    Order.objects.none().delete()  # ?: nothing is ever sent


def write_off(invoice: Invoice) -> None:
    totals = {"amount": invoice.amount}
    totals.update(amount=0)  # ok: dict.update
    ids = {invoice.pk}
    ids.add(0)  # ok: set.add
    ids.update({1, 2})  # ok: set.update
    ids.clear()  # ok: set.clear
    Invoice.objects.filter(pk=invoice.pk).update(**totals)  # ok: own table

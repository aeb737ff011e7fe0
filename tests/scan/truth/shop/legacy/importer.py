"""An app that belongs to no module: it may write its own tables only."""

from django.db import connection, transaction

from shop.accounts.models import Customer
from shop.legacy.models import ImportRun, LegacyOrder
from shop.orders.models import Order
from shop.orders.services import add_note


def run(rows):
    run = ImportRun.objects.create(rows=len(rows))  # ok: own table
    for row in rows:
        legacy, _ = LegacyOrder.objects.get_or_create(number=row["number"])  # ok: own table
        customer = Customer.objects.first()
        order = Order.objects.create(customer=customer, number=row["number"])  # W: orders_order insert
        legacy.order = order
        legacy.save()  # ok: own table
        add_note(order, "imported")  # ok: owner's service
    run.rows += 1
    run.save()  # ok: own table


@transaction.atomic
def clean():
    Order.objects.filter(legacy__state="done").delete()  # W: orders_order delete
    LegacyOrder.objects.filter(state="done").delete()  # ok: own table
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE legacy_importrun")  # ok: own table
        cursor.execute("UPDATE accounts_customer SET tier = 'legacy' WHERE tier = 'x'")  # W: accounts_customer update

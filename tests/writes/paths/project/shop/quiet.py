"""What writes no table of ledger, however it looks."""

from django.db import connection, transaction
from ledger.models import Entry
from ledger.services import book

from shop.models import Order


def run(text):
    with connection.cursor() as cursor:
        cursor.execute(text)


def select_for_update():
    with transaction.atomic():
        list(Entry.objects.select_for_update())


def nextval():
    run("SELECT nextval(pg_get_serial_sequence('ledger_entry', 'id'))")


def explain():
    run("EXPLAIN DELETE FROM ledger_entry")


def savepoint():
    with transaction.atomic(), transaction.atomic():
        list(Entry.objects.all())


def temporary_table():
    run("CREATE TEMP TABLE scratch AS SELECT * FROM ledger_entry")
    run("INSERT INTO scratch SELECT * FROM ledger_entry")
    run("DROP TABLE scratch")


def listen_and_notify():
    run("LISTEN ledger")
    run("NOTIFY ledger, 'DELETE FROM ledger_entry'")
    run("UNLISTEN ledger")


def own_table():
    Order.objects.create(name="UPDATE ledger_entry SET amount = 1")


def through_the_interface():
    book(None, 3)


def copy_out():
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY ledger_entry TO STDOUT") as rows,
    ):
        list(rows)


def server_side_cursor():
    list(Entry.objects.iterator(chunk_size=1))


def locked():
    with transaction.atomic():
        run("LOCK TABLE ledger_entry IN ACCESS SHARE MODE")

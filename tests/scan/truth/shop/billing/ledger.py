"""Raw SQL."""

import io

from django.db import connection, connections, models, router

from shop.accounts.models import Customer
from shop.billing.models import Invoice, Payment
from shop.catalogue.models import Product
from shop.orders.models import Order, OrderLine

CLOSE = "UPDATE orders_order SET status = 'closed' WHERE id = %s"
ARCHIVE = """
    WITH moved AS (
        DELETE FROM orders_note WHERE object_id = %s RETURNING body
    )
    SELECT count(*) FROM moved
"""
READ = """
    /* DELETE FROM orders_order happens at night */
    SELECT id, 'UPDATE orders_order SET x' AS note -- INSERT INTO orders_order
    FROM orders_order WHERE status = 'delete from accounts_customer'
"""


class Ledger:
    TABLE = "orders_orderline"
    OWN = "billing_payment"

    def close(self, order_id):
        with connection.cursor() as cursor:
            cursor.execute(CLOSE, [order_id])  # W: orders_order update

    def archive(self, order_id):
        with connection.cursor() as cursor:
            cursor.execute(ARCHIVE, [order_id])  # ok: a share of orders

    def read(self):
        with connection.cursor() as cursor:
            cursor.execute(READ)  # ok: reads
            return cursor.fetchall()

    def zero(self):
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {self.TABLE} SET quantity = 0")  # W: orders_orderline update
            cursor.execute(f"DELETE FROM {self.OWN} WHERE state = 'zero'")  # ok: own table

    def by_meta(self):
        table = Customer._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {Order._meta.db_table} SET total = 0")  # W: orders_order update
            cursor.execute(f'UPDATE "{table}" SET tier = %s', ["x"])  # W: accounts_customer update
            cursor.execute("DELETE FROM {} WHERE id = 0".format(Product._meta.db_table))  # W: catalogue_product delete
            cursor.execute("DELETE FROM %s WHERE id = 0" % OrderLine._meta.db_table)  # W: orders_orderline delete
            cursor.execute("UPDATE " + Payment._meta.db_table + " SET amount = 0")  # ok: own table
            cursor.execute("INSERT INTO " + "accounts_team" + " (name) VALUES (%s)", ["x"])  # W: accounts_team insert

    def many(self, rows):
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO notifications_outboxmessage (topic, payload) VALUES (%s, '{}')", rows
            )  # W: notifications_outboxmessage insert
            cursor.executemany("INSERT INTO billing_payment (invoice_id, amount, state) VALUES (%s, 0, 'x')", [])  # ok: own table

    def evil(self):
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN ANALYZE DELETE FROM orders_cartitem WHERE id = 0")  # W: orders_cartitem delete
            cursor.execute("EXPLAIN DELETE FROM orders_cartitem WHERE id = 0")  # ok: explains only
            cursor.execute(  # W: catalogue_stock merge
                """
                MERGE INTO catalogue_stock s USING catalogue_product p ON s.product_id = p.id
                WHEN MATCHED THEN UPDATE SET quantity = 0
                """
            )
            cursor.execute("TRUNCATE shipping_parcel")  # W: shipping_parcel truncate
            cursor.execute('TRUNCATE TABLE ONLY public."notifications_subscription"')  # W: notifications_subscription truncate
            cursor.execute("SELECT id FROM orders_order WHERE status = 'open' FOR UPDATE SKIP LOCKED")  # ok: locks only
            cursor.execute("SELECT nextval('orders_order_id_seq')")  # ok: no row
            cursor.execute("/* nightly */ update /* x */ only orders_order set status = 'x' where id = 0")  # W: orders_order update
            cursor.execute("SELECT 1; UPDATE orders_order SET status = 'y' WHERE id = 0")  # W: orders_order update
            cursor.execute(
                "WITH gone AS (DELETE FROM shipping_carrier WHERE id = 0 RETURNING id) SELECT * FROM gone"
            )  # W: shipping_carrier delete
            cursor.execute("ALTER TABLE orders_coupon ADD COLUMN IF NOT EXISTS hint text")  # W: orders_coupon alter
            cursor.execute("CREATE INDEX IF NOT EXISTS c_hint ON orders_coupon (code)")  # W: orders_coupon alter

    def temporary(self):
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE totals (order_id bigint, total numeric) ON COMMIT DROP")  # ok: a temporary table
            cursor.execute("INSERT INTO totals SELECT id, total FROM orders_order")  # ok: a temporary table
            cursor.execute("UPDATE billing_invoice i SET amount = t.total FROM totals t WHERE t.order_id = i.order_id")  # ok: own table
            cursor.execute("DROP TABLE totals")  # ok: a temporary table

    def totals(self):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM ledger.daily_totals")  # ok: own table, declared
            cursor.execute(  # ok: own table, declared
                "INSERT INTO ledger.daily_totals SELECT current_date, sum(total) FROM orders_order"
            )

    def copy(self, text):
        with connection.cursor() as cursor:
            with cursor.copy("COPY accounts_team (name) FROM STDIN") as copy:  # W: accounts_team copy
                copy.write(text)  # ok: the COPY is labelled
            with cursor.copy("COPY orders_order (number) TO STDOUT") as copy:  # ok: reads
                return b"".join(copy)

    def raw(self):
        list(Order.objects.raw("UPDATE orders_order SET status = 'raw' WHERE id = 0 RETURNING id"))  # W: orders_order update
        list(Order.objects.raw("SELECT * FROM orders_order WHERE status = 'update'"))  # ok: reads
        list(Invoice.objects.raw("UPDATE billing_invoice SET status = 'raw' WHERE id = 0 RETURNING id"))  # ok: own table

    def other_connections(self):
        with connections["default"].cursor() as cursor:
            cursor.execute("DELETE FROM orders_coupon WHERE code = %(code)s", {"code": "x"})  # W: orders_coupon delete
        with connections[router.db_for_write(Order)].cursor() as cursor:
            cursor.execute("INSERT INTO orders_coupon (code, used) VALUES ('y', 0)")  # W: orders_coupon insert
        cursor = connection.cursor()
        cursor.execute("UPDATE orders_coupon SET used = 0")  # W: orders_coupon update
        cursor.close()

    def composed(self):
        from psycopg import sql

        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DELETE FROM {} WHERE id = 0").format(sql.Identifier("orders_note")))  # ok: a share of orders
            cursor.execute(sql.SQL("DELETE FROM {} WHERE id = 0").format(sql.Identifier("orders_cart")))  # W: orders_cart delete
            cursor.execute(b"DELETE FROM orders_cart WHERE id = 0")  # W: orders_cart delete

    def chosen(self, table):
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE id = 0")  # ?: the table is a parameter
            query = "DELETE FROM orders_order" if table else "DELETE FROM billing_refund"
            cursor.execute(query + " WHERE id = 0")  # W: orders_order delete

    def block(self):
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN UPDATE orders_order SET status = 'do' WHERE id = 0; END $$")  # W: orders_order update
            cursor.execute("SELECT pg_sleep(0), 'DO $$ BEGIN DELETE FROM orders_order'")  # ok: reads
            cursor.execute("LISTEN orders")  # ok: no row
            cursor.execute("SAVEPOINT orders_order")  # ok: no row
            cursor.execute("SET LOCAL statement_timeout = '10s'")  # ok: no row
            cursor.execute("LOCK TABLE orders_order IN SHARE MODE")  # ok: locks only


class Report(models.Manager):
    SQL = "INSERT INTO billing_payment (invoice_id, amount, state) SELECT id, 0, 'r' FROM billing_invoice"

    def run(self):
        sql = self.SQL + " WHERE status = 'none'"
        with connection.cursor() as cursor:
            cursor.execute(sql)  # ok: own table
            sql = sql.replace("billing_payment", "x")
        buffer = io.StringIO()
        buffer.write("UPDATE orders_order SET status = 'x'")  # ok: a text
        return buffer.getvalue()


def select_into():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 AS a INTO TEMP TABLE scratch")  # ok: a temporary table
        cursor.execute(
            "UPDATE scratch SET a = 2",
        )  # ok: a temporary table

from django.db import migrations

BACKFILL = [
    "UPDATE billing_payment SET state = 'new' WHERE state = ''",
    ("UPDATE billing_invoice SET status = %s WHERE status = ''", ["draft"]),
]


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_initial"), ("orders", "0001_initial"), ("shipping", "0001_initial")]

    operations = [
        migrations.RunSQL("CREATE SCHEMA ledger", "DROP SCHEMA ledger"),  # ok: no row
        migrations.RunSQL(
            "CREATE TABLE ledger.daily_totals (day date, total numeric)", "DROP TABLE ledger.daily_totals"
        ),  # ok: own table, declared
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),  # ok: own table
        migrations.RunSQL("UPDATE orders_order SET total = 0 WHERE total IS NULL", migrations.RunSQL.noop),  # W: orders_order update
        migrations.RunSQL(  # W: shipping_shipment update, shipping_parcel delete
            ["UPDATE shipping_shipment SET status = 'new' WHERE status = ''", "DELETE FROM shipping_parcel WHERE weight < 0"],
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]

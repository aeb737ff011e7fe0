from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("finance", "0002_legacy_ledger")]

    operations = [
        migrations.RunSQL(
            sql="""
                CREATE VIEW finance_account_balance AS
                SELECT account.id AS account_id,
                       coalesce(sum(booking.amount_minor), 0)::bigint AS balance_minor,
                       count(booking.id) AS bookings
                  FROM finance_account AS account
                  LEFT JOIN finance_transaction AS booking ON booking.account_id = account.id
                 GROUP BY account.id
            """,
            reverse_sql="DROP VIEW finance_account_balance",
        ),
    ]

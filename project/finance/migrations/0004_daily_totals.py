from django.db import migrations


class Migration(migrations.Migration):
    """A table for the reporting tools, which read the schema `reporting` and nothing else."""

    dependencies = [("finance", "0003_account_balance")]

    operations = [
        migrations.RunSQL(
            sql="CREATE SCHEMA reporting",
            reverse_sql="DROP SCHEMA reporting",
        ),
        migrations.RunSQL(
            sql="""
                CREATE TABLE reporting.finance_daily_totals (
                    day date NOT NULL,
                    currency varchar(3) NOT NULL,
                    total_minor bigint NOT NULL,
                    bookings integer NOT NULL,
                    PRIMARY KEY (day, currency)
                )
            """,
            reverse_sql="DROP TABLE reporting.finance_daily_totals",
        ),
    ]

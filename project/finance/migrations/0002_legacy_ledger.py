from django.db import migrations


class Migration(migrations.Migration):
    """The table the previous accounting system left behind, as it was exported."""

    dependencies = [("finance", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="""
                CREATE TABLE legacy_ledger (
                    entry_no bigint PRIMARY KEY,
                    account_code varchar(20) NOT NULL,
                    amount_minor bigint NOT NULL,
                    posted_on date NOT NULL,
                    text varchar(200) NOT NULL
                )
            """,
            reverse_sql="DROP TABLE legacy_ledger",
        ),
    ]

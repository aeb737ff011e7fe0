from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]

    operations = [
        migrations.RunSQL(  # ok: own tables
            """
            CREATE TABLE catalogue_price_archive (product_id bigint, price numeric);
            CREATE VIEW catalogue_product_summary AS
                SELECT product_id, count(*) AS images FROM catalogue_productimage GROUP BY product_id;
            """,
            "DROP VIEW catalogue_product_summary; DROP TABLE catalogue_price_archive;",
        ),
        migrations.RunSQL("UPDATE catalogue_product SET sold = 0 WHERE sold < 0", migrations.RunSQL.noop),  # ok: own table
    ]

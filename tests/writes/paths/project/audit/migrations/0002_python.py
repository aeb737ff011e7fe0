from django.db import migrations


def raise_amounts(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_entry SET amount = amount + 1")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(raise_amounts, migrations.RunPython.noop)]

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_python")]
    operations = [migrations.RunSQL("UPDATE ledger_entry SET amount = 0", "SELECT 1")]

# ruff: noqa: N999
from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def point_transactions_at_projects(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    Project = apps.get_model("dev", "Project")
    Transaction = apps.get_model("finance", "Transaction")
    rows = Transaction.objects.using(schema_editor.connection.alias)
    for project in Project.objects.using(schema_editor.connection.alias).all():
        rows.filter(account_id=project.budget_id).update(memo=f"project {project.slug}")


class Migration(migrations.Migration):
    """Wrong on purpose: dev alters finance's table and rewrites finance's rows.

    Finance would adopt the column in a migration of its own, or dev would keep the link in its
    own table: `dev.CostEntry.transaction` already does.
    """

    dependencies = [
        ("dev", "0002_usage_sample"),
        ("finance", "0004_daily_totals"),
    ]

    operations = [
        migrations.RunSQL(
            sql="ALTER TABLE finance_transaction ADD COLUMN dev_project_id bigint",
            reverse_sql="ALTER TABLE finance_transaction DROP COLUMN dev_project_id",
        ),
        migrations.RunPython(point_transactions_at_projects, migrations.RunPython.noop),
    ]

from django.db import migrations


def forwards(apps, schema_editor):
    Template = apps.get_model("notifications", "Template")
    db = schema_editor.connection.alias
    Template.objects.using(db).bulk_create([Template(slug=slug) for slug in ("welcome", "order")], ignore_conflicts=True)  # ok: own table
    User = apps.get_model("accounts", "User")
    User.objects.using(db).filter(phone=None).update(phone="")  # W: accounts_user update
    ContentType = apps.get_model("contenttypes", "ContentType")
    ContentType.objects.filter(app_label="gone").delete()  # ok: a table of the platform


def backwards(apps, schema_editor):
    apps.get_model("notifications", "Template").objects.all().delete()  # ok: own table


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [migrations.RunPython(forwards, backwards)]

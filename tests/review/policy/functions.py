"""Functions for RunPython; only their source is read."""


def loop(apps, schema_editor):
    for item in apps.get_model("shop", "Item").objects.all():
        item.note = "x"
        item.save()


def in_batches(apps, schema_editor):
    for item in apps.get_model("shop", "Item").objects.iterator(chunk_size=2000):
        str(item)


def live(apps, schema_editor):
    from project.finance.models import Account

    Account.objects.filter(code="x").update(name="y")


def composed(apps, schema_editor):
    state = "x"
    schema_editor.connection.cursor().execute(f"SELECT '{state}'")


def ddl(apps, schema_editor):
    schema_editor.connection.cursor().execute("ALTER TABLE shop_item ADD COLUMN y int")


def editor(apps, schema_editor):
    item = apps.get_model("shop", "Item")
    schema_editor.remove_field(item, item._meta.get_field("note"))


def update_all(apps, schema_editor):
    apps.get_model("shop", "Item").objects.update(note="x")


def update_some(apps, schema_editor):
    apps.get_model("shop", "Item").objects.filter(stock=0).update(note="x")


def delete_some(apps, schema_editor):
    apps.get_model("shop", "Item").objects.filter(stock=0).delete()


def make_one(apps, schema_editor):
    Item = apps.get_model("shop", "Item")
    item = Item.objects.create(price=1)
    item.delete()


def make_for_each(apps, schema_editor):
    Item = apps.get_model("shop", "Item")
    for kind in apps.get_model("shop", "Kind").objects.iterator():
        Item.objects.create(price=1, kind=kind)

from django.db import migrations


def upper(apps, schema_editor):
    Product = apps.get_model("catalogue", "Product")
    for product in Product.objects.all():
        product.sku = product.sku.upper()
        product.save(update_fields=["sku"])  # ok: own table
    Line = apps.get_model("orders", "OrderLine")
    Line.objects.filter(quantity=0).update(quantity=1)  # W: orders_orderline update
    schema_editor.execute("UPDATE catalogue_tag SET name = lower(name)")  # ok: own table
    schema_editor.execute("DELETE FROM orders_cartitem WHERE quantity = 0")  # W: orders_cartitem delete


def carts(apps, schema_editor):
    alias = schema_editor.connection.alias
    apps.get_model("orders", "Cart").objects.using(alias).filter(user=None).delete()  # W: orders_cart delete
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("UPDATE catalogue_brand SET name = trim(name)")  # ok: own table
        cursor.execute("UPDATE orders_coupon SET used = 0 WHERE used < 0")  # W: orders_coupon update


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_archive"), ("orders", "0001_initial")]

    operations = [
        migrations.RunPython(upper, migrations.RunPython.noop),
        migrations.RunPython(code=carts, reverse_code=lambda apps, schema_editor: None),  # ok: the functions are labelled
    ]

"""The interface of the catalogue."""

from django.db import connection
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from shop.catalogue.models import (
    Brand,
    Category,
    DigitalProduct,
    FeaturedProduct,
    PriceChange,
    Product,
    ProductImage,
    StockLevel,
    Tag,
)
from shop.orders.models import OrderLine


def create_product(sku, name, **extra):
    product, created = Product.objects.update_or_create(sku=sku, defaults={"name": name, **extra})  # ok: own table
    if created:
        StockLevel.stock.get_or_create(product=product)  # ok: own table
    return product


def add_download(sku, url):
    digital = DigitalProduct(sku=sku, name=sku, download_url=url)
    digital.save()  # ok: own tables, child and parent
    return digital


def feature(product_id):
    featured = FeaturedProduct.objects.get(pk=product_id)
    featured.is_active = True
    featured.save()  # ok: own table through a proxy
    FeaturedProduct.objects.filter(pk=product_id).update(sold=F("sold") + 1)  # ok: own table through a proxy


def retag(product, names):
    tags = [Tag.objects.get_or_create(name=name)[0] for name in names]  # ok: own table
    product.tags.set(tags)  # ok: own table
    product.categories.add(*Category.objects.filter(name="all"))  # ok: own table
    product.categories.clear()  # ok: own table
    for tag in tags:
        tag.product_set.remove(product)  # ok: own table
    return tags


def reorder_images(product, ids):
    product.set_productimage_order(ids)  # ok: own table
    product.images.create(path="x.png")  # ok: own table
    product.images.filter(path="x.png").delete()  # ok: own table


def import_prices(rows):
    changes = []
    for product in Product.objects.filter(sku__in=rows):
        changes.append(PriceChange(product=product, old=product.price, new=rows[product.sku]))
        product.price = rows[product.sku]
    PriceChange.objects.bulk_create(changes, ignore_conflicts=True)  # ok: own table
    Product.objects.bulk_update([change.product for change in changes], ["price"])  # ok: own table


def recount():
    sold = OrderLine.objects.filter(product=OuterRef("pk"))
    Product.objects.filter(Exists(sold)).update(sold=F("sold") + 1)  # ok: own table, reads another
    Product.objects.update(is_active=Case(When(Q(sold=0), then=Value(False)), default=Value(True)))  # ok: own table
    OrderLine.objects.filter(product__sold=0).update(quantity=1)  # W: orders_orderline update


def archive_prices():
    with connection.cursor() as cursor:
        cursor.execute(  # ok: own tables
            """
            WITH moved AS (DELETE FROM catalogue_pricechange RETURNING product_id, old)
            INSERT INTO catalogue_price_archive (product_id, price) SELECT product_id, old FROM moved
            """
        )
        cursor.execute(  # W: orders_orderline update
            """
            WITH current AS (SELECT id, price FROM catalogue_product)
            UPDATE orders_orderline SET unit_price = current.price
            FROM current WHERE current.id = orders_orderline.product_id AND orders_orderline.unit_price = 0
            """
        )


def rename_brand(brand: Brand, name: str):
    brand.name = name
    brand.save()  # ok: own table
    brand.product_set.update(is_dirty=True)  # ok: own table
    brand.product_set.add(*Product.objects.filter(brand=None))  # ok: own table


def image_paths():
    return ProductImage.objects.values_list("path", flat=True)  # ok: reads

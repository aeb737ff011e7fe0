from django.db import models

from shop.catalogue.managers import ProductManager, StockManager
from shop.lib.models import Ranked, TimeStamped


class Brand(models.Model):
    name = models.CharField(max_length=80, unique=True)


class Category(Ranked, models.Model):
    name = models.CharField(max_length=80)
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")


class Tag(models.Model):
    name = models.SlugField(unique=True)


class Product(TimeStamped):
    sku = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    brand = models.ForeignKey(Brand, models.PROTECT, null=True, blank=True)
    categories = models.ManyToManyField(Category, related_name="products", blank=True)
    tags = models.ManyToManyField(Tag, blank=True)
    price = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    sold = models.IntegerField(default=0)
    is_active = models.BooleanField(default=True)
    is_dirty = models.BooleanField(default=False)

    objects = ProductManager()

    def save(self, *args, **kwargs):
        self.sku = self.sku.upper()
        super().save(*args, **kwargs)  # ok: transparent, whoever calls save() writes

    def delete(self, *args, **kwargs):
        if self.sold > 1000:
            raise ValueError("sold products stay")
        return super().delete(*args, **kwargs)  # ok: transparent, whoever calls delete() writes

    def deactivate(self):
        self.is_active = False
        self.save(update_fields=["is_active"])  # ok: own table

    def reprice(self, price):
        PriceChange.objects.create(product=self, old=self.price, new=price)  # ok: own table
        self.price = price
        self.save()  # ok: own table


class FeaturedProduct(Product):
    class Meta:
        proxy = True


class DigitalProduct(Product):
    download_url = models.URLField(blank=True)


class ProductImage(models.Model):
    product = models.ForeignKey(Product, models.CASCADE, related_name="images")
    path = models.CharField(max_length=200)

    class Meta:
        order_with_respect_to = "product"


class PriceChange(models.Model):
    product = models.ForeignKey(Product, models.CASCADE, related_name="price_changes")
    old = models.DecimalField(max_digits=10, decimal_places=2)
    new = models.DecimalField(max_digits=10, decimal_places=2)


class StockLevel(models.Model):
    product = models.OneToOneField(Product, models.CASCADE, related_name="stock_level")
    quantity = models.IntegerField(default=0)

    stock = StockManager()

    class Meta:
        db_table = "catalogue_stock"
        default_manager_name = "stock"


class ProductSummary(models.Model):
    """A view, for reports."""

    product = models.OneToOneField(Product, models.DO_NOTHING, primary_key=True, related_name="+")
    images = models.IntegerField()

    class Meta:
        managed = False
        db_table = "catalogue_product_summary"

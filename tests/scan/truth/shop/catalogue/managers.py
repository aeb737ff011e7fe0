from django.db import models, transaction


class ProductQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def update(self, **values):
        values.setdefault("is_dirty", True)
        return super().update(**values)  # ok: transparent, whoever calls update() writes

    def discontinue(self):
        return self.update(is_active=False)  # ok: own table


class ProductManager(models.Manager.from_queryset(ProductQuerySet)):
    def create_from_feed(self, row):
        brand, _ = self.model.brand.field.related_model.objects.get_or_create(name=row["brand"])  # ok: own table
        return self.create(sku=row["sku"], name=row["name"], brand=brand)  # ok: own table


class StockManager(models.Manager):
    """``update`` is the service by which others book stock; it is no ``QuerySet.update``."""

    def update(self, product, quantity):
        with transaction.atomic():
            level, _ = self.get_or_create(product=product)  # ok: own table
            level.quantity = quantity
            level.save(update_fields=["quantity"])  # ok: own table
        return level

    def add(self, product, quantity):
        return self.filter(product=product).update(quantity=models.F("quantity") + quantity)  # ok: own table

from django.db.models.signals import post_migrate, post_save, pre_delete
from django.dispatch import receiver

from shop.catalogue.models import Brand, Product, StockLevel
from shop.orders.models import CartItem, OrderLine


@receiver(post_save, sender="catalogue.Product", dispatch_uid="stock")
def make_stock(sender, instance, created, raw=False, **kwargs):
    if created and not raw:
        StockLevel.stock.get_or_create(product=instance)  # ok: own table
        instance.brand = instance.brand or Brand.objects.create(name=f"brand {instance.pk}")  # ok: own table
        Product.objects.filter(pk=instance.pk).update(brand=instance.brand)  # ok: own table


@receiver(post_save, sender=OrderLine)
def book(sender, instance, **kwargs):
    level = StockLevel.stock.filter(product=instance.product).first()
    if level:
        level.quantity -= instance.quantity
        level.save()  # ok: own table
    instance.unit_price = instance.product.price
    sender.objects.filter(pk=instance.pk).update(unit_price=instance.unit_price)  # W: orders_orderline update


@receiver(pre_delete, sender=Product)
def drop(sender, instance, **kwargs):
    CartItem.objects.filter(product=instance).delete()  # W: orders_cartitem delete
    instance.orderline_set.all().delete()  # W: orders_orderline delete
    instance.images.all().delete()  # ok: own table


@receiver(post_migrate)
def defaults(sender, **kwargs):
    if sender.name == "shop.catalogue":
        Brand.objects.get_or_create(name="none")  # ok: own table

from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django.dispatch import Signal, receiver

from shop.accounts.models import Customer
from shop.billing.models import Invoice, Payment
from shop.catalogue.models import Product, StockLevel
from shop.orders.models import Cart, Note, Order, OrderLine

order_placed = Signal()


@receiver(post_save, sender=OrderLine)
def count_sold(sender, instance, created, **kwargs):
    if created:
        instance.product.sold += instance.quantity
        instance.product.save(update_fields=["sold"])  # W: catalogue_product save


@receiver(post_save, sender=Payment)
def mark_paid(sender, instance, **kwargs):
    order = instance.invoice.order
    Order.objects.filter(pk=order.pk).update(status="paid")  # ok: own table
    instance.invoice.status = "paid"
    instance.invoice.save()  # W: billing_invoice save


@receiver(pre_save, sender=Product)
def keep_price(sender, instance, **kwargs):
    if instance.pk is None:
        return
    OrderLine.objects.filter(product=instance, unit_price=0).update(unit_price=instance.price)  # ok: own table
    instance.is_dirty = True  # ok: assigns only


@receiver(post_delete, sender=Invoice)
def reopen(sender, instance, **kwargs):
    instance.order.close()  # ok: own table


@receiver(user_logged_in)
def new_cart(sender, user, request, **kwargs):
    Cart.objects.get_or_create(user=user)  # ok: own table
    Customer.objects.get_or_create(user=user)  # W: accounts_customer insert


def on_watchers(sender, instance, action, pk_set, **kwargs):
    if action == "post_add" and isinstance(instance, Order):
        instance.customer.preferences["watched"] = True
        instance.customer.save(update_fields=["preferences"])  # W: accounts_customer save


m2m_changed.connect(on_watchers, sender=Order.watchers.through)  # ok: connects only
post_save.connect(
    lambda instance, **kw: StockLevel.stock.filter(product=instance).update(quantity=1), sender=Product, weak=False, dispatch_uid="s"
)  # ok: a share of the catalogue


class NoteReceiver:
    def __call__(self, sender, instance, **kwargs):
        Note.objects.filter(object_id=instance.pk).delete()  # ok: own table
        instance.address_set.all().delete()  # W: accounts_address delete


note_receiver = NoteReceiver()
post_delete.connect(note_receiver, sender=Customer)


def announce(order):
    order_placed.send(sender=Order, order=order)  # ok: sends only

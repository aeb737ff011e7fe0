import secrets

from django.contrib.auth import get_user_model
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from shop.accounts.models import ApiToken, Customer
from shop.catalogue.models import Tag
from shop.notifications.models import Notification, Subscription
from shop.notifications.services import notify
from shop.orders.models import Order


@receiver(post_save, sender=Order)
def tell(sender, instance, created, **kwargs):
    if created:
        notify(instance.customer.user, "order", instance)  # ok: own service
        Notification.objects.create(user=instance.customer.user, kind="thanks")  # ok: own table
        Tag.objects.get_or_create(name="ordered")  # W: catalogue_tag insert


@receiver(post_save, sender=get_user_model())
def greet(sender, instance, created, **kwargs):
    if created:
        instance.notifications.create(kind="hello")  # ok: own table
        if not Customer.objects.filter(user=instance).exists():
            Customer.objects.create(user=instance)  # W: accounts_customer insert
        Customer.objects.add(instance)  # ok: owner's service named add
        ApiToken.objects.create(user=instance, key=secrets.token_hex(8))  # W: auth_tokens insert


@receiver(post_delete, sender=Customer)
def forget(sender, instance, **kwargs):
    Subscription.objects.filter(user=instance.user).delete()  # ok: own table
    instance.user.delete()  # W: accounts_user delete

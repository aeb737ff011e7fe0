"""The tables that shop writes wrongly, on every path there is."""

import django
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models


class Tag(models.Model):
    name = models.CharField(max_length=20)


class Note(models.Model):
    text = models.CharField(max_length=20)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.BigIntegerField()
    about = GenericForeignKey()


class Account(models.Model):
    name = models.CharField(max_length=20, unique=True)
    tags = models.ManyToManyField(Tag, related_name="accounts")
    members = models.ManyToManyField(Tag, through="Membership", related_name="memberships")
    notes = GenericRelation(Note)


class Membership(models.Model):
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE)


class Entry(models.Model):
    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="entries"
    )
    amount = models.IntegerField(default=0)


class Credit(Entry):
    class Meta:
        proxy = True


class Step(models.Model):
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="steps")

    class Meta:
        order_with_respect_to = "account"


class Document(models.Model):
    number = models.CharField(max_length=20)


class Invoice(Document):
    total = models.IntegerField(default=0)


class Watch(models.Model):
    """Goes with an order of shop."""

    order = models.ForeignKey("shop.Order", on_delete=models.CASCADE, related_name="watches")


class Link(models.Model):
    """Loses its order."""

    order = models.ForeignKey(
        "shop.Order", null=True, on_delete=models.SET_NULL, related_name="links"
    )
    fallback = models.ForeignKey(
        "shop.Order", default=1, on_delete=models.SET_DEFAULT, related_name="fallbacks"
    )


if django.VERSION >= (6, 1):

    class StoredWatch(models.Model):
        """Goes with an order, and PostgreSQL sees to it."""

        order = models.ForeignKey("shop.Parcel", on_delete=models.DB_CASCADE)

    class StoredLink(models.Model):
        order = models.ForeignKey("shop.Parcel", null=True, on_delete=models.DB_SET_NULL)

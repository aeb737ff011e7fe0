"""The rows that each path starts from."""

import django
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import connection

EMPTY = """
    TRUNCATE ledger_tag, ledger_account, ledger_account_tags, ledger_membership, ledger_entry,
        ledger_step, ledger_note, ledger_document, ledger_invoice, ledger_watch, ledger_link,
        shop_order, shop_parcel RESTART IDENTITY CASCADE;
    DROP TABLE IF EXISTS ledger_copy;
    ALTER TABLE ledger_entry DROP COLUMN IF EXISTS extra;
    CREATE TABLE IF NOT EXISTS cached (
        cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
    DELETE FROM django_migrations WHERE app = 'audit' AND name <> '0001_initial';
"""


def fill():
    from ledger.models import (
        Account,
        Entry,
        Invoice,
        Link,
        Membership,
        Note,
        Step,
        Tag,
        Watch,
    )
    from shop.models import Order, Parcel

    with connection.cursor() as cursor:
        cursor.execute(EMPTY)
    ContentType.objects.clear_cache()
    users = get_user_model().objects
    if not users.filter(username="root").exists():
        users.create_superuser("root", "root@example.com", "root")
    red, blue = (Tag.objects.create(name=name) for name in ("red", "blue"))
    first, _ = (Account.objects.create(name=name) for name in ("first", "second"))
    first.tags.add(blue)
    Membership.objects.create(account=first, tag=red)
    for amount in (1, 2):
        Entry.objects.create(account=first, amount=amount)
        Step.objects.create(account=first)
    Invoice.objects.create(number="1", total=1)
    default, watched, linked, fallback, noted = (
        Order.objects.create(name=name)
        for name in ("default", "watched", "linked", "fallback", "noted")
    )
    Watch.objects.create(order=watched)
    Link.objects.create(order=linked, fallback=default)
    Link.objects.create(order=None, fallback=fallback)
    Note.objects.create(text="x", about=noted)
    for name in ("watched", "linked"):
        Parcel.objects.create(name=name)
    if django.VERSION >= (6, 1):
        from ledger.models import StoredLink, StoredWatch

        StoredWatch.objects.create(order=Parcel.objects.get(name="watched"))
        StoredLink.objects.create(order=Parcel.objects.get(name="linked"))

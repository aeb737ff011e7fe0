"""Paths through the ORM; each function writes tables of ledger once."""

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import F
from ledger.models import (
    Account,
    Credit,
    Entry,
    Invoice,
    Membership,
    Note,
    Step,
    Tag,
)

from shop.models import EntryRow, Order, Parcel


def save_insert():
    Entry(amount=5).save()


def save_update():
    entry = Entry.objects.all()[0]
    entry.amount = 6
    entry.save()


def create():
    Entry.objects.create(amount=5)


def get_or_create():
    Tag.objects.get_or_create(name="new")


def update_or_create():
    Tag.objects.update_or_create(name="blue", defaults={"name": "navy"})


def save_base_raw():
    Entry(amount=5).save_base(raw=True)


def bulk_create():
    Entry.objects.bulk_create([Entry(amount=1), Entry(amount=2)])


def bulk_create_ignoring_conflicts():
    Account.objects.bulk_create([Account(name="first")], ignore_conflicts=True)


def bulk_create_updating_conflicts():
    Account.objects.bulk_create(
        [Account(name="first")],
        update_conflicts=True,
        update_fields=["name"],
        unique_fields=["name"],
    )


def bulk_update():
    rows = list(Entry.objects.all())
    for row in rows:
        row.amount = 9
    Entry.objects.bulk_update(rows, ["amount"])


def queryset_update():
    Entry.objects.update(amount=3)


def update_with_expression():
    Entry.objects.filter(amount__gte=0).update(amount=F("amount") + 1)


def delete_instance():
    Entry.objects.all()[0].delete()


def delete_queryset():
    Entry.objects.filter(amount=1).delete()


def cascade_in_python():
    Order.objects.get(name="watched").delete()


def set_null_in_python():
    Order.objects.get(name="linked").delete()


def set_default_in_python():
    Order.objects.get(name="fallback").delete()


def fast_delete():
    Membership.objects.all().delete()


def raw_delete():
    Entry.objects.all()._raw_delete("default")


def cascade_in_database():
    Parcel.objects.get(name="watched").delete()


def set_null_in_database():
    Parcel.objects.get(name="linked").delete()


def m2m_add():
    Account.objects.get(name="second").tags.add(Tag.objects.all()[0])


def m2m_set():
    Account.objects.get(name="first").tags.set([])


def m2m_remove():
    account = Account.objects.get(name="first")
    account.tags.remove(account.tags.all()[0])


def m2m_clear():
    Account.objects.get(name="first").tags.clear()


def m2m_create():
    Account.objects.get(name="first").tags.create(name="created")


def m2m_add_reverse():
    Tag.objects.all()[0].accounts.add(Account.objects.get(name="second"))


def m2m_clear_reverse():
    Tag.objects.get(name="blue").accounts.clear()


def m2m_explicit_through():
    Account.objects.get(name="second").members.add(Tag.objects.all()[0])


def reverse_fk_create():
    Account.objects.get(name="first").entries.create(amount=4)


def reverse_fk_add():
    Account.objects.get(name="second").entries.add(Entry.objects.all()[0])


def reverse_fk_set():
    Account.objects.get(name="first").entries.set([])


def reverse_fk_clear():
    Account.objects.get(name="first").entries.clear()


def reverse_fk_remove():
    account = Account.objects.get(name="first")
    account.entries.remove(account.entries.all()[0])


def set_order():
    account = Account.objects.get(name="first")
    account.set_step_order(list(account.get_step_order())[::-1])


def order_on_insert():
    Step.objects.create(account=Account.objects.get(name="first"))


def child_insert():
    Invoice.objects.create(number="2", total=1)


def child_update():
    Invoice.objects.update(number="3", total=2)


def child_delete():
    Invoice.objects.all()[0].delete()


def through_proxy():
    Credit.objects.create(amount=7)


def through_second_model():
    EntryRow.objects.update(amount=7)


def generic_relation_create():
    Account.objects.get(name="first").notes.create(text="hi")


def generic_relation_cascade():
    Order.objects.get(name="noted").delete()


def generic_foreign_key():
    Note.objects.create(text="hi", about=Order.objects.all()[0])


def content_type_made_lazily():
    kind = ContentType.objects.get(app_label="shop", model="parcel")
    Permission.objects.filter(content_type=kind.pk)._raw_delete("default")
    ContentType.objects.filter(pk=kind.pk)._raw_delete("default")
    ContentType.objects.clear_cache()
    ContentType.objects.get_for_model(Parcel)


def raw_write():
    list(Entry.objects.raw("UPDATE ledger_entry SET amount = 8 RETURNING id, amount, account_id"))


def lazy_queryset_elsewhere():
    """Executed here, whoever built it."""
    list(pending())


def pending():
    return Entry.objects.raw("DELETE FROM ledger_entry RETURNING id, amount, account_id")


def on_commit():
    with transaction.atomic():
        transaction.on_commit(lambda: Entry.objects.create(amount=1))


def signal_receiver():
    models.signals.post_save.connect(_book, sender=Order, weak=False, dispatch_uid="paths")
    try:
        Order.objects.create(name="signals")
    finally:
        models.signals.post_save.disconnect(sender=Order, dispatch_uid="paths")


def _book(**_):
    Entry.objects.create(amount=1)

"""The interface of notifications."""

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType

from shop.notifications.models import Notification, OutboxMessage, Subscription, Template


def notify(user, kind, about=None):
    notification = Notification(user=user, kind=kind)
    if about is not None:
        notification.about = about
    notification.save()  # ok: own table
    OutboxMessage.objects.create(topic=kind, payload={"user": user.pk})  # ok: own table
    return notification


def read_all(user):
    user.notifications.filter(is_read=False).update(is_read=True)  # ok: own table, reached from a foreign one
    for note in user.notifications.all():
        note.mark_read()  # ok: own table
    user.notifications.all().delete()  # ok: own table
    user.last_name = "read"
    user.save(update_fields=["last_name"])  # W: accounts_user save


def subscribe(user_id, topic):
    User = get_user_model()
    user = User.objects.get(pk=user_id)
    Subscription.objects.get_or_create(user=user, topic=topic)  # ok: own table
    user.subscription_set.create(topic="all")  # ok: own table
    user.customer.preferences = {"topic": topic}
    user.customer.save()  # W: accounts_customer save
    user.customer.soft = True
    user.customer.delete()  # ok: the soft delete of the owner's model
    user.customer.restore()  # ok: owner's method from the shared library
    return user


def about(notification):
    notification.about.touch()  # ?: a generic foreign key
    ContentType.objects.clear_cache()  # ok: no row
    ContentType.objects.get_or_create(app_label="x", model="y")  # ok: a table of the platform


def seed():
    Template.objects.bulk_create([Template(slug="a"), Template(slug="b")], ignore_conflicts=True)  # ok: own table
    Template.objects.bulk_create(
        [Template(slug="a")], update_conflicts=True, unique_fields=["slug"], update_fields=["body"]
    )  # ok: own table

"""A scheduler of nobody."""

from shop.lib.tasks import task
from shop.notifications.models import Notification, OutboxMessage
from shop.notifications.services import notify

JOBS = []


def job(function):
    JOBS.append(function)  # ok: a list
    return function


@job
def forget_read():
    Notification.objects.filter(is_read=True).delete()  # W: notifications_notification delete unknown-actor


@task
@job
def send():
    for message in OutboxMessage.objects.filter(sent_at=None):
        message.sent_at = message.pk and None
        message.save()  # W: notifications_outboxmessage save unknown-actor


def remind(user):
    notify(user, "reminder")  # ok: owner's service
    config = {}
    config.update(user=user.pk)  # ok: dict.update
    return config

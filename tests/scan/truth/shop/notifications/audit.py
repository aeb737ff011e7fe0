"""A decorator for others: what it writes is ours."""

import functools

from shop.notifications.models import OutboxMessage


def audited(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        OutboxMessage.objects.create(topic="audit", payload={"name": function.__name__})  # ok: own table
        return function(*args, **kwargs)

    return wrapper

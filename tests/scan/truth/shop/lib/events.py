"""A bus inside the process. Handlers run in whoever registered them."""

from collections import defaultdict

_handlers = defaultdict(list)


def on(event):
    def decorate(function):
        _handlers[event].append(function)  # ok: a list
        return function

    return decorate


def publish(event, **payload):
    return [handler(**payload) for handler in _handlers[event]]


class Outbox:
    """Looks like a manager and is none."""

    def __init__(self):
        self.rows = []

    def create(self, **row):
        self.rows.append(row)
        return row

    def update(self, **values):
        for row in self.rows:
            row.update(values)  # ok: dict.update

    def delete(self):
        self.rows.clear()


outbox = Outbox()


def flush():
    outbox.create(kind="flush")  # ok: no model
    outbox.update(kind="flushed")  # ok: no model
    outbox.delete()  # ok: no model

"""A queue as small as can be: ``@task`` gives a function ``delay`` and ``apply_async``."""

import functools
import threading

REGISTRY = {}


class Task:
    def __init__(self, function, name, queue):
        functools.update_wrapper(self, function)
        self.function, self.name, self.queue = function, name, queue

    def __call__(self, *args, **kwargs):
        return self.function(*args, **kwargs)

    def delay(self, *args, **kwargs):
        return self.function(*args, **kwargs)

    def apply_async(self, args=(), kwargs=None, countdown=0):
        thread = threading.Timer(countdown, self.function, args, kwargs)
        thread.start()
        return thread

    def s(self, *args, **kwargs):
        return functools.partial(self.function, *args, **kwargs)


def task(function=None, *, name="", queue="default"):
    def decorate(function):
        REGISTRY[name or f"{function.__module__}.{function.__qualname__}"] = made = Task(function, name, queue)
        return made

    return decorate(function) if function else decorate

"""Bring what was seen into the database, in the background.

One daemon thread per process, started by the first violation. It gathers for some seconds, sends
one batch, closes its connection and sleeps until there is more. What can't be sent is kept.
"""

from __future__ import annotations

import atexit
import importlib
import logging
import os
import sys
from threading import Event, Lock, Thread

from governance import conf
from governance.writes.tally import Tally

logger = logging.getLogger("governance.writes")

INTERVAL = 3.0
"""Seconds for which violations are gathered. A process that is killed loses no more."""
LONGEST_INTERVAL = 60.0
"""The same while the database can't be reached."""
PATIENCE = 2.0
"""Seconds for which an ending process waits for the last batch."""


class _State:
    """The thread of this process, and how it is spoken to."""

    __slots__ = ("ending", "failures", "hurry", "lock", "more", "reason", "thread")

    def __init__(self) -> None:
        self.lock = Lock()
        self.thread: Thread | None = None
        self.more = Event()
        """There is something to send."""
        self.hurry = Event()
        """Don't gather any longer."""
        self.ending = False
        self.failures = 0
        self.reason = ""
        """Why the last batch was refused; empty also while our table does not exist yet."""


_state = _State()


def is_on() -> bool:
    """Tell whether violations are to be stored: not while Django's tests run."""
    return conf.settings().OBSERVE and not _is_testing()


def wake(tally: Tally) -> None:
    """Say that there is something to send; the first time starts the thread."""
    if _state.more.is_set():
        return
    if _state.thread is None:
        _start(tally)
    _state.more.set()


def finish(patience: float | None = None) -> None:
    """Send what is left and end the thread; waits no longer than ``PATIENCE`` seconds."""
    state = _state
    if state.thread is None or not state.thread.is_alive():
        return
    state.ending = True
    state.hurry.set()
    state.more.set()
    state.thread.join(PATIENCE if patience is None else patience)


def _start(tally: Tally) -> None:
    with _state.lock:
        if _state.thread is not None:
            return
        importlib.import_module("governance.writes.storing")  # needs models, so not before
        thread = Thread(target=_work, args=(tally, _state), name="governance", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the interpreter is ending, or there may be no more threads
            return
        _state.thread = thread
        _at_exit()


def _at_exit() -> None:
    """Processes of multiprocessing and of Celery end without atexit."""
    atexit.unregister(finish)
    atexit.register(finish)
    for name in ("multiprocessing.util", "billiard.util"):
        finalize = getattr(sys.modules.get(name), "Finalize", None)
        if finalize is not None:
            finalize(None, finish, exitpriority=10)


def _work(tally: Tally, state: _State) -> None:
    from governance.writes.storing import close

    while not state.ending:
        state.more.wait()
        state.hurry.wait(min(INTERVAL * 2**state.failures, LONGEST_INTERVAL))
        state.more.clear()
        _send(tally, state)
        if not state.more.is_set() or state.failures:
            close()
        if state.failures:
            state.more.set()
    if tally.waiting:  # added while the batch before was under way
        _send(tally, state)
    close()
    if tally.waiting and state.reason:
        logger.warning("%d violations are not counted: %s", tally.waiting, state.reason)


def _send(tally: Tally, state: _State) -> None:
    """Whatever goes wrong is of no concern to the program, and nothing is lost by it."""
    from governance.writes.storing import is_ready, store

    sightings, lost = tally.take()
    try:
        if is_ready():
            store(sightings, lost)
            state.failures, state.reason = 0, ""
            return
    except Exception as error:
        state.reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        if not state.failures:
            logger.warning("Violations can't be counted in the database yet: %s", state.reason)
    state.failures = min(state.failures + 1, 10)
    tally.give_back(sightings, lost)


def _is_testing() -> bool:
    """Tell whether Django's test environment is set up; its databases are dropped in the end."""
    module = sys.modules.get("django.test.utils")
    return module is not None and hasattr(module._TestState, "saved_data")


def _begin_in_child() -> None:
    global _state  # noqa: PLW0603 - the parent's thread and events mean nothing here
    _state = _State()


os.register_at_fork(after_in_child=_begin_in_child)

"""One operation in phases: what is done is not done again, whoever goes on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import transaction

from governance.idempotency.leases import Lease

_STARTED, _DONE = "started", "done"


class NotDone(Exception):
    """Raise it in a foreign call that surely had no effect; then it may be made again."""


class OutcomeUnknown(Exception):
    """A foreign call ended so that nobody knows whether it had an effect."""


class Operation:
    """What a staged view is given beside the request."""

    def __init__(self, lease: Lease, results: dict[str, Any]) -> None:
        self._lease = lease
        self._results = results
        self._asked: set[str] = set()

    def phase(self, name: str, work: Callable[[], Any]) -> Any:
        """Do work in the database once, and return what it returned, now or at an earlier try.

        Its writes and the fact that they are done are one transaction. What it returns has to be
        JSON.
        """
        if self._is_done(self._own(name)):
            return self._results[name]["value"]
        with transaction.atomic(using=self._lease.alias, durable=True):
            self._lease.hold()
            value = work()
            results = {**self._results, name: {"state": _DONE, "value": value}}
            self._lease.renew(name, results)
        self._results = results
        return value

    def foreign(self, name: str, call: Callable[[str], Any], *, repeatable: bool = False) -> Any:
        """Call another system, outside any transaction, and return what it answered, as JSON.

        ``call`` is given a key for that system, the same at each try. Declare it ``repeatable``
        if the other system honours that key. If not, and it is cut short, the outcome is unknown
        and somebody has to look; it is never made again by itself. Exactly once can't be had
        across two systems.
        """
        if self._is_done(self._own(name)):
            return self._results[name]["value"]
        self._note(name, {"state": _STARTED, "repeatable": repeatable})
        try:
            with self._lease.beating():
                value = call(self.key_for(name))
        except NotDone:
            self._note(name, None)
            raise
        except Exception as error:
            if repeatable:
                raise
            raise OutcomeUnknown(name) from error
        self._note(name, {"state": _DONE, "value": value})
        return value

    def result(self, name: str) -> Any:
        """Return what a phase or call returned that is done; raises ``LookupError`` otherwise."""
        if not self._is_done(name):
            raise LookupError(f"The phase {name!r} is not done.")
        return self._results[name]["value"]

    def key_for(self, name: str) -> str:
        """Return the key for another system: from our row, never the client's own."""
        return hashlib.sha256(f"{self._lease.id}/{name}".encode()).hexdigest()[:32]

    def _own(self, name: str) -> str:
        if name in self._asked:
            raise ValueError(
                f"Two phases are named {name!r}, and the second would be taken for done. Give each "
                "a name of its own, the same at each try."
            )
        self._asked.add(name)
        return name

    def _is_done(self, name: str) -> bool:
        known = self._results.get(name)
        return bool(known and known["state"] == _DONE)

    def _note(self, name: str, state: dict[str, Any] | None) -> None:
        results = {key: value for key, value in self._results.items() if key != name}
        if state is not None:
            results[name] = state
        self._lease.renew(name, results)
        self._results = results


def cut_short(results: dict[str, Any]) -> bool:
    """Tell whether a call that must not be repeated was begun and not ended."""
    return any(state["state"] == _STARTED and not state["repeatable"] for state in results.values())


def without_cut_short(results: dict[str, Any]) -> dict[str, Any]:
    """Return the results as if the call that was cut short had never been made."""
    return {name: state for name, state in results.items() if state["state"] != _STARTED}

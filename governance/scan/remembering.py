"""Answers are kept: each question is asked once in a process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from governance.scan.callers import Callers
from governance.scan.engine import Engine
from governance.scan.lifting import Lifting
from governance.scan.members import Members
from governance.scan.values import (
    UNKNOWN,
    Values,
)

MOST_ACTIVE = 360
"""So deep a chain of questions is not followed any further."""


class Remembering(Engine):
    """Keeps answers, and breaks off where a question leads back to itself."""

    callers: Callers
    lifting: Lifting
    members: Members

    def __init__(self) -> None:
        self._memo: dict[Any, Values] = {}
        self._active: set[Any] = set()

    def _once(self, key: Any, ask: Callable[[], Values]) -> Values:
        known = self._memo.get(key)
        if known is not None:
            return known
        if key in self._active or len(self._active) > MOST_ACTIVE:
            return UNKNOWN
        self._active.add(key)
        try:
            found = ask()
        finally:
            self._active.discard(key)
        self._memo[key] = found
        return found

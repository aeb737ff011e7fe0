"""What becomes of the values when a column gets another type."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

_TYPE = re.compile(
    r"(?P<name>[a-z ]+?)(?:\((?P<size>[\d,\s-]+)\))?(?P<zone> with(?:out)? time zone)?"
)
_INTEGERS = {"smallint": (4, 5), "integer": (9, 10), "bigint": (18, 19)}
"""Type → digits that always fit, and digits that its greatest number has."""
_TEXTS = frozenset({"text", "character varying", "character"})
_FLOATS = {"real": 6, "double precision": 15}
_MOMENTS = frozenset({"timestamp with time zone", "timestamp without time zone"})
_FINEST = 6
"""Decimals of a second that PostgreSQL keeps."""


class Fate(Enum):
    """What happens to values that the new type can't hold as they are."""

    KEPT = "kept"
    """There are none."""
    REFUSED = "refused"
    """The statement fails on them, and so does a writer of the old release."""
    CHANGED = "changed"
    """They are rounded or cut off, and nobody is told."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlType:
    """A type as ``format_type`` prints it, taken apart."""

    name: str
    sizes: tuple[int, ...] = ()

    @classmethod
    def of(cls, text: str) -> SqlType:
        match = _TYPE.fullmatch(text.strip())
        if match is None:
            return cls(name=text.strip())
        sizes = tuple(int(size) for size in (match["size"] or "").split(",") if size.strip())
        return cls(name=match["name"] + (match["zone"] or ""), sizes=sizes)

    @property
    def length(self) -> float:
        """Longest text; infinite where there is no limit."""
        return self.sizes[0] if self.sizes else float("inf")

    @property
    def room(self) -> float:
        """Digits before the point that always fit."""
        if self.name in _INTEGERS:
            return _INTEGERS[self.name][0]
        return self.sizes[0] - self.scale if self.sizes else float("inf")

    @property
    def reach(self) -> float:
        """Digits before the point of its greatest number."""
        return _INTEGERS[self.name][1] if self.name in _INTEGERS else self.room

    @property
    def scale(self) -> float:
        """Digits behind the point."""
        if self.name in _INTEGERS:
            return 0
        if len(self.sizes) > 1:
            return self.sizes[1]
        return 0 if self.sizes else float("inf")


def fate(old: str, new: str, *, using: bool = False) -> Fate:
    """Return what happens to values; ``using`` tells whether a cast is written out.

    A cast that is written out cuts a text to its new length; without one a longer text is an
    error.
    """
    before, after = SqlType.of(old), SqlType.of(new)
    if not old or before == after:
        return Fate.KEPT if old else Fate.UNKNOWN
    if before.name in _TEXTS and after.name in _TEXTS:
        if after.length >= before.length:
            return Fate.KEPT
        return Fate.CHANGED if using else Fate.REFUSED
    if _is_number(before) and _is_number(after):
        return _fate_of_numbers(before, after)
    if before.name in _MOMENTS:
        return _fate_of_moments(before, after)
    return Fate.KEPT if after.name == "text" else Fate.UNKNOWN


def _is_number(kind: SqlType) -> bool:
    return kind.name in _INTEGERS or kind.name in _FLOATS or kind.name == "numeric"


def _fate_of_numbers(before: SqlType, after: SqlType) -> Fate:
    if after.name in _FLOATS:
        return Fate.KEPT if _digits(before) <= _FLOATS[after.name] else Fate.CHANGED
    if after.room < before.reach:
        return Fate.REFUSED
    return Fate.CHANGED if after.scale < before.scale else Fate.KEPT


def _digits(kind: SqlType) -> float:
    return _FLOATS.get(kind.name, kind.reach + kind.scale)


def _fate_of_moments(before: SqlType, after: SqlType) -> Fate:
    if after.name == "date" or after.name.startswith("time "):
        return Fate.CHANGED
    if after.name not in _MOMENTS:
        return Fate.KEPT if after.name == "text" else Fate.UNKNOWN
    finer = (before.sizes or (_FINEST,)) > (after.sizes or (_FINEST,))
    return Fate.CHANGED if finer else Fate.KEPT


def changes_zone(old: str, new: str) -> bool:
    """Tell whether a time with a zone becomes one without, or the other way round."""
    names = {SqlType.of(old).name, SqlType.of(new).name}
    return names == _MOMENTS

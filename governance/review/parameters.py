"""What PostgreSQL makes of the values of a field whose column has another type.

Django sends values with their type (``'2027-01-05'::date``), and texts without one, so that a text
becomes whatever it is compared with or stored in, if it can be read as that.
"""

from __future__ import annotations

from enum import Enum

from governance.review.narrowing import TEXTS, WHOLE, parts

_NUMBERS = frozenset({*WHOLE, "numeric", "real", "double precision"})
_MOMENTS = frozenset({"date", "timestamp with time zone", "timestamp without time zone"})
_SPANS = frozenset({"time without time zone", "interval"})
_ALONE = ("boolean", "uuid", "jsonb", "bytea", "inet")
_GROUPS = (_NUMBERS, TEXTS, _MOMENTS, _SPANS, *(frozenset({name}) for name in _ALONE))
"""Types whose values can be compared with each other, and stored for each other."""
_CUT = {("timestamp with time zone", "time without time zone")}
"""Stored by leaving something out, and yet not comparable."""


class Fit(Enum):
    """Whether a value of one type goes with a column of another."""

    ALWAYS = "always"
    BY_VALUE = "by value"
    NEVER = "never"
    UNKNOWN = "unknown"


def comparing(wanted: str, column: str) -> Fit:
    """Tell whether ``WHERE column = value`` works with a value of the wanted type."""
    if wanted.endswith("[]") and column.endswith("[]"):
        same = parts(wanted[:-2])[0] == parts(column[:-2])[0]
        return Fit.ALWAYS if same else Fit.NEVER
    one, other = _group(wanted), _group(column)
    if one is None or other is None:
        return Fit.UNKNOWN
    if one == other:
        return Fit.ALWAYS
    return Fit.BY_VALUE if one == TEXTS else Fit.NEVER


def storing(wanted: str, column: str) -> Fit:
    """Tell whether a value of the wanted type can be written, whatever its size is."""
    arrays = wanted.endswith("[]") and column.endswith("[]")
    one, other = (_group(n.removesuffix("[]") if arrays else n) for n in (wanted, column))
    if one is None or other is None:
        return Fit.UNKNOWN
    if other in (one, TEXTS) or (wanted, column) in _CUT:
        return Fit.ALWAYS
    return Fit.BY_VALUE if one == TEXTS and not arrays else Fit.NEVER


def _group(type_name: str) -> frozenset[str] | None:
    """Return the types that go with one; all arrays are one group of their own."""
    name, _ = parts(type_name.removesuffix("[]"))
    found = next((group for group in _GROUPS if name in group), None)
    return frozenset({"[]"}) if found and type_name.endswith("[]") else found

"""Which changes of a type leave the rows as they are."""

from __future__ import annotations

import re
from enum import IntEnum

_TYPE = re.compile(
    r"(?P<name>[^(\[]+?)\s*(?:\((?P<size>[^)]*)\))?"
    r"(?P<zone> with(?:out)? time zone)?(?P<array>(?:\[\])*)$"
)
_TEXTS = frozenset({"text", "character varying"})
_STRINGS = _TEXTS | {"character", "bpchar", "citext", "name"}
_ZERO_OFFSET = frozenset(
    {"utc", "gmt", "uct", "zulu", "universal", "greenwich", "z", "0", "+0", "-0", "+00", "+00:00"}
)
_TIMESTAMPS = frozenset({"timestamp with time zone", "timestamp without time zone"})
_TIMES = _TIMESTAMPS | {"time with time zone", "time without time zone"}
_FULL_PRECISION = 6
_FREE = frozenset(
    {
        ("cidr", "inet"),
        ("xml", "text"),
        ("xml", "character varying"),
        ("xml", "bpchar"),
        ("character", "bpchar"),
    }
)
"""Unlike types of one form whose indexes fit as well."""
_OTHER_INDEX = frozenset(
    {
        ("integer", "oid"),
        ("oid", "integer"),
        ("bit", "bit varying"),
        *((text, "bpchar") for text in ("text", "character varying", "citext")),
        *((text, "citext") for text in ("text", "character varying")),
        *(("citext", text) for text in ("text", "character varying")),
    }
)
_CASTABLE = (
    frozenset({"smallint", "integer", "bigint", "real", "double precision", "numeric"}),
    frozenset({"integer", "bigint", "numeric", "money"}),
    frozenset({"integer", "bigint", "oid"}),
    frozenset({"date", *_TIMESTAMPS}),
    frozenset({*_TIMESTAMPS, "time without time zone"}),
    frozenset({"timestamp with time zone", "time with time zone"}),
    frozenset({"time with time zone", "time without time zone"}),
    frozenset({"interval", "time without time zone"}),
    frozenset({"json", "jsonb"}),
    frozenset({"inet", "cidr"}),
    frozenset({"bit", "bit varying"}),
)
_BUILT_IN = frozenset().union(*_CASTABLE, _STRINGS, {"boolean", "uuid", "bytea", "xml"})


class Conversion(IntEnum):
    """What has to be made anew."""

    NOTHING = 0
    INDEXES = 1
    """Those on the column: the rows fit, the order is another one."""
    TABLE = 2


def conversion(old: str, new: str, time_zone: str) -> Conversion:
    """Tell what a change between two types, as ``format_type`` prints them, makes anew."""
    if old == new:
        return Conversion.NOTHING
    before, after = _TYPE.match(old), _TYPE.match(new)
    if before is None or after is None or before["array"] or after["array"]:
        return _of_arrays(before, after)
    one, other = _name(before), _name(after)
    keeps = _keeps(other, before["size"], after["size"], same=one == other)
    if one == other or {one, other} == _TEXTS:
        return Conversion.NOTHING if keeps else Conversion.TABLE
    if not keeps:
        return Conversion.TABLE
    if {one, other} == _TIMESTAMPS:
        return Conversion.INDEXES if _has_no_offset(time_zone) else Conversion.TABLE
    if (one, other) in _FREE:
        return Conversion.NOTHING
    return Conversion.INDEXES if (one, other) in _OTHER_INDEX else Conversion.TABLE


def _of_arrays(before: re.Match[str] | None, after: re.Match[str] | None) -> Conversion:
    """Elements are converted one by one, unless nothing limits their length."""
    if before is None or after is None or before["array"] != after["array"]:
        return Conversion.TABLE
    unlimited = not after["size"] and {_name(before), _name(after)} <= _TEXTS
    return Conversion.NOTHING if unlimited else Conversion.TABLE


def _name(found: re.Match[str]) -> str:
    return found["name"] + (found["zone"] or "")


def _keeps(name: str, old: str | None, new: str | None, *, same: bool) -> bool:
    """Tell whether each value that fitted the old size fits the new one as it is."""
    if name in _TIMES:
        return _number(new, _FULL_PRECISION) >= _number(old, _FULL_PRECISION)
    if new is None or new == old:
        return True
    if old is None or (not same and name != "character varying"):
        return False
    if name == "numeric":
        (digits, scale), (other_digits, other_scale) = _pair(old), _pair(new)
        return scale == other_scale and other_digits >= digits
    return name in {"character varying", "bit varying", "interval"} and _number(new, 0) >= _number(
        old, 0
    )


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() else default


def _pair(text: str) -> tuple[int, int]:
    digits, _, scale = text.partition(",")
    return _number(digits, 0), int(scale) if scale.lstrip("-").isdigit() else 0


def _has_no_offset(time_zone: str) -> bool:
    return time_zone.lower().removeprefix("etc/").strip("'\"") in _ZERO_OFFSET


def is_refused(old: str, new: str) -> bool:
    """Tell whether PostgreSQL does not convert by itself, so that USING is needed."""
    before, after = _TYPE.match(old), _TYPE.match(new)
    if before is None or after is None or before["array"] or after["array"]:
        return False
    one, other = _name(before), _name(after)
    if one == other or other in _STRINGS or not {one, other} <= _BUILT_IN:
        return False
    return not any({one, other} <= group for group in _CASTABLE)

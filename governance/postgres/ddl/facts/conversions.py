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
    frozenset({"integer", "oid"}),
    frozenset({"bigint", "oid"}),
    frozenset({"smallint", "oid"}),
    frozenset({"date", *_TIMESTAMPS}),
    frozenset({*_TIMESTAMPS, "time without time zone"}),
    frozenset({"timestamp with time zone", "time with time zone"}),
    frozenset({"time with time zone", "time without time zone"}),
    frozenset({"interval", "time without time zone"}),
    frozenset({"json", "jsonb"}),
    frozenset({"inet", "cidr"}),
    frozenset({"bit", "bit varying"}),
)
_ONE_WAY = frozenset(
    {
        ("oid", "smallint"),
        ("time with time zone", "timestamp with time zone"),
        *(("time without time zone", timestamp) for timestamp in _TIMESTAMPS),
    }
)
"""Pairs that are converted in the other direction only."""
_ALONE = frozenset(
    {"boolean", "uuid", "bytea", "xml", "tsvector", "tsquery", "macaddr", "point", "box"}
    | {f"{name}range" for name in ("int4", "int8", "num", "ts", "tstz", "date")}
)
"""Types that become nothing but text by themselves."""
_BUILT_IN = _ALONE.union(_STRINGS, *_CASTABLE)


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
    if before is None or after is None or before["array"] != after["array"]:
        return Conversion.TABLE
    one, other = _name(before), _name(after)
    if before["array"]:
        unlimited = one == other and not after["size"]
        return Conversion.NOTHING if unlimited else Conversion.TABLE
    if (
        one == other
        or {one, other} == _TEXTS
        or (one.startswith("interval") and other == "interval")
    ):
        return Conversion.NOTHING if _keeps(other, before, after) else Conversion.TABLE
    if after["size"] not in {None, str(_FULL_PRECISION) if other in _TIMES else None}:
        return Conversion.TABLE
    return _between(one, other, time_zone)


def _between(one: str, other: str, time_zone: str) -> Conversion:
    """Tell the same of types of another name, whose size limits nothing."""
    if {one, other} == _TIMESTAMPS:
        return Conversion.INDEXES if _has_no_offset(time_zone) else Conversion.TABLE
    if (one, other) in _FREE:
        return Conversion.NOTHING
    return Conversion.INDEXES if (one, other) in _OTHER_INDEX else Conversion.TABLE


def _name(found: re.Match[str]) -> str:
    return found["name"] + (found["zone"] or "")


def _keeps(name: str, before: re.Match[str], after: re.Match[str]) -> bool:
    """Tell whether each value that fitted the old size fits the new one as it is."""
    old, new = before["size"], after["size"]
    if name in _TIMES or name == "interval":
        return _number(new, _FULL_PRECISION) >= _number(old, _FULL_PRECISION)
    if new is None or new == old:
        return True
    if old is None:
        return False
    if name == "numeric":
        (digits, scale), (other_digits, other_scale) = _pair(old), _pair(new)
        return scale == other_scale and other_digits >= digits
    varying = name in {"character varying", "bit varying"}
    return varying and _number(new, 0) >= _number(old, 0)


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
    if before is None or after is None or (before["array"] and after["array"]):
        return False
    one, other = _name(before), _name(after)
    if (other in _STRINGS and not after["array"]) or not {one, other} <= _BUILT_IN:
        return False
    if before["array"] or after["array"]:
        return True
    if (one, other) in _ONE_WAY:
        return True
    return one != other and not any({one, other} <= group for group in _CASTABLE)

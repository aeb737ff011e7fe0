"""Values of every kind for a type: plain ones by number, and those at its edges."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

_TYPE = re.compile(r"^(?P<name>[^(\[]+?)\s*(?:\((?P<sizes>[\d, ]+)\))?(?P<zone> with.*)?(\[\])*$")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_DAY = datetime(2024, 2, 29, 12, 30, 15, tzinfo=UTC)
LONG = 300
"""Characters in a long value of a type without a limit."""
_LARGE = {"smallint": 300, "integer": 40_000, "bigint": 3_000_000_000}
"""Too large for the next smaller type, and still far from the edge: sums don't overflow."""
_TEXTS = {"text", "character varying", "varchar", "citext", "character", "char", "bpchar", "name"}
_INTEGERS = {"smallint": "smallint", "integer": "integer", "int": "integer", "bigint": "bigint"}


def plain(kind: str, number: int) -> Any:
    """Return an ordinary value, another one for each number; None for a type that is not known."""
    if kind.endswith("[]"):
        element = plain(kind[:-2], number)
        return None if element is None else [element]
    name, sizes = _parsed(kind)
    if name in _TEXTS:
        return _text(number, sizes[0] if sizes else _unsized(name))
    if name in {"numeric", "decimal"}:
        return _number(number, *_precision(sizes))
    make = _PLAIN.get(name)
    return make(number) if make else None


def edges(kind: str) -> list[Any]:
    """Return values that migrations stumble over: empty, zero, negative, long, Unicode."""
    if kind.endswith("[]"):
        return [[], *([value] for value in edges(kind[:-2])[:2])]
    name, sizes = _parsed(kind)
    if name in _TEXTS:
        size = sizes[0] if sizes else _unsized(name)
        texts = ["", "ä ß 漢 🙂", "it's \\ %s", " ", "NULL", "x" * (size or LONG)]
        return [text[:size] if size else text for text in texts]
    if name in _INTEGERS:
        return [0, -1, _LARGE[_INTEGERS[name]]]
    if name in {"numeric", "decimal"}:
        digits, scale = _precision(sizes)
        step = Decimal(1).scaleb(-scale)
        return [Decimal(0), -step, Decimal(10) ** (digits - scale) - step]
    return list(_EDGES.get(name, ()))


def _text(number: int, size: int | None) -> str:
    """Short limits leave room for a few characters only; then the number alone makes the text."""
    text = f"value {number}"
    if size is None or len(text) <= size:
        return text
    digits, rest = "", number
    while rest or not digits:
        rest, digit = divmod(rest, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits[-size:]


def _number(number: int, digits: int, scale: int) -> Decimal:
    whole = Decimal(number + 1)
    return whole if whole < Decimal(10) ** (digits - scale) else whole.scaleb(-scale)


def _precision(sizes: list[int]) -> tuple[int, int]:
    return (sizes[0], sizes[1] if len(sizes) > 1 else 0) if sizes else (14, 4)


def _unsized(name: str) -> int | None:
    return 1 if name in {"character", "char"} else None


@cache
def _parsed(kind: str) -> tuple[str, list[int]]:
    """``timestamp(3) with time zone`` → timestamp with time zone, [3]."""
    found = _TYPE.match(kind.strip().lower().replace('"', ""))
    if found is None:
        return kind, []
    name = f"{found['name'].rpartition('.')[2]}{found['zone'] or ''}"
    return name, [int(size) for size in (found["sizes"] or "").split(",") if size.strip()]


def _day(number: int) -> datetime:
    return _DAY + timedelta(days=number)


_PLAIN: dict[str, Callable[[int], Any]] = {
    "smallint": lambda n: n + 1,
    "integer": lambda n: n + 1,
    "int": lambda n: n + 1,
    "bigint": lambda n: n + 1,
    "boolean": lambda n: n % 2 == 0,
    "bool": lambda n: n % 2 == 0,
    "double precision": lambda n: n + 0.5,
    "real": lambda n: n + 0.5,
    "money": lambda n: f"{n + 1}.00",
    "date": lambda n: _day(n).date(),
    "timestamp with time zone": _day,
    "timestamp without time zone": lambda n: _day(n).replace(tzinfo=None),
    "timestamp": lambda n: _day(n).replace(tzinfo=None),
    "time": lambda n: time(n // 60 % 24, n % 60),
    "time without time zone": lambda n: time(n // 60 % 24, n % 60),
    "time with time zone": lambda n: time(n // 60 % 24, n % 60, tzinfo=UTC),
    "interval": lambda n: timedelta(hours=n + 1),
    "uuid": lambda n: UUID(int=(4 << 76) + n + 1),
    "json": lambda n: f'{{"number": {n}}}',
    "jsonb": lambda n: f'{{"number": {n}}}',
    "bytea": lambda n: b"value %d" % n,
    "inet": lambda n: f"10.0.{n // 250 % 250}.{n % 250 + 1}",
    "cidr": lambda n: f"10.{n // 250 % 250}.{n % 250}.0/24",
    "macaddr": lambda n: f"08:00:2b:01:{n // 256 % 256:02x}:{n % 256:02x}",
    "bit": lambda n: str(n % 2),
    "bit varying": lambda n: f"{n:b}",
    "xml": lambda n: f"<value>{n}</value>",
    "hstore": lambda n: f'"number"=>"{n}"',
    "tsvector": lambda n: f"value {n}",
    "tsquery": lambda n: f"value{n}",
    "ltree": lambda n: f"value.n{n}",
    "int4range": lambda n: f"[{n * 10},{n * 10 + 5})",
    "int8range": lambda n: f"[{n * 10},{n * 10 + 5})",
    "numrange": lambda n: f"[{n * 10},{n * 10 + 5})",
    "daterange": lambda n: f"[{_day(n * 3).date()},{_day(n * 3 + 1).date()})",
    "tsrange": lambda n: f"[{_day(n * 3).date()},{_day(n * 3 + 1).date()})",
    "tstzrange": lambda n: f"[{_day(n * 3).date()},{_day(n * 3 + 1).date()})",
    "oid": lambda n: n + 1,
    "point": lambda n: f"({n},{n})",
}
_EDGES: dict[str, list[Any]] = {
    "boolean": [True, False],
    "bool": [True, False],
    "double precision": [0.0, -1.5, 1e-7],
    "real": [0.0, -1.5],
    "date": [date(1970, 1, 1), date(2099, 12, 31)],
    "timestamp with time zone": [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2099, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
    "timestamp without time zone": [datetime(1970, 1, 1), datetime(2099, 12, 31, 23, 59, 59, 1)],
    "timestamp": [datetime(1970, 1, 1), datetime(2099, 12, 31, 23, 59, 59, 1)],
    "time": [time(0), time(23, 59, 59, 999_999)],
    "time without time zone": [time(0), time(23, 59, 59, 999_999)],
    "interval": [timedelta(0), timedelta(days=-1)],
    "json": ["{}", "[]", '{"a": "ä"}'],
    "jsonb": ["{}", "[]", '{"a": "ä"}'],
    "bytea": [b"", b"\x00\xff"],
    "hstore": [""],
    "int4range": ["empty"],
    "int8range": ["empty"],
    "daterange": ["empty"],
    "tsrange": ["empty"],
    "tstzrange": ["empty"],
}

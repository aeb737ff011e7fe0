"""What a new type does to values: which of them no longer fit, and which are changed."""

from __future__ import annotations

import re

from governance.postgres.ddl.actions import AlterType
from governance.postgres.ddl.schema import Schema

_PARTS = re.compile(r"(?P<name>[^(]+?)(?:\((?P<size>[^)]*)\))?(?P<rest>[^(]*)")
WHOLE = ("smallint", "integer", "bigint")
_TEXT = ("character varying", "text", "citext")
TEXTS = frozenset({*_TEXT, "character"})
_ZONES = ("timestamp without time zone", "timestamp with time zone")
_LOSSY = frozenset(
    {
        ("double precision", "integer"),
        ("double precision", "bigint"),
        ("double precision", "smallint"),
        ("double precision", "real"),
        ("double precision", "numeric"),
        ("real", "numeric"),
        ("numeric", "integer"),
        ("numeric", "bigint"),
        ("numeric", "smallint"),
        ("numeric", "double precision"),
        ("numeric", "real"),
        ("timestamp with time zone", "date"),
        ("timestamp without time zone", "date"),
        ("timestamp with time zone", "time without time zone"),
        ("timestamp without time zone", "time without time zone"),
        ("jsonb", "json"),
        ("integer", "boolean"),
        ("bigint", "boolean"),
        ("smallint", "boolean"),
    }
)
_ALWAYS_FITS = frozenset(
    {
        ("real", "double precision"),
        ("integer", "numeric"),
        ("bigint", "numeric"),
        ("smallint", "numeric"),
        ("integer", "double precision"),
        ("smallint", "double precision"),
        ("date", "timestamp with time zone"),
        ("date", "timestamp without time zone"),
        ("jsonb", "json"),
        ("boolean", "integer"),
    }
)


_LENGTHS = {"smallint": 6, "integer": 11, "bigint": 20, "boolean": 5, "uuid": 36, "date": 10}
"""How long the texts are that values of a type become."""


def parts(type_name: str) -> tuple[str, tuple[int, ...]]:
    """Split a type into its name and its numbers."""
    match = _PARTS.fullmatch(type_name)
    if match is None:
        return type_name, ()
    size = match["size"] or ""
    numbers = tuple(int(n) for n in size.split(",") if n.strip().lstrip("-").isdigit())
    return f"{match['name']}{match['rest']}", numbers


def fits(old: str, new: str) -> bool:
    """Tell whether every value of the old type is one of the new type, unchanged."""
    if not old or not new or old == new:
        return True
    if old.endswith("[]") and new.endswith("[]"):
        return fits(old[:-2], new[:-2])
    (a, sizes), (b, limits) = parts(old), parts(new)
    if a in WHOLE and b in WHOLE:
        return WHOLE.index(a) <= WHOLE.index(b)
    if a in (*_TEXT, "character") and b in _TEXT:
        return not limits or (bool(sizes) and a != "text" and sizes[0] <= limits[0])
    if a == b == "numeric":
        return not limits or _digits_fit(sizes, limits)
    if a == b:
        return not limits or (bool(sizes) and sizes <= limits)
    if a in _LENGTHS and b in _TEXT:
        return not limits or _LENGTHS[a] <= limits[0]
    if a in _ZONES and b in _ZONES:
        return not limits
    return (a, b) in _ALWAYS_FITS or (b in ("text", "character varying") and not limits)


def _digits_fit(sizes: tuple[int, ...], limits: tuple[int, ...]) -> bool:
    if not sizes:
        return False
    (digits, scale), (most, fine) = ((*pair, 0)[:2] for pair in (sizes, limits))
    return scale <= fine and digits - scale <= most - fine


def fails(action: AlterType, before: Schema) -> bool:
    """Tell whether PostgreSQL refuses the change when there are values that do not fit."""
    old = type_before(action, before)
    if fits(old, action.type):
        return False
    return not _changes_silently(old, action)


def loses(action: AlterType, before: Schema) -> bool:
    """Tell whether values are changed without a word: cut off, rounded."""
    old = type_before(action, before)
    return not fits(old, action.type) and _changes_silently(old, action)


def _changes_silently(old: str, action: AlterType) -> bool:
    (a, sizes), (b, limits) = parts(old), parts(action.type)
    if b in ("character varying", "character") and a != b:
        return bool(action.using)
    if b in _TEXT or b == "character":
        return bool(action.using)
    if a == b == "numeric":
        return (*sizes, 0, 0)[1] > (*limits, 0, 0)[1]
    if a == b:
        return bool(limits)
    return (a, b) in _LOSSY


def type_before(action: AlterType, before: Schema) -> str:
    table = before.tables.get(action.table)
    column = table.columns.get(action.column) if table else None
    return column.type if column else ""


_FAMILIES = (
    frozenset(WHOLE),
    TEXTS,
    frozenset({"numeric", "double precision", "real"}),
    frozenset(_ZONES),
    frozenset({"json", "jsonb"}),
)


def family(type_name: str) -> frozenset[str]:
    """Return the types of which Python gets values of the same kind."""
    name, _ = parts(type_name.removesuffix("[]"))
    return next((known for known in _FAMILIES if name in known), frozenset({name}))

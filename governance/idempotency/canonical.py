"""One text for all the ways to write a JSON document."""

from __future__ import annotations

import json
from typing import Any


class _Number:
    """A number as it is written: 10.0 and 10.00 are two."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


_NOT_IN_A_DOCUMENT = float("nan")


def canonical_json(raw: bytes) -> bytes:
    """Return the document with sorted names and no white space; what can't be read as it is."""
    try:
        document = json.loads(
            raw,
            parse_float=_Number,
            parse_int=_Number,
            parse_constant=_Number,
            object_pairs_hook=_object,
        )
        return (
            b"json"
            + json.dumps(document, sort_keys=True, separators=(",", ":"), default=_written).encode()
        )
    except (ValueError, RecursionError):
        return b"text" + raw


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Parsers differ in which of two values of one name they take, so such a document stays as it
    is written."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is repeated")
    return found


def _written(number: Any) -> list[Any]:
    """A NaN is never left in a parsed document, so this equals nothing that a client can send."""
    return [_NOT_IN_A_DOCUMENT, number.text]

"""What a review card keeps of a rehearsal: small, and the same for the same outcome."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from governance.cards.card import Card
from governance.cards.content import Content
from governance.rehearsal.result import Rehearsal

_TOOK = re.compile(r"^(<1|[\d,]+) ms: ")


def entry_of(
    rehearsal: Rehearsal, content: Content, statements: Sequence[str], today: date
) -> dict[str, Any]:
    """Return the table ``[rehearsal]``. ``statements`` are lines that begin with «2 ms: »."""
    entry = {
        "date": today,
        "postgres": rehearsal.postgres,
        "digest": content.digest,
        "rows": sum(rehearsal.rows.values()),
        "verdicts": sorted({verdict.slug for verdict in rehearsal.verdicts}),
    }
    return entry | ({"statements": list(statements)} if statements else {})


def noted(card: Card, entry: Mapping[str, Any]) -> Card:
    """Put an entry on a card; all else stays. The same card where only day and time differ."""
    if _outcome(card.rehearsal) == _outcome(entry):
        return card
    return replace(card, rehearsal=entry)


def _outcome(entry: Mapping[str, Any]) -> dict[str, Any]:
    found = {key: value for key, value in entry.items() if key != "date"}
    lines = found.get("statements", [])
    found["statements"] = [_TOOK.sub("", str(line)) for line in lines]
    return found

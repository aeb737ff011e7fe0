"""Tables of the baseline file → entries, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from governance.acceptance.entries import SEERS, Entry
from governance.conf import did_you_mean
from governance.rules import RULES

_TEXTS = ("slug", "subject", "actor", "caller", "operation", "owner", "reason", "issue")
_NEEDED = ("fingerprint", "slug", "subject", "reason", "until")
_HEADING = re.compile(r"\s*\[\[\s*entry\s*\]\]")
_ACCEPTABLE = {rule.slug: rule.acceptable for rule in RULES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What is wrong with the file, where, and what to do."""

    fact: str
    line: int = 0
    hint: str = ""


def parse_entries(raw: Any, text: str) -> tuple[list[Entry], list[Mistake]]:
    """Return the entries; any mistake makes the whole file unreadable, so all are returned."""
    if not isinstance(raw, list):
        return [], [Mistake(fact="has no [[entry]] tables", hint="Write [[entry]], not [entry].")]
    lines = [n for n, line in enumerate(text.splitlines(), start=1) if _HEADING.match(line)]
    entries: list[Entry] = []
    mistakes: list[Mistake] = []
    for number, table in enumerate(raw):
        line = lines[number] if len(lines) == len(raw) else 0
        found = list(_mistakes(table))
        if not found:
            entry = _entry(table)
            found = _forged(table, entry)
            entries.append(entry)
        mistakes += [Mistake(fact=fact, line=line, hint=hint) for fact, hint in found]
    return entries, mistakes


def _entry(table: dict[str, Any]) -> Entry:
    values = {key: value for key, value in table.items() if key != "fingerprint"}
    seen = values.get("seen_by", ["scan"])
    return Entry(**{**values, "seen_by": tuple(seer for seer in SEERS if seer in seen)})


def _mistakes(table: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(table, dict):
        yield "has an entry that is no table", "Write [[entry]] and its keys below."
        return
    known = {"fingerprint", *(field.name for field in fields(Entry))}
    for key in table:
        if key not in known:
            yield f"has the key {key!r}, which an entry does not have", did_you_mean(key, known)
    for key in _NEEDED:
        if key not in table:
            yield f"begins an entry without {key}", f"Add {key}, or remove the entry."
    yield from _wrong_values(table)


def _wrong_values(table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key in _TEXTS:
        if not isinstance(table.get(key, ""), str):
            yield f"begins an entry with {key} = {table[key]!r}, not a text", f'Write {key} = "…".'
    if isinstance(table.get("reason"), str) and not table["reason"].strip():
        yield "begins an entry without a reason", "Say why it is accepted for now."
    if isinstance(table.get("slug"), str):
        yield from _wrong_slug(table["slug"])
    count = table.get("count", 1)
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        yield f"begins an entry with count = {count!r}", "Write a number from 1 on."
    until = table.get("until", date.max)
    if not isinstance(until, date) or isinstance(until, datetime):
        fact = f"begins an entry with until = {until!r}, not a date"
        yield fact, "Write it without quotes: until = 2027-06-30"
    seen = table.get("seen_by", ["scan"])
    if not isinstance(seen, list) or not seen or any(seer not in SEERS for seer in seen):
        yield f"begins an entry with seen_by = {seen!r}", f"Choose from {', '.join(SEERS)}."


def _wrong_slug(slug: str) -> Iterator[tuple[str, str]]:
    if slug not in _ACCEPTABLE:
        yield (
            f"begins an entry of the rule {slug!r}, which does not exist",
            did_you_mean(slug, _ACCEPTABLE),
        )
    elif not _ACCEPTABLE[slug]:
        fact = f"begins an entry of the rule {slug!r}, which can't be accepted"
        yield fact, "Remove the entry and correct what the finding names."


def _forged(table: dict[str, Any], entry: Entry) -> list[tuple[str, str]]:
    """An entry that was changed by hand accepts something that nobody looked at."""
    if table["fingerprint"] == entry.fingerprint:
        return []
    fact = f"begins an entry whose fingerprint {table['fingerprint']!r} is not that of its fields"
    hint = f'Take the entry from git again; for what it says now, "{entry.fingerprint}" is right.'
    return [(fact, hint)]

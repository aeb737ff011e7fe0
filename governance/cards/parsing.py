"""The text of a card → a card, or what is wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from governance.acceptance.parsing import Mistake
from governance.cards.card import VERSION, Card
from governance.conf import did_you_mean

_TEXTS = ("migration", "digest", "phase", "author", "reviewer", "rollback", "restore")
_LISTS = ("acknowledged", "relies_on")
_TABLES = ("content", "preview", "rehearsal")
_NEEDED = ("migration", "digest")
_KNOWN = {"version", "date", *_TEXTS, *_LISTS, *_TABLES}
_MARKER = re.compile(r"^(<{7}|={7}|>{7}|\|{7})( |$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A card that was read; None with the mistakes in it."""

    card: Card | None = None
    mistakes: tuple[Mistake, ...] = ()


def read(path: Path) -> Read:
    """Read a file. What can't be read is a mistake."""
    try:
        return loads(path.read_bytes().decode())
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return Read(mistakes=(Mistake(fact="is not UTF-8", line=line, hint="Save it as UTF-8."),))
    except OSError as error:
        return Read(mistakes=(Mistake(fact=f"can't be read: {error.strerror}"),))


def loads(text: str) -> Read:
    """Read a text; every mistake in it is told."""
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return Read(mistakes=(_syntax(text, str(error)),))
    mistakes = tuple(_mistakes(document))
    return Read(mistakes=mistakes) if mistakes else Read(card=_card(document))


def _card(document: dict[str, Any]) -> Card:
    preview = document.get("preview", {})
    values: dict[str, Any] = {key: document.get(key, "").strip() for key in _TEXTS}
    values |= {key: tuple(document.get(key, ())) for key in _LISTS}
    return Card(
        **values,
        date=document.get("date"),
        content=document.get("content", {}),
        locks=preview.get("locks", {}),
        sql=preview.get("sql", "").strip(),
        rehearsal=document.get("rehearsal", {}),
    )


def _mistakes(document: dict[str, Any]) -> Iterator[Mistake]:
    version = document.get("version", VERSION)
    if version != VERSION:
        fact = f"has version {version!r}, and this release reads version {VERSION}"
        yield Mistake(fact=fact, hint="Upgrade django-schema-governance.")
        return
    for key in document:
        if key not in _KNOWN:
            hint = did_you_mean(key, _KNOWN) or "Remove it."
            yield Mistake(fact=f"has the key {key!r}, which means nothing", hint=hint)
    for key in _NEEDED:
        if key not in document:
            yield Mistake(fact=f"has no {key}")
    yield from _wrong_types(document)


def _wrong_types(document: dict[str, Any]) -> Iterator[Mistake]:
    for key in _TEXTS:
        if not isinstance(document.get(key, ""), str):
            yield _wrong(key, document[key], "a text", f'Write {key} = "…".')
    for key in _LISTS:
        if not _is_list_of_texts(document.get(key, [])):
            yield _wrong(key, document[key], "a list of texts", f'Write {key} = ["…"].')
    for key in _TABLES:
        if not isinstance(document.get(key, {}), dict):
            yield _wrong(key, document[key], "a table", f"Write [{key}] and its keys below.")
    day = document.get("date", date.max)
    if not isinstance(day, date) or isinstance(day, datetime):
        yield _wrong("date", day, "a date", "Write it without quotes: date = 2027-06-30")
    yield from _wrong_entries(document)


def _wrong_entries(document: dict[str, Any]) -> Iterator[Mistake]:
    content, preview = document.get("content"), document.get("preview")
    rehearsal = document.get("rehearsal")
    if isinstance(rehearsal, dict) and not isinstance(rehearsal.get("digest", ""), str):
        yield _wrong("rehearsal.digest", rehearsal["digest"], "a text", "")
    if isinstance(content, dict) and not _is_list_of_texts(list(content.values())):
        yield _wrong("content", content, "a table of texts", "")
    if isinstance(preview, dict):
        locks = preview.get("locks", {})
        if not isinstance(preview.get("sql", ""), str):
            yield _wrong("preview.sql", preview["sql"], "a text", "")
        if not isinstance(locks, dict) or not _is_list_of_texts(list(locks.values())):
            yield _wrong("preview.locks", locks, "a table of texts", "")


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, str) for entry in value)


def _wrong(key: str, value: Any, wanted: str, hint: str) -> Mistake:
    shown = repr(value)
    shown = shown if len(shown) <= 40 else f"{shown[:39]}…"
    return Mistake(fact=f"has {key} = {shown}, not {wanted}", hint=hint)


def _syntax(text: str, error: str) -> Mistake:
    lines = text.splitlines()
    found = re.search(r"\(at line (\d+), column \d+\)", error)
    line = int(found[1]) if found else len(lines)
    if 0 < line <= len(lines) and _MARKER.match(lines[line - 1]):
        hint = "It has a merge conflict: keep one side, or write the card anew."
        return Mistake(fact=f"is not TOML: {error}", line=line, hint=hint)
    return Mistake(fact=f"is not TOML: {error}", line=line)

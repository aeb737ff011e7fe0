"""Cards → text: nice to read, and the same for the same card."""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import tomli_w

from governance.cards.card import VERSION, Card

_HEADER = """\
# Review card of the migration beside it. Write rollback and restore by hand, and commit it.
# All else is written by: manage.py schema_review {label} {name} --card
"""
_BLOCK = re.compile(r'"""\n(?:[^"\\]|\\.)*"""', re.DOTALL)
_QUOTES = "'''"


def dumps(card: Card) -> str:
    """Return the file's text."""
    label, _, name = card.migration.partition(".")
    header = _HEADER.format(label=label, name=name)
    text = tomli_w.dumps(_document(card), multiline_strings=True)
    return f"{header}\n{_BLOCK.sub(_unescaped, text)}"


def write(path: Path, card: Card) -> None:
    """Replace the file in one step; its folder is made. Raises ``OSError``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
        file.write(dumps(card))
    Path(file.name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
    os.replace(file.name, path)  # noqa: PTH105


def _document(card: Card) -> dict[str, Any]:
    """Keys before tables, as TOML demands; what a human writes stands before what is computed."""
    document: dict[str, Any] = {
        "version": VERSION,
        "migration": card.migration,
        "phase": card.phase,
        "author": card.author,
        "reviewer": card.reviewer,
    }
    if card.date:
        document["date"] = card.date
    document |= {
        "acknowledged": list(card.acknowledged),
        "rollback": _lines(card.rollback),
        "restore": _lines(card.restore),
        "digest": card.digest,
    }
    if card.relies_on:
        document["relies_on"] = list(card.relies_on)
    document |= {"content": dict(card.content), "preview": {"sql": _lines(card.sql)}}
    document["preview"]["locks"] = dict(card.locks)
    if card.rehearsal:
        document["rehearsal"] = dict(card.rehearsal)
    return document


def _unescaped(block: re.Match[str]) -> str:
    """Write a text of several lines as it is, so that SQL reads as SQL; if TOML lets us."""
    text: str = tomllib.loads(f"text = {block[0]}")["text"]
    odd = _QUOTES in text or any(c != "\n" and not c.isprintable() for c in text)
    return block[0] if odd else f"{_QUOTES}\n{text}{_QUOTES}"


def _lines(text: str) -> str:
    """A text of several lines ends with a line break, so that its quotes stand alone."""
    stripped = text.strip()
    return f"{stripped}\n" if "\n" in stripped else stripped

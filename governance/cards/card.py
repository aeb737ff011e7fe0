"""The review card as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812 - ``date`` is the name of a key
from typing import Any

SUFFIX = ".review.toml"
VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Who looked at which content of a migration, and how to go back."""

    migration: str
    """``shop.0007_order_note``."""
    digest: str
    phase: str = ""
    author: str = ""
    """``Name <address>`` of who wrote the migration, as git knows it."""
    reviewer: str = ""
    """Who answers for it; empty while nobody has signed."""
    date: Date | None = None
    acknowledged: tuple[str, ...] = ()
    """Slugs of the findings that the reviewer has seen and accepts."""
    relies_on: tuple[str, ...] = ()
    """Functions of other files that it calls; the digest does not cover them."""
    rollback: str = ""
    """How to go back to the release before, and what happens to it meanwhile."""
    restore: str = ""
    """Where what is lost can be taken from again."""
    content: Mapping[str, str] = field(default_factory=dict)
    """Part → short digest, so that a change can be named."""
    locks: Mapping[str, str] = field(default_factory=dict)
    """Table → strongest lock."""
    sql: str = ""
    rehearsal: Mapping[str, Any] = field(default_factory=dict)
    """Summary of the last rehearsal, with the digest of the content that was rehearsed."""


def same_person(one: str, other: str) -> bool:
    """Compare by address where both have one, else by the whole text."""
    first, second = (_address(who) or who.strip().lower() for who in (one, other))
    if bool(_address(one)) != bool(_address(other)):
        first, second = (who.partition("<")[0].strip().lower() for who in (one, other))
    return bool(first) and first == second


def _address(who: str) -> str:
    _, opened, rest = who.partition("<")
    return rest.partition(">")[0].strip().lower() if opened else ""

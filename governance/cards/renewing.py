"""Write a card anew: what a human wrote stays, what was computed is computed again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from governance.cards.card import Card, same_person
from governance.cards.content import Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a migration now."""

    migration: str
    content: Content
    phase: str
    slugs: tuple[str, ...] = ()
    """Of the findings that a card can accept."""
    locks: Mapping[str, str] = field(default_factory=dict)
    sql: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who wrote the migration, and who runs the command; as git knows them."""

    author: str
    me: str
    second_person: bool = False
    """Whether the author may not sign."""


def renewed(old: Card | None, facts: Facts, people: People, today: date) -> Card:
    """Return the card for what is known now.

    A signature stays while it is about the same content and the same findings. Otherwise who
    runs the command signs, or nobody where the author may not.
    """
    same = old is not None and old.digest == facts.content.digest
    author = old.author if same and old is not None and old.author else people.author
    reviewer, day = _signature(old if same else None, facts, author, people, today)
    return Card(
        migration=facts.migration,
        digest=facts.content.digest,
        phase=facts.phase,
        author=author,
        reviewer=reviewer,
        date=day,
        acknowledged=tuple(sorted(set(facts.slugs))),
        relies_on=facts.content.relies_on,
        rollback=old.rollback if old else "",
        restore=old.restore if old else "",
        content=facts.content.parts,
        locks=facts.locks,
        sql=facts.sql,
        rehearsal=old.rehearsal if old else {},
    )


def _signature(
    old: Card | None, facts: Facts, author: str, people: People, today: date
) -> tuple[str, date | None]:
    if old is not None and old.reviewer and set(facts.slugs) <= set(old.acknowledged):
        own = same_person(old.reviewer, author)
        mine = same_person(old.reviewer, people.me)
        if not own or (mine and not people.second_person):
            return old.reviewer, old.date
    if not people.me or (people.second_person and same_person(people.me, author)):
        return "", None
    return people.me, today

"""``schema_rehearse --card``: note rehearsals on the review cards that are there."""

from __future__ import annotations

from datetime import date

from django.db.migrations import Migration

from governance.cards.content import content_of
from governance.cards.judging import card_of
from governance.cards.places import cards_of
from governance.cards.rehearsed import entry_of, noted
from governance.cards.writing import write
from governance.ownership.places import shown
from governance.rehearsal.result import Rehearsal
from governance.report.rehearsal import brief


def unnoted(migration: Migration) -> str:
    """Say why a rehearsal can't be noted; empty where it can."""
    label, name = migration.app_label, migration.name
    found = cards_of((label, name))
    if not found:
        return (
            f"{label}.{name} has no review card to note its rehearsal on. Write it first: "
            f"manage.py schema_review {label} {name} --card"
        )
    if card_of((label, name), found) is None:
        return (
            f"The review card of {label}.{name} can't be used. See what is wrong with it: "
            "manage.py schema_review --check"
        )
    if content_of(migration) is None:
        return f"{label}.{name} has no source file that can be read, so nothing can be noted."
    return ""


def note(rehearsal: Rehearsal, migration: Migration) -> str:
    """Write a rehearsal onto the card of its migration; say what was done. Raises ``OSError``.

    What people wrote stays, and so does the signature.
    """
    reason = unnoted(migration)
    key = migration.app_label, migration.name
    own, content = card_of(key, cards_of(key)), content_of(migration)
    if reason or own is None or own.read.card is None or content is None:
        return reason
    entry = entry_of(rehearsal, content, brief(rehearsal), date.today())
    card = noted(own.read.card, entry)
    name = shown(str(own.path))
    if card is own.read.card:
        return f"{name} has this rehearsal already"
    write(own.path, card)
    return f"noted the rehearsal in {name}"

"""``schema_review --card``: write the cards of migrations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import connections

from governance import conf, git
from governance.acceptance.ci import ci_variable
from governance.cards.card import Card
from governance.cards.content import Content, content_of, file_of
from governance.cards.judging import card_of, lacking
from governance.cards.places import cards_of, path_of
from governance.cards.renewing import Facts, People, renewed
from governance.cards.writing import write
from governance.exceptions import ConfigurationError
from governance.findings import Severity
from governance.gate.reviewing import Review
from governance.gate.standing import can_be_acknowledged
from governance.ownership.places import shown
from governance.review.details import locks_of
from governance.review.preview import sql_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A card that was written, and what is left for a human to fill in."""

    path: Path
    card: Card
    left: tuple[str, ...]

    def __str__(self) -> str:
        name = shown(str(self.path))
        signed = f"signed by {self.card.reviewer}" if self.card.reviewer else "not signed"
        todo = f"; fill in {' and '.join(self.left)}" if self.left else ""
        return f"wrote {name}, {signed}{todo}"


def refuse_in_ci() -> None:
    """A red build must not sign for itself. Raises ``CommandError``."""
    variable = ci_variable()
    if variable:
        raise CommandError(
            f"Review cards are not written in CI ({variable} is set): people review. Run the "
            "command on your machine and commit the card.",
            returncode=2,
        )


def write_cards(reviews: Iterable[Review], alias: str, *, every: bool) -> list[Written]:
    """Write the cards of migrations that need one, or have one; of all with ``every``."""
    return [
        _written(review, alias)
        for review in reviews
        if every or review.standing.subject.needs_card or review.standing.card is not None
        if review.reviewed.operations and not review.standing.carried_from
    ]


def _written(review: Review, alias: str) -> Written:
    migration = review.reviewed.migration
    content, path = content_of(migration), path_of(migration)
    if content is None:
        name = review.reviewed.name
        raise ConfigurationError(f"{name} has no source file that can be read, so no card.")
    found = cards_of(review.key)
    own = card_of(review.key, found)
    if found and own is None:
        fact = review.standing.findings[0].message if review.standing.findings else ""
        raise ConfigurationError(f"{fact} {shown(str(path))} was left as it is.".strip())
    old = own.read.card if own else None
    facts = _facts(review, content, alias)
    card = renewed(old, facts, _people(migration, path), date.today())
    write(own.path if own else path, card)
    risky = bool(review.standing.subject.risks)
    left = [key for key in lacking(card, risky=risky) if key != "date"]
    return Written(path=own.path if own else path, card=card, left=tuple(left))


def _facts(review: Review, content: Content, alias: str) -> Facts:
    every = [*review.findings, *review.accepted]
    slugs = {f.rule.slug for f in every if can_be_acknowledged(f) and f.severity > Severity.INFO}
    return Facts(
        migration=review.reviewed.name,
        content=content,
        phase=review.reviewed.phase.value,
        slugs=tuple(sorted(slugs)),
        locks={table: str(lock) for table, lock in locks_of(review.reviewed).items()},
        sql=preview(review, alias),
    )


def preview(review: Review, alias: str) -> str:
    """Return the SQL of a migration."""
    operations = review.reviewed.operations
    if not operations:
        return ""
    return sql_of(review.reviewed.migration, operations[0].state_before, connections[alias])


def _people(migration: Any, path: Path) -> People:
    """Who has written a package's migration is not in this repository: nobody is its author."""
    folder = next((p for p in [path.parent, *path.parent.parents] if p.is_dir()), Path.cwd())
    file = file_of(migration)
    beside = file is not None and file.parent == path.parent
    return People(
        author=git.author_of(file) if file is not None and beside else "",
        me=git.who_am_i(folder),
        second_person=conf.settings().SECOND_PERSON,
    )

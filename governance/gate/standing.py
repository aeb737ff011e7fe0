"""How does the review card of a migration stand?"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from governance import conf
from governance.cards.card import Card
from governance.cards.content import content_of
from governance.cards.judging import (
    OUTDATED_REHEARSAL,
    Subject,
    card_of,
    is_carried_over,
    judge,
    judge_files,
    lacking,
)
from governance.cards.places import cards_of
from governance.findings import Finding, Severity
from governance.review.details import risks
from governance.review.loading import Key
from governance.review.policy.unreleased import is_unreleased
from governance.review.reviewed import Phase, Reversal, ReviewedMigration

_NEVER = frozenset(
    {
        "cross-module-schema-change",
        "cross-module-data-change",
        "two-models-on-one-table",
        "migration-without-module",
        "unreadable-migration",
    }
)
"""What a card can't accept: the owner of a table does, by a waiver, or nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether a migration was reviewed, and what the review accepts."""

    subject: Subject
    card: Card | None = None
    """The card that holds, or the one that is there and does not."""
    carried_from: tuple[str, ...] = ()
    """For a squash: the migrations on whose cards it stands."""
    acknowledged: frozenset[str] = frozenset()
    """Slugs; empty unless a card holds."""
    findings: tuple[Finding, ...] = ()

    def accepts(self, finding: Finding) -> bool:
        return can_be_acknowledged(finding) and finding.rule.slug in self.acknowledged

    @property
    def words(self) -> str:
        """Say it in a few words."""
        title = next((finding.rule.title for finding in _against(self.findings)), "")
        if title:
            return f"review card: {title[0].lower()}{title[1:]}"
        if self.carried_from:
            return f"reviewed before it was squashed: {', '.join(self.carried_from)}"
        if self.card is not None:
            return f"reviewed by {self.card.reviewer} on {self.card.date}"
        return "needs no review card" if not self.subject.needs_card else "has no review card"


def can_be_acknowledged(finding: Finding) -> bool:
    """Tell whether a reviewer may accept a finding by signing the card."""
    return finding.rule.acceptable and finding.rule.slug not in _NEVER


def standing_of(
    reviewed: ReviewedMigration, findings: Sequence[Finding], together: Container[Key] = ()
) -> Standing:
    """Judge the card of a migration.

    ``findings`` are those about what it does, ``together`` the migrations released with it.
    """
    migration, settings = reviewed.migration, conf.settings()
    key = migration.app_label, migration.name
    why = _risks(reviewed, findings, together)
    needed = {"risky": bool(why), "all": bool(migration.operations), "none": False}
    subject = Subject(
        migration=migration,
        content=content_of(migration),
        risks=why,
        needs_card=needed[settings.REVIEW],
    )
    found = cards_of(key)
    own = card_of(key, found)
    if not found and subject.needs_card and subject.content and migration.replaces:
        carried = _carried(subject, reviewed, findings)
        if carried is not None:
            return carried
    told = judge_files(found, {each.named for each in found})
    told += judge(subject, found, second_person=settings.SECOND_PERSON)
    card = own.read.card if own else None
    holds = card is not None and not list(_against(told))
    return Standing(
        subject=subject,
        card=card,
        acknowledged=frozenset(card.acknowledged) if card and holds else frozenset(),
        findings=tuple(told),
    )


def _against(findings: Iterable[Finding]) -> Iterator[Finding]:
    """What says that a migration was not reviewed."""
    return (f for f in findings if f.rule.slug != OUTDATED_REHEARSAL)


def _risks(
    reviewed: ReviewedMigration, findings: Sequence[Finding], together: Container[Key]
) -> tuple[str, ...]:
    errors = dict.fromkeys(
        f.rule.slug for f in findings if f.severity >= Severity.ERROR and can_be_acknowledged(f)
    )
    more = (f"has findings that are errors ({', '.join(errors)})",) if errors else ()
    return more if is_unreleased(reviewed, together) else (*risks(reviewed), *more)


def _carried(
    subject: Subject,
    reviewed: ReviewedMigration,
    findings: Sequence[Finding],
) -> Standing | None:
    """Return the standing of a squash whose risky operations were all reviewed before."""
    cards = dict(_complete_cards(reviewed.migration.replaces))
    contents: list[Mapping[str, str]] = [card.content for card in cards.values()]
    numbers = _risky_numbers(reviewed, findings)
    if subject.content is None or not is_carried_over(subject.content, numbers, contents):
        return None
    return Standing(
        subject=subject,
        carried_from=tuple(cards),
        acknowledged=frozenset(slug for card in cards.values() for slug in card.acknowledged),
    )


def _complete_cards(replaced: Collection[Key]) -> Iterator[tuple[str, Card]]:
    for label, name in replaced:
        own = card_of((label, name), cards_of((label, name)))
        if own and own.read.card and not lacking(own.read.card, risky=True):
            yield f"{label}.{name}", own.read.card


def _risky_numbers(reviewed: ReviewedMigration, findings: Sequence[Finding]) -> set[int]:
    undone = {Reversal.IMPOSSIBLE, Reversal.FAILS_WITH_ROWS}
    numbers = {
        operation.number
        for operation in reviewed.operations
        if operation.phase is Phase.CONTRACT or operation.loses_data or operation.reversal in undone
    }
    for finding in findings:
        _, _, number = finding.subject.partition("#")
        if finding.severity >= Severity.ERROR and number.isdigit():
            numbers.add(int(number))
    return numbers

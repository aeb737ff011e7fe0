"""Cards and what is known of their migrations → findings. Pure: nothing is read here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db.migrations import Migration

from governance.acceptance.parsing import Mistake
from governance.cards.card import Card, same_person
from governance.cards.content import Content, difference
from governance.cards.places import Found, Key, folder
from governance.conf import did_you_mean
from governance.findings import Finding, Location
from governance.ownership.places import shown
from governance.review.places import location_of
from governance.rules import rule

OUTDATED_REHEARSAL = "outdated-rehearsal"
"""The one finding about a card that says nothing against the review."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A migration and why it needs a card."""

    migration: Migration
    content: Content | None
    risks: tuple[str, ...] = ()
    """Predicates: «takes structure away», «loses data»; empty where notes are not needed."""
    needs_card: bool = False

    @property
    def name(self) -> str:
        return f"{self.migration.app_label}.{self.migration.name}"

    @property
    def command(self) -> str:
        label, name = self.migration.app_label, self.migration.name
        return f"manage.py schema_review {label} {name} --card"


def judge_files(found: Sequence[Found], known: Collection[Key]) -> list[Finding]:
    """Find cards that can't be read, are about nothing, or are two about one migration.

    ``known`` are the migrations there are, and those that a squash replaces.
    """
    findings = [_unreadable(each, m) for each in found for m in each.read.mistakes]
    by_migration: dict[Key, list[Found]] = defaultdict(list)
    for each in found:
        by_migration[each.named].append(each)
    for key, cards in by_migration.items():
        if len(cards) > 1:
            findings.append(_two(key, cards))
        elif key not in known and cards[0].read.card is not None:
            findings.append(_about_nothing(cards[0], known))
    return findings


def card_of(key: Key, found: Iterable[Found]) -> Found | None:
    """Return the one card of a migration; None with two, or with one that can't be read."""
    cards = [each for each in found if each.named == key]
    return cards[0] if len(cards) == 1 and cards[0].read.card else None


def judge(subject: Subject, found: Sequence[Found], *, second_person: bool) -> list[Finding]:
    """Judge what is there for one migration. A card that is not needed must be right, too."""
    key = subject.migration.app_label, subject.migration.name
    own = card_of(key, found)
    if own is None or own.read.card is None:
        there = any(each.named == key for each in found)
        return [_missing(subject)] if subject.needs_card and not there else []
    card, path = own.read.card, own.path
    if subject.content is not None and subject.content.digest != card.digest:
        return [_outdated(subject, subject.content, card, path), *_stale(subject, card, path)]
    return [
        *_incomplete(subject, card, path),
        *_own_review(subject, card, path, second_person),
        *_stale(subject, card, path),
    ]


def lacking(card: Card, *, risky: bool) -> list[str]:
    """Return the keys that a card has to fill and does not."""
    wanted = {"reviewer": card.reviewer, "date": card.date}
    if risky:
        wanted = {"rollback": card.rollback, "restore": card.restore, **wanted}
    return [key for key, value in wanted.items() if not value]


def is_carried_over(
    content: Content, risky: Collection[int], replaced: Iterable[Mapping[str, str]]
) -> bool:
    """Tell whether all that is risky about a squash was reviewed before it was squashed.

    ``risky`` are the numbers of these operations, ``replaced`` the contents on the cards of the
    migrations it replaces. An operation that Django has merged from two is new, and so is
    changed code beside the operations.
    """
    seen = {digest for parts in replaced for digest in parts.values()}
    if not risky or max(risky) > len(content.operations):
        return False
    names = [content.operations[number - 1] for number in risky]
    if any(name.startswith("RunPython") for name in names):
        names += [name for name in content.parts if name.startswith(("function", "constant"))]
    return all(content.parts[name] in seen for name in names)


def _missing(subject: Subject) -> Finding:
    why = f"it {_listed(subject.risks)}" if subject.risks else "GOVERNANCE['REVIEW'] asks for one"
    notes = "Fill in rollback and restore, and" if subject.risks else "Then"
    return Finding(
        rule=rule("missing-review-card"),
        message=f"{subject.name} has no review card: {why}.",
        hint=f"Run: {subject.command}\n{notes} commit it.",
        subject=subject.name,
        location=location_of(subject.migration),
    )


def _outdated(subject: Subject, content: Content, card: Card, path: Path) -> Finding:
    change = difference(card.content, content.parts) if card.content else ""
    since = f" on {card.date}" if card.date else ""
    by = f" by {card.reviewer}" if card.reviewer else ""
    return _about(
        "outdated-review-card",
        subject,
        path,
        f"{subject.name} was changed after its review{by}{since}: "
        f"{change or 'its digest differs'}.",
        f"Look at the change, then run: {subject.command}",
    )


def _incomplete(subject: Subject, card: Card, path: Path) -> Iterator[Finding]:
    missing = lacking(card, risky=bool(subject.risks))
    if missing:
        why = f" {subject.name} {_listed(subject.risks)}." if subject.risks else ""
        yield _about(
            "incomplete-review-card",
            subject,
            path,
            f"The review card of {subject.name} has no {_listed(missing)}.{why}",
            "\n".join(_WANTED[key] for key in missing),
        )


_WANTED = {
    "rollback": "rollback: how to go back to the release before, and what that costs.",
    "restore": "restore: where the data that is lost can be taken from again.",
    "reviewer": 'reviewer: who has looked at it, "Name <address>"; --card fills it in.',
    "date": "date: when that was, as 2027-06-30; --card fills it in.",
}


def _own_review(subject: Subject, card: Card, path: Path, second: bool) -> Iterator[Finding]:
    if second and card.author and card.reviewer and same_person(card.author, card.reviewer):
        yield _about(
            "reviewed-by-author",
            subject,
            path,
            f"{subject.name} was written and reviewed by {card.author}.",
            f"Let somebody else look at it, and run there: {subject.command}",
        )


def _stale(subject: Subject, card: Card, path: Path) -> Iterator[Finding]:
    rehearsal, content = card.rehearsal, subject.content
    if rehearsal and content is not None and rehearsal.get("digest") != content.digest:
        since = f" on {rehearsal['date']}" if "date" in rehearsal else ""
        label, name = subject.migration.app_label, subject.migration.name
        yield _about(
            OUTDATED_REHEARSAL,
            subject,
            path,
            f"{subject.name} was changed after its rehearsal{since}.",
            f"Rehearse it again: manage.py schema_rehearse {label} {name} --card",
        )


def _unreadable(found: Found, mistake: Mistake) -> Finding:
    name = shown(str(found.path))
    place = f", line {mistake.line}," if mistake.line else ""
    label, migration = found.key
    again = f"Correct it, or write it anew: manage.py schema_review {label} {migration} --card"
    return Finding(
        rule=rule("unreadable-review-card"),
        message=f"{name}{place} {mistake.fact}, so {label}.{migration} counts as not reviewed.",
        hint=mistake.hint or again,
        subject=f"{label}.{migration}",
        location=Location(file=name, line=mistake.line or 1),
    )


def _two(key: Key, cards: Sequence[Found]) -> Finding:
    names = [shown(str(each.path)) for each in cards]
    return Finding(
        rule=rule("two-review-cards"),
        message=f"{'.'.join(key)} has {len(cards)} review cards: {', '.join(names)}.",
        hint="Keep the one that was written last, beside the migration or in "
        f"{shown(str(folder() / key[0]))}, and remove the others.",
        subject=".".join(key),
        location=Location(file=names[0], line=1),
    )


def _about_nothing(found: Found, known: Collection[Key]) -> Finding:
    name, (label, migration) = shown(str(found.path)), found.named
    near = did_you_mean(migration, [other for app, other in known if app == label])
    return Finding(
        rule=rule("review-card-without-migration"),
        message=f"{name} is about {label}.{migration}, which does not exist.",
        hint=f"{near} Remove the card, or write it anew with --card.".strip(),
        subject=f"{label}.{migration}",
        location=Location(file=name, line=1),
    )


def _about(slug: str, subject: Subject, path: Path, message: str, hint: str) -> Finding:
    return Finding(
        rule=rule(slug),
        message=message,
        hint=hint,
        subject=subject.name,
        location=Location(file=shown(str(path)), line=1),
    )


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"

"""Cards against what is known of their migrations: whole messages, fired and silent."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from django.db.migrations import Migration

from governance.acceptance.parsing import Mistake
from governance.cards.card import Card
from governance.cards.content import Content
from governance.cards.judging import Subject, is_carried_over, judge, judge_files
from governance.cards.parsing import Read
from governance.cards.places import Found
from governance.cards.rehearsed import noted
from governance.cards.renewing import Facts, People, renewed
from governance.findings import Finding, Location

CONTENT = Content(parts={"RemoveField order.note": "1", "dependencies": "2"})
SUBJECT = Subject(
    migration=Migration("0007_drop", "shop"),
    content=CONTENT,
    risks=("takes structure away", "loses data"),
    needs_card=True,
)
CARD = Card(
    migration="shop.0007_drop",
    digest=CONTENT.digest,
    author="Ada <ada@example.com>",
    reviewer="Bob <bob@example.com>",
    date=date(2027, 1, 5),
    rollback="Deploy the release before.",
    restore="The nightly dump.",
    content=CONTENT.parts,
)
PLACE = Path("shop/migrations/0007_drop.review.toml")


def found(card: Card | None = CARD, path: Path = PLACE, *mistakes: Mistake) -> Found:
    key = "shop", path.name.removesuffix(".review.toml")
    return Found(path=path, key=key, read=Read(card=card, mistakes=mistakes))


def told(findings: list[Finding]) -> list[tuple[str, str, str, Location | None]]:
    return [(f.rule.slug, f.message, f.hint, f.location) for f in findings]


HERE = Location(file=str(PLACE), line=1)


def test_a_card_in_order_is_silent() -> None:
    assert judge(SUBJECT, [found()], second_person=True) == []
    assert judge_files([found()], {("shop", "0007_drop")}) == []


def test_governance_E306_missing() -> None:
    assert told(judge(SUBJECT, [], second_person=False)) == [
        (
            "missing-review-card",
            "shop.0007_drop has no review card: it takes structure away and loses data.",
            "Run: manage.py schema_review shop 0007_drop --card\n"
            "Fill in rollback and restore, and commit it.",
            None,
        )
    ]
    asked = replace(SUBJECT, risks=())
    (finding,) = judge(asked, [], second_person=False)
    assert finding.message == (
        "shop.0007_drop has no review card: GOVERNANCE['REVIEW'] asks for one."
    )
    assert judge(replace(SUBJECT, needs_card=False), [], second_person=False) == []


def test_governance_E307_outdated() -> None:
    now = Content(parts={"RemoveField order.note": "9", "dependencies": "2", "atomic": "3"})
    assert told(judge(replace(SUBJECT, content=now), [found()], second_person=False)) == [
        (
            "outdated-review-card",
            "shop.0007_drop was changed after its review by Bob <bob@example.com> on 2027-01-05: "
            "RemoveField order.note changed, atomic was added.",
            "Look at the change, then run: manage.py schema_review shop 0007_drop --card",
            HERE,
        )
    ]
    bare = Card(migration="shop.0007_drop", digest="sha256:0")
    (finding,) = judge(SUBJECT, [found(bare)], second_person=False)
    assert finding.message == ("shop.0007_drop was changed after its review: its digest differs.")


def test_outdated_though_not_needed() -> None:
    """A card that lies says something false, whether it was asked for or not."""
    now = Content(parts={"x": "1"})
    harmless = replace(SUBJECT, content=now, risks=(), needs_card=False)
    (finding,) = judge(harmless, [found()], second_person=False)
    assert finding.rule.slug == "outdated-review-card"


def test_governance_E308_incomplete() -> None:
    empty = replace(CARD, rollback="", restore="", reviewer="", date=None)
    assert told(judge(SUBJECT, [found(empty)], second_person=False)) == [
        (
            "incomplete-review-card",
            "The review card of shop.0007_drop has no rollback, restore, reviewer and date. "
            "shop.0007_drop takes structure away and loses data.",
            "rollback: how to go back to the release before, and what that costs.\n"
            "restore: where the data that is lost can be taken from again.\n"
            'reviewer: who has looked at it, "Name <address>"; --card fills it in.\n'
            "date: when that was, as 2027-06-30; --card fills it in.",
            HERE,
        )
    ]
    unneeded = replace(CARD, rollback="", restore="")
    assert judge(replace(SUBJECT, risks=()), [found(unneeded)], second_person=False) == []


def test_governance_E309_own_review() -> None:
    own = replace(CARD, reviewer="A. Lovelace <Ada@example.com>")
    assert judge(SUBJECT, [found(own)], second_person=False) == []
    assert told(judge(SUBJECT, [found(own)], second_person=True)) == [
        (
            "reviewed-by-author",
            "shop.0007_drop was written and reviewed by Ada <ada@example.com>.",
            "Let somebody else look at it, and run there: "
            "manage.py schema_review shop 0007_drop --card",
            HERE,
        )
    ]


def test_governance_W310_no_migration() -> None:
    assert told(judge_files([found()], {("shop", "0008_drop")})) == [
        (
            "review-card-without-migration",
            f"{PLACE} is about shop.0007_drop, which does not exist.",
            "Did you mean '0008_drop'? Remove the card, or write it anew with --card.",
            HERE,
        )
    ]


def test_governance_E311_two() -> None:
    other = found(path=Path("review/shop/0007_drop.review.toml"))
    assert told(judge_files([found(), other], {("shop", "0007_drop")})) == [
        (
            "two-review-cards",
            f"shop.0007_drop has 2 review cards: {PLACE}, review/shop/0007_drop.review.toml.",
            "Keep the one that was written last, beside the migration or in review/shop, and "
            "remove the others.",
            HERE,
        )
    ]
    copied = found(path=PLACE.with_name("0008_copy.review.toml"))
    known = {("shop", "0007_drop"), ("shop", "0008_copy")}
    (finding,) = judge_files([found(), copied], known)
    assert finding.rule.slug == "two-review-cards"
    assert judge(SUBJECT, [found(), copied], second_person=False) == []


def test_governance_E312_unreadable() -> None:
    broken = found(None, PLACE, Mistake(fact="is not UTF-8", line=3))
    assert told(judge_files([broken], {("shop", "0007_drop")})) == [
        (
            "unreadable-review-card",
            f"{PLACE}, line 3, is not UTF-8, so shop.0007_drop counts as not reviewed.",
            "Correct it, or write it anew: manage.py schema_review shop 0007_drop --card",
            Location(file=str(PLACE), line=3),
        )
    ]
    assert judge(SUBJECT, [broken], second_person=False) == []


def test_squash() -> None:
    """Reviewed operations stay reviewed; what Django has merged into one is new."""
    one, two = {"RemoveField a.x": "1", "function f": "f"}, {"RemoveField a.y": "2"}
    names = ("CreateModel a", "RemoveField a.x", "RemoveField a.y", "RunPython f")
    parts = {**dict(zip(names, "3126", strict=True)), "function f": "f", "replaces": "r"}
    squash = Content(parts=parts, operations=names)
    assert is_carried_over(squash, {2, 3}, [one, two])
    assert not is_carried_over(squash, {2, 3}, [one])
    assert not is_carried_over(squash, {1, 2}, [one, two])
    assert not is_carried_over(squash, {9}, [one, two])
    assert is_carried_over(squash, {4}, [one, {"RunPython f": "6"}])
    assert not is_carried_over(squash, {4}, [{"RunPython f": "6", "function f": "g"}])


FACTS = Facts(migration="shop.0007_drop", content=CONTENT, phase="contract", slugs=("b", "a"))
TODAY = date(2027, 3, 1)
ADA, BOB, EVE = "Ada <ada@example.com>", "Bob <bob@example.com>", "Eve <eve@example.com>"


def signed(
    old: Card | None, me: str, facts: Facts = FACTS, *, second: bool = False
) -> tuple[str, date | None]:
    people = People(author=ADA, me=me, second_person=second)
    card = renewed(old, facts, people, TODAY)
    return card.reviewer, card.date


def test_who_signs() -> None:
    assert signed(None, ADA) == (ADA, TODAY)
    assert signed(None, ADA, second=True) == ("", None)
    assert signed(None, BOB, second=True) == (BOB, TODAY)
    assert signed(None, "") == ("", None)


def test_a_signature_stays() -> None:
    old = replace(CARD, acknowledged=("a", "b", "c"))
    day = date(2027, 1, 5)
    assert signed(old, EVE) == (BOB, day)
    assert signed(old, ADA, second=True) == (BOB, day)
    own = replace(old, reviewer=ADA)
    assert signed(own, ADA) == (ADA, day)
    assert signed(own, BOB) == (BOB, TODAY)
    assert signed(own, ADA, second=True) == ("", None)


def test_a_signature_is_about_content_and_findings() -> None:
    old = replace(CARD, acknowledged=("a",))
    assert signed(old, EVE) == (EVE, TODAY)
    changed = replace(FACTS, content=Content(parts={"x": "1"}))
    old = replace(CARD, acknowledged=("a", "b"))
    assert signed(old, EVE, changed) == (EVE, TODAY)
    assert signed(old, ADA, changed, second=True) == ("", None)


def test_what_a_human_wrote_stays() -> None:
    old = replace(CARD, rehearsal={"verdict": "clean"})
    people = People(author=EVE, me=BOB)
    same = renewed(old, FACTS, people, TODAY)
    assert (same.rollback, same.restore) == (CARD.rollback, CARD.restore)
    assert (same.author, same.rehearsal) == (ADA, {"verdict": "clean"})
    assert same.acknowledged == ("a", "b")
    changed = replace(FACTS, content=Content(parts={"x": "1"}))
    anew = renewed(old, changed, people, TODAY)
    assert (anew.rollback, anew.restore) == (CARD.rollback, CARD.restore)
    assert (anew.author, anew.rehearsal) == (EVE, {"verdict": "clean"})


def test_governance_W319_outdated_rehearsal() -> None:
    now = {"date": date(2027, 1, 5), "digest": CONTENT.digest}
    assert judge(SUBJECT, [found(replace(CARD, rehearsal=now))], second_person=False) == []
    old = replace(CARD, rehearsal={**now, "digest": "sha256:0"})
    stale = (
        "outdated-rehearsal",
        "shop.0007_drop was changed after its rehearsal on 2027-01-05.",
        "Rehearse it again: manage.py schema_rehearse shop 0007_drop --card",
        HERE,
    )
    assert told(judge(SUBJECT, [found(old)], second_person=False)) == [stale]
    other = replace(SUBJECT, content=Content(parts={"x": "1"}))
    outdated, also = told(judge(other, [found(old)], second_person=False))
    assert (outdated[0], also) == ("outdated-review-card", stale)
    (finding,) = judge(SUBJECT, [found(replace(CARD, rehearsal={"a": 1}))], second_person=False)
    assert finding.message == "shop.0007_drop was changed after its rehearsal."


REHEARSAL = {"date": TODAY, "digest": "d", "verdicts": [], "statements": ["2 ms: ALTER (a)"]}


def test_a_rehearsal_is_noted_and_nothing_else() -> None:
    card = noted(CARD, REHEARSAL)
    assert card == replace(CARD, rehearsal=REHEARSAL)
    for same in ({"date": date(2027, 4, 1)}, {"statements": ["<1 ms: ALTER (a)"]}):
        assert noted(card, {**REHEARSAL, **same}) is card
    for other in ({"digest": "e"}, {"verdicts": ["x"]}, {"statements": ["2 ms: ALTER (b)"]}):
        assert noted(card, {**REHEARSAL, **other}).rehearsal == {**REHEARSAL, **other}

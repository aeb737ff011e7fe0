"""Migrations, their findings and their cards together: what is settled by what."""

from collections.abc import Callable
from datetime import date

import pytest

from governance.cards.content import content_of
from governance.cards.renewing import Facts, People, renewed
from governance.cards.writing import write
from governance.gate.reviewing import Review, review_all
from governance.gate.standing import can_be_acknowledged
from governance.report.migrations import migration
from governance.review.loading import TolerantLoader
from governance.review.sizes import Sizes
from governance.rules import rule
from tests.histories import History

DROP = 'migrations.RemoveField("item", "note")'
SAFE = 'migrations.AddField("item", "x", models.IntegerField(null=True))'
FOREIGN = 'migrations.RunSQL("ALTER TABLE finance_transaction ADD COLUMN x int", "")'


def reviewed(name: str, **options: object) -> Review:
    (review,) = review_all(TolerantLoader(), {("dev", name)}, **options)  # type: ignore[arg-type]
    return review


def slugs(review: Review) -> set[str]:
    return {f.rule.slug for f in review.findings}


def sign(history: History, name: str, *, rollback: str = "Back.", restore: str = "Dump.") -> None:
    """Write a complete card for what is there now."""
    review = reviewed(name)
    content = content_of(review.reviewed.migration)
    assert content is not None
    found = tuple(f.rule.slug for f in review.findings if can_be_acknowledged(f))
    facts = Facts(migration=f"dev.{name}", content=content, phase="contract", slugs=found)
    people = People(author="Ada <ada@example.com>", me="Bob <bob@example.com>")
    card = renewed(None, facts, people, date(2027, 1, 5))
    from dataclasses import replace

    write(history.card(name), replace(card, rollback=rollback, restore=restore))


def test_safe(history: History) -> None:
    history.add("0002_x", SAFE)
    review = reviewed("0002_x")
    assert review.everything == ()
    assert review.standing.words == "needs no review card"


def test_the_first_migrations_of_an_app_are_no_risk(history: History) -> None:
    """Once one of them is released, the next are like all others."""
    history.add("0002_x", DROP, more="initial = True")
    both = {("dev", "0001_initial"), ("dev", "0002_x")}
    reviews = review_all(TolerantLoader(), both)
    assert [f.rule.slug for review in reviews for f in review.everything] == []
    assert "column-dropped" in slugs(reviewed("0002_x"))
    assert reviewed("0002_x").standing.findings


def test_risky_without_a_card(history: History) -> None:
    history.add("0002_x", DROP)
    review = reviewed("0002_x")
    assert "column-dropped" in slugs(review)
    (finding,) = review.standing.findings
    assert finding.message == (
        "dev.0002_x has no review card: it takes structure away or demands more of writers, "
        "loses data and has findings that are errors (column-dropped)."
    )
    assert review.standing.words == "review card: a risky migration has no review card"


def test_a_card_accepts_what_its_reviewer_has_seen(history: History) -> None:
    history.add("0002_x", DROP)
    sign(history, "0002_x")
    review = reviewed("0002_x")
    assert review.everything == ()
    assert "column-dropped" in {f.rule.slug for f in review.accepted}
    assert review.standing.words == "reviewed by Bob <bob@example.com> on 2027-01-05"


def test_a_card_accepts_nothing_else(history: History) -> None:
    history.add("0002_x", DROP)
    sign(history, "0002_x")
    text = history.card("0002_x").read_text()
    history.card("0002_x").write_text(text.replace('"column-dropped"', '"no-way-back"'))
    assert "column-dropped" in slugs(reviewed("0002_x"))


@pytest.mark.parametrize("missing", ["rollback", "restore"])
def test_an_incomplete_card_accepts_nothing(missing: str, history: History) -> None:
    history.add("0002_x", DROP)
    sign(history, "0002_x", **{missing: ""})
    review = reviewed("0002_x")
    assert "column-dropped" in slugs(review)
    assert [f.rule.slug for f in review.standing.findings] == ["incomplete-review-card"]


def test_an_outdated_card_accepts_nothing(history: History) -> None:
    history.add("0002_x", DROP)
    sign(history, "0002_x")
    history.add("0002_x", f"{DROP}, {SAFE}")
    review = reviewed("0002_x")
    assert "column-dropped" in slugs(review)
    (finding,) = review.standing.findings
    assert finding.message == (
        "dev.0002_x was changed after its review by Bob <bob@example.com> on 2027-01-05: "
        "AddField item.x was added."
    )


def test_tables_of_others_are_not_for_reviewers(history: History) -> None:
    """The owner agrees to these, by a waiver."""
    history.add("0002_x", FOREIGN)
    sign(history, "0002_x")
    text = history.card("0002_x").read_text()
    text = text.replace("acknowledged = []", 'acknowledged = ["cross-module-schema-change"]')
    history.card("0002_x").write_text(text)
    assert "cross-module-schema-change" in slugs(reviewed("0002_x"))


def test_unreadable_and_double_cards(history: History) -> None:
    history.add("0002_x", DROP)
    history.card("0002_x").write_text("version = ")
    review = reviewed("0002_x")
    assert [f.rule.slug for f in review.standing.findings] == ["unreadable-review-card"]
    sign_here = history.project / "review" / "dev" / "0002_x.review.toml"
    history.card("0002_x").unlink()
    sign(history, "0002_x")
    sign_here.parent.mkdir(parents=True)
    sign_here.write_text(history.card("0002_x").read_text())
    review = reviewed("0002_x")
    assert [f.rule.slug for f in review.standing.findings] == ["two-review-cards"]
    assert "column-dropped" in slugs(review)


def test_review_setting(history: History, governance_settings: Callable[..., None]) -> None:
    history.add("0002_x", SAFE)
    history.add("0003_y", DROP, after="0002_x")
    history.add("0002_z", "")
    history.add("0004_merge", "", after="0003_y 0002_z")
    needs = lambda name: reviewed(name).standing.subject.needs_card  # noqa: E731
    assert [needs(n) for n in ("0002_x", "0003_y", "0004_merge")] == [False, True, False]
    governance_settings(REVIEW="all")
    assert [needs(n) for n in ("0002_x", "0003_y", "0004_merge")] == [True, True, False]
    governance_settings(REVIEW="none")
    assert [needs(n) for n in ("0002_x", "0003_y", "0004_merge")] == [False, False, False]
    assert "column-dropped" in slugs(reviewed("0003_y"))


def test_second_person(history: History, governance_settings: Callable[..., None]) -> None:
    history.add("0002_x", DROP)
    sign(history, "0002_x")
    text = history.card("0002_x").read_text()
    governance_settings(SECOND_PERSON=True)
    assert reviewed("0002_x").everything == ()
    history.card("0002_x").write_text(text.replace("Bob <bob@", "Ada <ada@"))
    review = reviewed("0002_x")
    assert [f.rule.slug for f in review.standing.findings] == ["reviewed-by-author"]
    assert "column-dropped" in slugs(review)


def test_squash_of_reviewed_migrations(history: History) -> None:
    history.add("0002_x", SAFE)
    history.add("0003_y", DROP, after="0002_x")
    sign(history, "0003_y")
    squash = 'replaces = [("dev", "0002_x"), ("dev", "0003_y")]'
    history.add("0002_squashed", f"{SAFE}, {DROP}", more=squash)
    review = reviewed("0002_squashed")
    assert review.everything == ()
    assert review.standing.words == "reviewed before it was squashed: dev.0003_y"
    history.add("0002_squashed", f"{SAFE}, {DROP}, {DROP.replace('note', 'name')}", more=squash)
    review = reviewed("0002_squashed")
    assert [f.rule.slug for f in review.standing.findings] == ["missing-review-card"]
    history.add("0002_squashed", f"{SAFE}, {DROP}", more=squash)
    complete = history.card("0003_y").read_text()
    history.card("0003_y").write_text(complete.replace('restore = "Dump."', 'restore = ""'))
    review = reviewed("0002_squashed")
    assert [f.rule.slug for f in review.standing.findings] == ["missing-review-card"]
    history.card("0003_y").unlink()
    review = reviewed("0002_squashed")
    assert [f.rule.slug for f in review.standing.findings] == ["missing-review-card"]


def test_details(history: History) -> None:
    """For machines: the facts about the operation, and whose table it is."""
    history.add("0002_x", DROP)
    (finding,) = (f for f in reviewed("0002_x").findings if f.rule.slug == "column-dropped")
    assert (finding.actor, finding.owner) == ("dev", "dev")
    details = dict(finding.details)
    assert details["phase"] == "contract"
    assert details["data_loss"] is True
    assert details["owners"] == {"dev_item": "unknown:dev_item"}
    assert {"locks", "rewrite", "scan", "reversible", "old_release", "new_release"} <= set(details)
    assert {b["verb"] for b in details["old_release"]} == {"select", "insert", "update"}


def test_small_tables_are_silent(history: History) -> None:
    index = 'migrations.AddIndex("item", models.Index(fields=["name"], name="item_name"))'
    history.add("0002_x", index)
    large, small = (reviewed("0002_x", sizes=Sizes(rows={"dev_item": n})) for n in (10**7, 100))
    assert len(slugs(small)) <= len(slugs(large))


def test_block_at_two_widths(history: History) -> None:
    history.add("0002_x", f"{DROP}, {SAFE}, migrations.RunSQL('SELECT 1', '')")
    review = reviewed("0002_x")
    for width in (80, 120):
        text = migration(review.reviewed, review.standing.words, Sizes(), width=width)
        lines = text.splitlines()
        assert max(map(len, lines)) <= width
        assert lines[0].startswith("dev.0002_x: contract, ")
        assert lines[1] == "  review card: a risky migration has no review card"
        assert lines[2].split() == ["#", "operation", "phase", "lock", "rows", "breaks", "undo"]
        assert "RemoveField" in text
        assert "…" not in text.partition("RunSQL")[0]


def test_rules_that_no_card_accepts() -> None:
    """A slug that was renamed in the catalogue would be accepted unseen."""
    from governance.gate import standing, words

    for slug in standing._NEVER | words.OF_OWNERS | words._OF_CARDS:
        assert rule(slug).slug == slug


def test_two_steps_of_one_release(history: History) -> None:
    history.add("0002_x", f"migrations.SeparateDatabaseAndState(state_operations=[{DROP}])")
    drop = 'migrations.RunSQL("ALTER TABLE dev_item DROP COLUMN note", "")'
    history.add("0003_y", drop, after="0002_x")
    keys = {("dev", "0002_x"), ("dev", "0003_y")}
    for together in (True, False):
        first, second = review_all(TolerantLoader(), keys, together=together)
        assert "both-steps-at-once" not in slugs(first)
        assert ("both-steps-at-once" in slugs(second)) is together


def test_what_can_not_be_read_of_a_package(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Owners are asked of own apps only; that something can't be read is told of every app."""
    history.add("0002_x", 'migrations.RunSQL("ALTER TABEL x", "")')
    told = ['dev.0002_x: operation 1 (RunSQL) can\'t be read: syntax error at or near "TABEL".']
    for own in (True, False):
        monkeypatch.setattr("governance.gate.reviewing.is_first_party", lambda _, own=own: own)
        review = reviewed("0002_x")
        found = [f.message for f in review.findings if f.rule.slug == "unreadable-operation"]
        assert found == told

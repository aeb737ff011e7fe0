"""Fresh or accepted?"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from governance.acceptance import settling
from governance.acceptance.baseline import dumps
from governance.acceptance.entries import Baseline
from governance.acceptance.settling import Settled, is_accepted, settle
from governance.findings import Finding
from governance.ownership.declarations import Waiver
from governance.rules import rule
from tests.acceptance.examples import DAY, ENTRY, LATER, WRITE, by, moved, registry

WAIVER = Waiver(
    slug="cross-module-write", subject="finance_transaction", reason="Agreed.", until=LATER
)


def settled(*findings: Finding, entries: object = (ENTRY,), waivers: object = ()) -> Settled:
    baseline = Baseline.of(entries)  # type: ignore[arg-type]
    return settle(findings, registry=registry(*waivers), baseline=baseline, today=DAY)  # type: ignore[misc]


def test_what_nobody_accepted_is_fresh() -> None:
    assert settled(WRITE, entries=()) == Settled(fresh=(WRITE,))


def test_baseline_accepts_the_same_function() -> None:
    elsewhere = moved(WRITE, 99)
    assert settled(elsewhere) == Settled(fresh=(), baselined=(elsewhere,))
    other = replace(WRITE, actor="core")
    assert settled(other).fresh == (other,)


def test_all_operations_that_leave_rows_are_one() -> None:
    insert = replace(WRITE, details={"operation": "insert", "layer": "statement"})
    assert settled(insert).baselined == (insert,)
    delete = replace(WRITE, details={"operation": "delete"})
    assert settled(delete).fresh == (delete,)


def test_one_place_more_is_fresh_again() -> None:
    fresh = settled(WRITE, moved(WRITE, 8)).fresh
    assert [f.message for f in fresh] == [
        "dev may not update finance_transaction: the table belongs to finance. "
        "There are 2 places, the baseline accepts 1."
    ] * 2
    assert settled(WRITE, moved(WRITE, 8), entries=[replace(ENTRY, count=2)]).fresh == ()


def test_layers_count_for_themselves() -> None:
    """A call that spans several lines is at one line for the scan and at another when it runs."""
    assert settled(WRITE, by(moved(WRITE, 8), "statement")).fresh == ()


def test_ended_entry_accepts_nothing() -> None:
    ended = replace(ENTRY, until=DAY - timedelta(days=1))
    assert settled(WRITE, entries=[ended]) == Settled(fresh=(WRITE,), ended=(ended,))
    assert settled(WRITE, entries=[replace(ENTRY, until=DAY)]).fresh == ()


def test_mistakes_are_never_accepted() -> None:
    mistake = Finding(rule=rule("unknown-name"), message="x", hint="", subject="finanse")
    entry = replace(
        ENTRY, slug="unknown-name", subject="finanse", actor="", caller="", operation=""
    )
    assert entry.fingerprint == mistake.fingerprint
    assert settled(mistake, entries=[entry]).fresh == (mistake,)


def test_waiver_of_the_owner() -> None:
    assert settled(WRITE, waivers=[WAIVER]) == Settled(fresh=(), waived=(WRITE,), used=(WAIVER,))
    one = replace(WAIVER, actor="dev", caller="dev.jobs.close")
    assert settled(WRITE, entries=(), waivers=[one]).waived == (WRITE,)
    quoted = replace(WAIVER, subject='"finance_transaction"')
    assert settled(WRITE, entries=(), waivers=[quoted]).waived == (WRITE,)


@pytest.mark.parametrize(
    "changes",
    [
        {"slug": "unknown-actor"},
        {"subject": "finance_tag"},
        {"actor": "core"},
        {"caller": "dev.jobs.open"},
        {"until": DAY - timedelta(days=1)},
    ],
)
def test_waiver_of_something_else(changes: dict[str, object]) -> None:
    waiver = replace(WAIVER, **changes)  # type: ignore[arg-type]
    assert settled(WRITE, entries=(), waivers=[waiver]).fresh == (WRITE,)


def test_only_the_owner_can_waive() -> None:
    theirs = replace(WRITE, subject="dev_project", owner="dev", actor="finance")
    waiver = replace(WAIVER, subject="dev_project")
    assert settled(theirs, entries=(), waivers=[waiver]).fresh == (theirs,)


def test_who_acts_answers_where_nobody_owns() -> None:
    unread = Finding(
        rule=rule("unknown-write"), message="x", hint="", subject="CALL pay()", actor="finance"
    )
    waiver = replace(WAIVER, slug="unknown-write", subject="CALL pay()")
    assert settled(unread, entries=(), waivers=[waiver]).waived == (unread,)


@pytest.fixture
def file(tmp_path: Path, governance_settings: Callable[..., None]) -> Iterator[Path]:
    path = tmp_path / "baseline.toml"
    governance_settings(BASELINE=str(path))
    yield path
    settling.forget()


def test_running_process_accepts_what_the_file_lists(file: Path) -> None:
    assert not is_accepted(WRITE)
    file.write_text(dumps(Baseline.of([replace(ENTRY, until=LATER.replace(year=2999))])))
    assert not is_accepted(WRITE), "read once"
    settling.forget()
    assert is_accepted(WRITE)
    assert is_accepted(moved(WRITE, 99))
    assert not is_accepted(replace(WRITE, actor="core"))


def test_running_process_accepts_nothing_of_a_broken_file(file: Path) -> None:
    file.write_text(dumps(Baseline.of([replace(ENTRY, until=LATER.replace(year=2999))])) + "[[")
    assert not is_accepted(WRITE)


def test_running_process_accepts_nothing_that_has_ended(file: Path) -> None:
    file.write_text(dumps(Baseline.of([replace(ENTRY, until=DAY.replace(year=2020))])))
    assert not is_accepted(WRITE)


def test_other_settings_mean_another_file(
    file: Path, tmp_path: Path, governance_settings: Callable[..., None]
) -> None:
    other = tmp_path / "other.toml"
    other.write_text(dumps(Baseline.of([replace(ENTRY, until=LATER.replace(year=2999))])))
    assert not is_accepted(WRITE)
    governance_settings(BASELINE=str(other))
    assert is_accepted(WRITE)

"""How the baseline grows and shrinks, and what is said about it."""

import subprocess
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.acceptance import history, judging
from governance.acceptance.baseline import dumps, lines_of
from governance.acceptance.changes import Terms, adopted, growth, shrunk
from governance.acceptance.entries import SEERS, Baseline, Entry
from governance.acceptance.history import Past, trend
from governance.acceptance.settling import settle
from governance.exceptions import BaselineRefused
from governance.findings import Finding
from governance.ownership.declarations import Waiver
from governance.rules import rule
from tests.acceptance.examples import DAY, ENTRY, LATER, WRITE, by, moved, registry

TERMS = Terms(reason="Since 2019.", until=LATER)
NONE = Path("none.toml")


def adopt(findings: Iterable[Finding], known: Iterable[Entry] = (), terms: Terms = TERMS) -> object:
    return adopted(Baseline.of(known), findings, terms, today=DAY).entries


def test_adopted_finding_becomes_an_entry() -> None:
    assert adopt([WRITE]) == (ENTRY,)
    assert adopt([WRITE, moved(WRITE, 8)]) == (replace(ENTRY, count=2),)
    assert adopt([WRITE, by(WRITE, "cursor")]) == (replace(ENTRY, seen_by=("scan", "tests")),)


def test_adopted_again_with_more_places() -> None:
    again = Terms(reason="Two now.", until=LATER + timedelta(days=1), issue="https://x/1")
    assert adopt([WRITE, moved(WRITE, 8)], [ENTRY], again) == (
        replace(
            ENTRY, count=2, reason="Two now.", until=LATER + timedelta(days=1), issue="https://x/1"
        ),
    )


def test_adopted_for_one_owner() -> None:
    other = replace(WRITE, owner="core", subject="core_team")
    assert adopt([WRITE, other], terms=replace(TERMS, owner="finance")) == (ENTRY,)


def test_mistakes_and_notes_are_not_adopted() -> None:
    mistake = Finding(rule=rule("unknown-name"), message="x", hint="", subject="x")
    note = Finding(rule=rule("not-postgresql"), message="x", hint="", subject="x")
    assert adopt([mistake, note]) == ()


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        (replace(TERMS, reason=" "), 'Say why it is accepted for now: --reason "…".'),
        (
            replace(TERMS, until=date(2026, 11, 23)),
            "--until 2026-11-23 has passed; name a day to come.",
        ),
    ],
)
def test_terms_that_nobody_could_review(terms: Terms, message: str) -> None:
    with pytest.raises(BaselineRefused) as caught:
        adopt([WRITE], terms=terms)
    assert str(caught.value) == message


def shrink(entry: Entry, seen: Iterable[Finding], *complete: str) -> tuple[Entry, ...]:
    return shrunk(Baseline.of([entry]), seen, complete).entries


def test_shrinking() -> None:
    both, two = replace(ENTRY, seen_by=("scan", "tests")), replace(ENTRY, count=2)
    assert shrink(ENTRY, [WRITE], "scan") == (ENTRY,)
    assert shrink(ENTRY, [], "scan") == ()
    assert shrink(two, [WRITE], "scan") == (ENTRY,)
    assert shrink(ENTRY, [WRITE, moved(WRITE, 8)], "scan") == (ENTRY,), "it never grows"
    assert shrink(both, [], "scan") == (replace(ENTRY, seen_by=("tests",)),)
    assert shrink(both, [], "scan", "tests") == ()
    assert shrink(replace(both, count=2), [WRITE], "scan") == (replace(both, count=2),)


def test_partial_runs_shrink_nothing() -> None:
    assert shrink(ENTRY, []) == (ENTRY,)
    assert shrink(ENTRY, [], "tests", "database") == (ENTRY,)
    assert shrink(replace(ENTRY, count=5), [WRITE], "tests") == (replace(ENTRY, count=5),)


seers = st.sets(st.sampled_from(SEERS), min_size=1)


@given(seers, seers, st.integers(1, 5), st.integers(0, 4))
def test_shrinking_is_done_after_once(
    seen_by: set[str], complete: set[str], count: int, places: int
) -> None:
    entry = replace(ENTRY, count=count, seen_by=tuple(s for s in SEERS if s in seen_by))
    seen = [moved(WRITE, line) for line in range(places)]
    once = shrunk(Baseline.of([entry]), seen, complete)
    assert shrunk(once, seen, complete) == once
    assert growth(Baseline.of([entry]), once) == []


def stale(entry: Entry, seen: Iterable[Finding], *complete: str) -> list[tuple[str, str]]:
    findings = judging.stale(Baseline.of([entry]), seen, complete, NONE)
    assert {f.rule.slug for f in findings} <= {"stale-baseline"}
    return [(f.message, f.hint) for f in findings]


NAMED = "cross-module-write of finance_transaction (write) by dev.jobs.close"
SHRINK = "Run: manage.py schema_check --shrink"


def test_governance_E222_stale_baseline() -> None:
    both = replace(ENTRY, seen_by=("scan", "tests"))
    gone = f"{NAMED} is accepted, but the scan no longer finds it."
    assert stale(ENTRY, [WRITE], "scan") == []
    assert stale(ENTRY, [], "scan") == [(gone, SHRINK)]
    assert stale(both, [], "scan") == [(gone, f"{SHRINK}. What the tests found stays accepted.")]
    assert stale(both, [by(WRITE, "static")], "tests", "scan") == [
        (
            f"{NAMED} is accepted, but the tests no longer find it.",
            f"{SHRINK}. What the scan found stays accepted.",
        )
    ]
    assert stale(both, [], "tests", "scan") == [
        (f"{NAMED} is accepted, but the scan and the tests no longer find it.", SHRINK)
    ]
    tested = replace(ENTRY, seen_by=("tests",))
    assert stale(tested, [], "tests") == [
        (
            f"{NAMED} is accepted, but the tests no longer find it.",
            "Run: pytest --governance-baseline=shrink",
        )
    ]
    assert stale(replace(ENTRY, count=2), [WRITE], "scan") == [
        (f"{NAMED} is accepted at 2 places and found at 1.", SHRINK)
    ]


def test_partial_runs_judge_nothing_stale() -> None:
    assert stale(ENTRY, []) == []
    assert stale(ENTRY, [], "tests") == []
    assert stale(replace(ENTRY, seen_by=("observed",)), [], "scan", "tests", "database") == []


def test_governance_W223_baseline_ended() -> None:
    entry = replace(ENTRY, until=date(2026, 11, 1))
    settled = settle([WRITE], registry=registry(), baseline=Baseline.of([entry]), today=DAY)
    (finding,) = judging.ended(settled, NONE)
    assert finding.message == f"{NAMED} was accepted until 2026-11-01 (Since 2019.)."
    assert finding.hint == (
        "Use the interface of finance, or agree on a new day: "
        'schema_check --adopt --reason "…" --until DATE'
    )
    assert finding.rule.id == "governance.W223"


def grown(old: Iterable[Entry], new: Iterable[Entry]) -> list[tuple[str, str]]:
    findings = judging.grown(Baseline.of(old), Baseline.of(new), NONE, since="main")
    assert {f.rule.slug for f in findings} <= {"baseline-grown"}
    return [(f.message, f.hint) for f in findings]


def test_governance_W224_baseline_grown() -> None:
    because = "Until 2027-06-30, because: Since 2019."
    assert grown([ENTRY], [ENTRY]) == grown([ENTRY], []) == []
    assert grown([replace(ENTRY, count=3)], [ENTRY]) == []
    assert grown([], [ENTRY]) == [(f"{NAMED} is accepted now and was not at main.", because)]
    assert grown([ENTRY], [replace(ENTRY, count=3, issue="https://x/1")]) == [
        (
            f"{NAMED} is accepted at more places: 3 places now, 1 at main.",
            f"{because}\nhttps://x/1",
        )
    ]
    assert grown([replace(ENTRY, until=DAY)], [ENTRY]) == [
        (f"{NAMED} is accepted for longer: until 2026-11-24 at main.", because)
    ]


WAIVER = Waiver(
    slug="cross-module-write", subject="finance_transaction", reason="Agreed.", until=LATER
)


def test_governance_W225_unmatched_waiver() -> None:
    assert judging.unmatched(registry(WAIVER), [WRITE], today=DAY) == []
    assert judging.unmatched(registry(WAIVER), [], today=LATER + timedelta(days=1)) == []
    (finding,) = judging.unmatched(
        registry(replace(WAIVER, caller="dev.jobs.open")), [WRITE], today=DAY
    )
    assert finding.message == (
        "Module 'finance' waives cross-module-write of finance_transaction by dev.jobs.open, "
        "and there is no such finding."
    )
    assert finding.hint == "Remove it from Module 'finance', or correct its names."


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet")
    return tmp_path / "baseline.toml"


def git(folder: Path, *arguments: str, day: str = "2026-09-01") -> None:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    moment = f"{day}T12:00:00Z"
    subprocess.run(
        ["git", *who, *arguments],
        cwd=folder,
        check=True,
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "GIT_COMMITTER_DATE": moment, "HOME": "/"},
    )


def commit(path: Path, count: int, day: str) -> None:
    entries = [replace(ENTRY, subject=f"finance_{n}", count=1 + n % 2) for n in range(count)]
    path.write_text(dumps(Baseline.of(entries)))
    git(path.parent, "add", ".")
    git(path.parent, "commit", "--quiet", "-m", f"{count}", day=day)


def test_trend(repository: Path) -> None:
    assert history.past(repository) == []
    for count, day in ((24, "2026-09-01"), (20, "2026-10-01"), (12, "2026-11-17")):
        commit(repository, count, day)
    known = history.past(repository)
    assert known == [
        Past(day=date(2026, 11, 17), entries=12, places=18),
        Past(day=date(2026, 10, 1), entries=20, places=30),
        Past(day=date(2026, 9, 1), entries=24, places=36),
    ]
    now = Baseline.of([ENTRY])
    assert trend(now, known) == (
        "Baseline: 1 entry, 1 place (−11 since 2026-11-17; 24 at the start on 2026-09-01)."
    )
    assert trend(history.at(repository, "HEAD"), known) == (
        "Baseline: 12 entries, 18 places (−8 since 2026-10-01; 24 at the start on 2026-09-01)."
    )


def test_trend_without_history(tmp_path: Path) -> None:
    path = tmp_path / "baseline.toml"
    assert history.past(path) == []
    assert trend(Baseline.of([ENTRY]), []) == "Baseline: 1 entry, 1 place."


def test_file_at_a_commit(repository: Path) -> None:
    (repository.parent / "other").write_text("x")
    git(repository.parent, "add", ".")
    git(repository.parent, "commit", "--quiet", "-m", "before")
    commit(repository, 3, "2026-10-01")
    assert len(history.at(repository, "HEAD").entries) == 3
    assert history.at(repository, "HEAD~1") == Baseline()
    with pytest.raises(BaselineRefused) as caught:
        history.at(repository, "nowhere")
    assert str(caught.value) == (
        "git knows no commit 'nowhere' here. In CI, fetch it first: git fetch origin nowhere"
    )


def test_findings_point_at_the_line(tmp_path: Path) -> None:
    path = tmp_path / "baseline.toml"
    path.write_text(dumps(Baseline.of([ENTRY])))
    assert lines_of(path) == {ENTRY.fingerprint: 8}
    (finding,) = judging.stale(Baseline.of([ENTRY]), [], {"scan"}, path)
    assert finding.location is not None
    assert finding.location.line == 8

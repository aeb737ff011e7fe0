"""The baseline file: what is written is read again, and a broken one accepts nothing."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.acceptance.baseline import dumps, loads, read, write
from governance.acceptance.ci import ci_variable
from governance.acceptance.entries import SEERS, Baseline, Entry
from governance.exceptions import BaselineRefused
from tests.acceptance.examples import ENTRY

FILE = Path("governance-baseline.toml")

texts = st.text(st.characters(codec="utf-8"), max_size=30)
entries = st.builds(
    Entry,
    slug=st.sampled_from(["cross-module-write", "unknown-write", "app-without-module"]),
    subject=texts,
    actor=texts,
    caller=texts,
    operation=st.sampled_from(["", "write", "remove", "unknown"]),
    owner=texts,
    count=st.integers(min_value=1, max_value=10_000),
    reason=texts.filter(str.strip),
    issue=texts,
    until=st.dates(),
    seen_by=st.sets(st.sampled_from(SEERS), min_size=1).map(
        lambda seers: tuple(s for s in SEERS if s in seers)
    ),
)


@given(st.lists(entries, max_size=8))
def test_what_is_written_is_read_again(given_entries: list[Entry]) -> None:
    baseline = Baseline.of(given_entries)
    assert loads(dumps(baseline), FILE) == baseline


@given(st.lists(entries, max_size=8).flatmap(lambda e: st.tuples(st.just(e), st.permutations(e))))
def test_the_order_of_entries_makes_no_difference(pair: tuple[list[Entry], list[Entry]]) -> None:
    first, second = pair
    assert dumps(Baseline.of(first)) == dumps(Baseline.of(second))


@given(st.lists(entries, max_size=5), st.lists(entries, max_size=5), st.lists(entries, max_size=5))
def test_branches_may_be_merged_in_any_order(
    a: list[Entry], b: list[Entry], c: list[Entry]
) -> None:
    """Each merge keeps both sides, as a person does, with changed ends and counts of one entry."""
    b = b + [replace(e, count=e.count + 1, reason=f"{e.reason}!") for e in a[:2]]
    c = c + [replace(e, until=date(2026, 1, 1)) for e in a[1:3]]
    one = Baseline.of([*Baseline.of([*a, *b]).entries, *c])
    two = Baseline.of([*Baseline.of([*c, *b]).entries, *a])
    assert dumps(one) == dumps(two)


def test_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "baseline.toml"
    write(path, Baseline.of([replace(ENTRY, issue="https://issues.example/7", count=2)]))
    assert path.read_text() == (
        "# What is accepted for now: each entry is one finding that was there when it was "
        "adopted.\n"
        "# The file may only shrink. Don't edit it by hand; it is written by\n"
        "#     manage.py schema_check --adopt     and     manage.py schema_check --shrink\n"
        "\n"
        "version = 1\n"
        "\n"
        "[[entry]]\n"
        f'fingerprint = "{ENTRY.fingerprint}"\n'
        'slug = "cross-module-write"\n'
        'subject = "finance_transaction"\n'
        'actor = "dev"\n'
        'caller = "dev.jobs.close"\n'
        'operation = "write"\n'
        'owner = "finance"\n'
        "count = 2\n"
        'reason = "Since 2019."\n'
        'issue = "https://issues.example/7"\n'
        "until = 2027-06-30\n"
        "seen_by = [\n"
        '    "scan",\n'
        "]\n"
    )
    assert [p.name for p in tmp_path.iterdir()] == ["baseline.toml"]


def test_absent_file_is_empty(tmp_path: Path) -> None:
    assert read(tmp_path / "none.toml") == Baseline()


VALID = dumps(Baseline.of([ENTRY, replace(ENTRY, actor="core")]))


def broken(text: str) -> list[tuple[str, str, int]]:
    baseline = loads(text, FILE)
    assert baseline.entries == ()
    assert {f.rule.slug for f in baseline.findings} == {"unreadable-baseline"}
    return [(f.message, f.hint, f.location.line if f.location else 0) for f in baseline.findings]


@pytest.mark.parametrize(
    ("before", "after", "message", "hint"),
    [
        (
            'reason = "Since 2019."',
            'reason = " "',
            "line 7, begins an entry without a reason",
            "Say why it is accepted for now.",
        ),
        (
            'reason = "Since 2019."\n',
            "",
            "line 7, begins an entry without reason",
            "Add reason, or remove the entry.",
        ),
        (
            "until = 2027-06-30",
            'until = "2027-06-30"',
            "line 7, begins an entry with until = '2027-06-30', not a date",
            "Write it without quotes: until = 2027-06-30",
        ),
        (
            "count = 1",
            "count = 0",
            "line 7, begins an entry with count = 0",
            "Write a number from 1 on.",
        ),
        (
            "count = 1",
            "cuont = 1",
            "line 7, has the key 'cuont', which an entry does not have",
            "Did you mean 'count'?",
        ),
        (
            '"cross-module-write"',
            '"cross-module-wirte"',
            "line 7, begins an entry of the rule 'cross-module-wirte', which does not exist",
            "Did you mean 'cross-module-write'?",
        ),
        (
            '"cross-module-write"',
            '"stale-baseline"',
            "line 7, begins an entry of the rule 'stale-baseline', which can't be accepted",
            "Remove the entry and correct what the finding names.",
        ),
        (
            '"scan"',
            '"skan"',
            "line 7, begins an entry with seen_by = ['skan']",
            "Choose from scan, tests, observed, database, review.",
        ),
        (
            'owner = "finance"',
            "owner = 3",
            "line 7, begins an entry with owner = 3, not a text",
            'Write owner = "…".',
        ),
        ("version = 1", "version = 2", "", "Upgrade django-schema-governance."),
    ],
)
def test_governance_E221_entries(before: str, after: str, message: str, hint: str) -> None:
    found = broken(VALID.replace(before, after, 1))
    message = message or "has version 2, and this release reads version 1"
    comma = ", " if message.startswith("line") else " "
    line = 7 if message.startswith("line") else 1
    assert found == [(f"{FILE}{comma}{message}, so nothing in it is accepted.", _hint(hint), line)]


def _hint(hint: str) -> str:
    return hint or f"Correct it, or take the file from git again: git checkout {FILE}"


def test_governance_E221_changed_by_hand() -> None:
    """Nobody looked at what an entry accepts that was edited to mean something else."""
    changed = VALID.replace('actor = "core"', 'actor = "shop"')
    mark = replace(ENTRY, actor="core").fingerprint
    right = replace(ENTRY, actor="shop").fingerprint
    assert broken(changed) == [
        (
            f"{FILE}, line 7, begins an entry whose fingerprint '{mark}' is not that of its "
            "fields, so nothing in it is accepted.",
            f'Take the entry from git again; for what it says now, "{right}" is right.',
            7,
        )
    ]


def test_governance_E221_syntax() -> None:
    ((message, hint, line),) = broken("version = 1\n[[entry]\n")
    assert message.startswith(f"{FILE}, line 2, is not TOML: ")
    assert message.endswith(", so nothing in it is accepted.")
    assert hint == f"Correct it, or take the file from git again: git checkout {FILE}"
    assert line == 2


def test_governance_E221_merge_conflict() -> None:
    text = VALID.replace("[[entry]]", "<<<<<<< HEAD\n[[entry]]", 1)
    ((_, hint, line),) = broken(text)
    assert line == 7
    assert hint == (
        "Line 7 is a merge conflict. Keep both sides and remove the lines with markers; the order "
        "of entries does not matter."
    )


@pytest.mark.parametrize(
    "text", ["entry = 3", "[entry]\nslug = 'x'", "entry = [3]", "other = 1", "\x00", "[[entry]]"]
)
def test_governance_E221_never_a_traceback(text: str) -> None:
    assert broken(text)


@given(st.text(max_size=200))
def test_any_text_is_judged(text: str) -> None:
    baseline = loads(text, FILE)
    assert not (baseline.entries and baseline.findings)


def test_governance_E221_not_a_file(tmp_path: Path) -> None:
    (found,) = read(tmp_path).findings
    assert found.message == (
        f"{tmp_path} can't be read: Is a directory, so nothing in it is accepted."
    )
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b"\xff")
    (found,) = read(latin).findings
    assert found.message == f"{latin} can't be read: it is not UTF-8, so nothing in it is accepted."


@pytest.mark.parametrize("variable", ["CI", "GITHUB_ACTIONS", "GITLAB_CI", "BUILDKITE", "TF_BUILD"])
def test_ci_cannot_write(variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ci_variable() == ""
    monkeypatch.setenv(variable, "false")
    assert ci_variable() == ""
    monkeypatch.setenv(variable, "true")
    path = tmp_path / "b.toml"
    with pytest.raises(BaselineRefused) as caught:
        write(path, Baseline.of([ENTRY]))
    assert str(caught.value) == (
        f"{path} is not written in CI ({variable} is set): what is accepted is decided by people. "
        "Run the command on your machine and commit the file."
    )
    assert not path.exists()


def test_place_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "none" / "b.toml"
    with pytest.raises(BaselineRefused) as caught:
        write(path, Baseline())
    assert str(caught.value) == f"{path} can't be written: No such file or directory."

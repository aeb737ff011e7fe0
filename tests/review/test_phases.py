"""Does the review say what was labelled before it was written? See ``tests.review.phases``."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from tests.review.phases.all_cases import CASES
from tests.review.phases.reading import MEASURED, reviewed, said, seen

BAR = 84 / 90
REST = 0.90
Disagreement = tuple[str, str, object, object]


@cache
def _read() -> tuple[list[Disagreement], dict[str, int]]:
    """All disagreements, and how often each thing was compared."""
    disagreements, compared = [], {}
    for case in CASES:
        ours = seen(reviewed(case))
        for what, label in said(case).items():
            compared[what] = compared.get(what, 0) + 1
            if ours[what] != label:
                disagreements.append((what, case.name, label, ours[what]))
    return disagreements, compared


def test_cases_are_many_and_measured() -> None:
    assert len(CASES) >= 110
    assert len({case.name for case in CASES}) == len(CASES)
    assert {case.name for case in CASES} == set(MEASURED)
    assert all(case.why for case in CASES)


def _agreed(what: str, disagreements: list[Disagreement]) -> float:
    compared = _read()[1][what]
    return 1 - len(disagreements) / compared


def _of(what: str) -> list[Disagreement]:
    return [found for found in _read()[0] if found[0] == what]


def _told(disagreements: list[Disagreement]) -> Iterator[str]:
    for what, name, label, ours in disagreements:
        yield f"{name}: {what} is labelled {label}, the review says {ours}"


def test_phases() -> None:
    """Strictly: a second phase that a label allows does not count."""
    found = _of("phase")
    assert _agreed("phase", found) >= BAR, "\n".join(_told(found))


@pytest.mark.parametrize(
    "what",
    ["reversal", "loses data", "old release", "new release", "locks", "rewrites", "scans"],
)
def test_everything_else(what: str) -> None:
    found = _of(what)
    assert _agreed(what, found) >= REST, "\n".join(_told(found))

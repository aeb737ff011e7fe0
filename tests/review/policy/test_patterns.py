"""Each unsafe pattern has a rule; each rule a test where it fires and one where it is silent."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from governance.findings import Rule
from governance.rules import RULES
from tests.review.policy.patterns import LEFT_OUT, PATTERNS

FILES = [file for file in Path(__file__).parent.glob("test_*.py") if file != Path(__file__)]
AREAS = {5, 6}
"""Hundreds of the rules whose tests stand in this folder."""
OF_SEVERAL_MIGRATIONS = {"both-steps-at-once"}
"""They are tested in ``test_together``."""


def test_every_pattern_is_decided() -> None:
    assert sorted([*PATTERNS, *LEFT_OUT]) == list(range(1, 119))
    assert len(PATTERNS) >= 95


def test_every_rule_of_a_pattern_exists() -> None:
    known = {rule.slug for rule in RULES}
    assert {slug for slugs in PATTERNS.values() for slug in slugs} - known == set()


@pytest.mark.parametrize(
    "rule",
    [r for r in RULES if r.number // 100 in AREAS and r.slug not in OF_SEVERAL_MIGRATIONS],
    ids=lambda rule: rule.slug,
)
def test_rule_is_shown_and_tested(rule: Rule) -> None:
    assert rule.bad and rule.good
    assert rule.slug in set(_told("only", "FIRES"))
    assert rule.slug in set(_told("silent", "QUIET"))


def _told(function: str, table: str) -> Iterator[str]:
    """Yield the slugs that tests give to a function of ``building``, or list in a table."""
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(slug)), *_]):
                    if name == function:
                        yield slug
        module = import_module(f"{__package__}.{file.stem}")
        yield from (str(case[0]) for case in getattr(module, table, ()))

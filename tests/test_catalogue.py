"""Each rule shows what is wrong and what is right; the pages show it in a language."""

import pytest

from docs import generate
from governance.rules import RULES

WITHOUT_EXAMPLE = {"observations-lost"}
"""More kinds of violations than a process keeps: nothing that could be written down differently."""


def test_every_rule_has_examples() -> None:
    assert {rule.slug for rule in RULES if not rule.bad or not rule.good} == WITHOUT_EXAMPLE
    assert [rule.slug for rule in RULES if rule.bad and rule.bad == rule.good] == []


@pytest.mark.parametrize(
    ("example", "language"),
    [
        ("$ python manage.py migrate", "console"),
        ("DROP TRIGGER t ON stock_item", "sql"),
        ('Module(name="stock")', "python"),
        ("two migrations", "text"),
        ("migrations.AddIndex(…)", "text"),
    ],
)
def test_language(example: str, language: str) -> None:
    assert generate._language(example) == language


def test_page_of_a_rule() -> None:
    rule = next(rule for rule in RULES if rule.slug == "unreadable-review-card")
    assert generate.page(rule) == (
        "# unreadable-review-card\n\n"
        "**A review card can't be read.** `governance.E312`, error.\n\n"
        "A card that is not understood proves nothing: the migration counts as not reviewed.\n\n"
        "What to do: Correct the line named in the message, or write it anew: "
        "`manage.py schema_review APP NAME --card`.\n\n"
        "Not so:\n\n```python\nphase = contract\n```\n\n"
        'But so:\n\n```python\nphase = "contract"\n```\n\n'
        "Neither the baseline nor a waiver can accept it.\n"
    )

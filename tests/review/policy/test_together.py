"""Steps that belong into two releases, in one."""

from __future__ import annotations

import pytest
from django.db import migrations, models

from governance.review import history
from governance.review.policy import judge_together
from tests.review.policy.building import START, sql, state_only

FORGET = state_only(migrations.RemoveField("item", "note"))
DROP = sql("ALTER TABLE shop_item DROP COLUMN note")


def _told(*steps: list[object], released: int = 1) -> list[tuple[str, str, str]]:
    plan = []
    for number, operations in enumerate([list(START), *steps], start=1):
        migration = migrations.Migration(f"000{number}_step", "shop")
        migration.operations = operations
        plan.append(migration)
    reviewed = list(history.review(plan))[released:]
    return [(f.rule.slug, f.message, f.hint) for f in judge_together(reviewed)]


HINT = "Release shop.0002_step first, then write this one."
FIRES = [
    (
        "both-steps-at-once",
        [[FORGET], [DROP]],
        "shop.0003_step: operation 1 (RunSQL) drops shop_item.note, which left the models in "
        "shop.0002_step only: that one is not released yet, so the running release still reads "
        "it.",
    ),
    (
        "both-steps-at-once",
        [[state_only(migrations.DeleteModel("Box"))], [sql("DROP TABLE shop_box")]],
        "shop.0003_step: operation 1 (RunSQL) drops shop_box, which left the models in "
        "shop.0002_step only: that one is not released yet, so the running release still reads "
        "it.",
    ),
]
QUIET = [
    (  # another name for the column, which stays
        "both-steps-at-once",
        [
            [
                state_only(
                    migrations.RenameField("item", "note", "remark"),
                    migrations.AlterField("item", "remark", models.TextField(db_column="note")),
                )
            ],
            [migrations.RemoveField("item", "remark")],
        ],
        1,
    ),
    ("both-steps-at-once", [[FORGET], [DROP]], 2),  # the first one is released
    ("both-steps-at-once", [[FORGET]], 1),
    ("both-steps-at-once", [[migrations.RemoveField("item", "note")]], 1),  # told by another rule
]


@pytest.mark.parametrize(("slug", "steps", "message"), FIRES)
def test_fires(slug: str, steps: list[list[object]], message: str) -> None:
    assert _told(*steps) == [(slug, message, HINT)]


@pytest.mark.parametrize(("slug", "steps", "released"), QUIET)
def test_silent(slug: str, steps: list[list[object]], released: int) -> None:
    assert slug not in [told[0] for told in _told(*steps, released=released)]

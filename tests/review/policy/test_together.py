"""Steps that belong into two releases, in one."""

from __future__ import annotations

from django.db import migrations

from governance.review import history
from governance.review.policy import judge_together
from tests.review.policy.building import START, sql, state_only

FORGET = state_only(migrations.RemoveField("item", "note"))
DROP = sql("ALTER TABLE shop_item DROP COLUMN note")


def _told(*steps: list[object], released: int = 1) -> list[tuple[str, str]]:
    plan = []
    for number, operations in enumerate([list(START), *steps], start=1):
        migration = migrations.Migration(f"000{number}_step", "shop")
        migration.operations = operations
        plan.append(migration)
    reviewed = list(history.review(plan))[released:]
    return [(finding.message, finding.hint) for finding in judge_together(reviewed)]


def test_both_steps_in_one_release() -> None:
    assert _told([FORGET], [DROP]) == [
        (
            "shop.0003_step: operation 1 (RunSQL) drops shop_item.note, which left the models in "
            "shop.0002_step only: that one is not released yet, so the running release still "
            "reads it.",
            "Release shop.0002_step first, then write this one.",
        )
    ]


def test_first_step_is_released() -> None:
    assert _told([FORGET], [DROP], released=2) == []


def test_only_the_first_step() -> None:
    assert _told([FORGET]) == []


def test_removed_as_usual_is_told_by_another_rule() -> None:
    assert _told([migrations.RemoveField("item", "note")]) == []


def test_a_model() -> None:
    forget = state_only(migrations.DeleteModel("Box"))
    assert _told([forget], [sql("DROP TABLE shop_box")])[0][0] == (
        "shop.0003_step: operation 1 (RunSQL) drops shop_box, which left the models in "
        "shop.0002_step only: that one is not released yet, so the running release still reads it."
    )

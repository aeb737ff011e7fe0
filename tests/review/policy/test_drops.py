"""Columns and tables that are dropped."""

from django.db import migrations

from tests.review.policy.building import judged, only, slugs, sql, state_only


def test_column_dropped() -> None:
    print(judged(migrations.RemoveField("Item", "note")))
    assert only("column-dropped", migrations.RemoveField("Item", "note")) == 1

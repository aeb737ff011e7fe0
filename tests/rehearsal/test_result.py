"""What is kept of a rehearsal."""

import json
from datetime import date
from typing import Any

from django.db import migrations, models

from tests.rehearsal.stagehand import rehearsed


def test_the_summary_is_small_and_the_same_each_time() -> None:
    def summary() -> dict[str, object]:
        index = migrations.AddIndex("order", models.Index(fields=["number"], name="shop_number"))
        return rehearsed(index).summary(today=date(2026, 11, 25))

    first = summary()
    version = first.pop("postgres")
    assert str(version)[:2].isdigit()
    assert first == {
        "date": "2026-11-25",
        "verdicts": ["rehearsal-scans-under-lock"],
        "locks": {"shop_order": "SHARE"},
    }
    assert summary() == {"postgres": version, **first}


def test_everything_can_be_written_as_json() -> None:
    data = rehearsed(migrations.RemoveField("order", "remark")).as_data()
    assert json.loads(json.dumps(data)) == data


def test_tables_that_are_too_many_or_too_few() -> None:
    from governance.rehearsal.comparison import differences

    structure: Any = None
    assert list(differences({"a": structure}, {})) == [("a", "is missing")]
    assert list(differences({}, {"b": structure})) == [("b", "is left over")]

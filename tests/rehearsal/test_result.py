"""What is kept of a rehearsal."""

import json
from datetime import date

from django.db import migrations, models

from governance.cards.content import Content
from governance.cards.rehearsed import entry_of
from governance.report.rehearsal import brief
from tests.rehearsal.stagehand import rehearsed

CONTENT = Content(parts={"AddIndex order": "1"})


def test_a_card_keeps_little() -> None:
    index = migrations.AddIndex("order", models.Index(fields=["number"], name="shop_number"))
    rehearsal = rehearsed(index)
    line = "CREATE INDEX shop_number ON shop_order (number) (SHARE: shop_order; scan; 20 rows)"
    (statement,) = brief(rehearsal)
    assert statement.partition(" ms: ")[2] == line
    entry = entry_of(rehearsal, CONTENT, [f"2 ms: {line}"], date(2026, 11, 25))
    assert str(entry.pop("postgres"))[:2].isdigit()
    assert entry == {
        "date": date(2026, 11, 25),
        "digest": CONTENT.digest,
        "rows": 40,
        "verdicts": ["rehearsal-scans-under-lock"],
        "statements": [f"2 ms: {line}"],
    }


def test_long_statements_are_cut_and_many_are_counted() -> None:
    adding = [
        migrations.RunSQL(f"ALTER TABLE shop_{table} ADD COLUMN {'long_' * n}{n} int DEFAULT 1", "")
        for table in ("order", "customer")
        for n in (1, 12)
    ]
    rehearsal = rehearsed(*adding[:1], *adding[2:])
    assert [line.partition(" ms: ")[2] for line in brief(rehearsal)] == [
        "ALTER TABLE shop_order ADD COLUMN long_1 int DEFAULT 1 (ACCESS EXCLUSIVE: shop_order; 20 "
        "rows)",
        "ALTER TABLE shop_customer ADD COLUMN long_1 int DEFAULT 1 (ACCESS EXCLUSIVE: "
        "shop_customer, shop_order; 40 rows)",
    ]
    assert brief(rehearsal, most=1)[1:] == ["1 more statement"]


def test_everything_can_be_written_as_json() -> None:
    data = rehearsed(migrations.RemoveField("order", "remark")).as_data()
    assert json.loads(json.dumps(data)) == data

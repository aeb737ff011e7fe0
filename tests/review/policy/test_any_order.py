"""Operations in any order, also where they do not fit: findings, and never an exception."""

from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from hypothesis import example, given, settings
from hypothesis import strategies as st

from governance.review.policy import judge, judge_together
from tests.review.policy.building import LARGE, key, reviewed, sql, state_only

m = migrations
OPERATIONS: list[Operation] = [
    m.AddField("Item", "note", models.TextField(null=True)),
    m.AddField("Item", "size", models.IntegerField(default=0)),
    m.AddField("Item", "other", models.ForeignKey("shop.Kind", models.CASCADE, null=True)),
    m.AlterField("Item", "code", models.CharField(max_length=10)),
    m.AlterField("Item", "kind", models.ForeignKey("shop.Kind", models.CASCADE, null=True)),
    m.AlterField("Kind", "id", models.IntegerField(primary_key=True)),
    m.AlterModelTable("Item", "shop_thing"),
    m.CreateModel("Item", [key()]),
    m.DeleteModel("Box"),
    m.DeleteModel("Item"),
    m.RemoveField("Box", "items"),
    m.RemoveField("Item", "kind"),
    m.RemoveField("Item", "note"),
    m.RenameField("Item", "note", "remark"),
    m.RenameModel("Item", "Thing"),
    m.RenameModel("Kind", "Sort"),
    state_only(m.RemoveField("Item", "note")),
    state_only(m.DeleteModel("Box")),
    sql("ALTER TABLE shop_item DROP COLUMN note CASCADE"),
    sql("ALTER TABLE shop_item ADD COLUMN note int NOT NULL, ALTER code TYPE int"),
    sql("ALTER TABLE shop_item ALTER stock DROP DEFAULT, ALTER id DROP IDENTITY"),
    sql("ALTER TABLE shop_item RENAME TO shop_kind"),
    sql("ALTER TABLE shop_item SET SCHEMA archive"),
    sql("CREATE TABLE shop_item (id int) PARTITION BY RANGE (id)"),
    sql("CREATE TABLE part PARTITION OF shop_item DEFAULT"),
    sql("ALTER TABLE shop_item ATTACH PARTITION nothing DEFAULT"),
    sql("DROP TABLE shop_item, shop_kind CASCADE; DROP SCHEMA public CASCADE"),
    sql("CREATE VIEW v AS SELECT * FROM shop_item; ALTER TABLE v RENAME COLUMN note TO n"),
    sql("this is no SQL"),
]
some = st.lists(st.sampled_from(OPERATIONS), max_size=4)


dangling: list[Operation] = [
    m.RenameModel("Kind", "Sort"),
    m.AddField("Item", "other", models.ForeignKey("shop.Kind", models.CASCADE)),
]


@given(some, some)
@example([], dangling)
@settings(max_examples=150, deadline=None)
def test_any_order(start: list[Operation], operations: list[Operation]) -> None:
    migration = reviewed(*operations, start=start)
    found = [*judge(migration, LARGE), *judge_together([migration])]
    assert len({finding.fingerprint for finding in found}) == len(found)
    for finding in found:
        assert finding.message.endswith(".") and not finding.message.endswith("..")
        assert finding.hint and "None" not in finding.message + finding.hint

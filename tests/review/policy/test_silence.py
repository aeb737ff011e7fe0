"""What other tools take for a risk and what is none: nothing is told of it but informations."""

import pytest
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.models.functions import Now

from governance.findings import Severity
from tests.review.policy.building import judged, key, sql, state_only

m = migrations
CODE = {"max_length": 50, "null": True}
INDEX = models.Index(fields=["code"], name="codes")
CHECK = models.CheckConstraint(condition=models.Q(stock__gte=0), name="stock_check")


@pytest.mark.parametrize(
    "operations",
    [
        [m.AddField("Item", "others", models.ManyToManyField("shop.Kind"))],
        [m.AddField("Item", "size", models.IntegerField(null=True))],
        [m.AddField("Item", "made_at", models.DateTimeField(db_default=Now()))],
        [m.AlterField("Item", "code", models.CharField(**CODE))],
        [m.AlterField("Item", "code", models.CharField(**CODE, choices=[("a", "b")]))],
        [m.AlterField("Item", "code", models.CharField(**CODE, help_text="x", blank=True))],
        [m.AlterField("Item", "code", models.CharField(**CODE, db_comment="x"))],
        [m.AlterField("Item", "code", models.CharField(max_length=60, null=True))],
        [m.AlterField("Item", "note", models.TextField(null=True))],
        [m.AlterField("Item", "stock", models.IntegerField(db_default=5))],
        [m.AlterField("Item", "kind", models.ForeignKey("shop.Kind", models.PROTECT))],
        [m.AlterModelTable("Item", "shop_item")],
        [m.AlterModelOptions("Item", {"ordering": ["id"], "verbose_name": "thing"})],
        [m.AlterModelTableComment("Item", "x")],
        [m.CreateModel("Thing", [], options={"proxy": True}, bases=("shop.item",))],
        [m.CreateModel("Far", [key()], options={"managed": False}), m.DeleteModel("Far")],
        [m.CreateModel("Lot", [key(), ("size", models.IntegerField())]), m.DeleteModel("Lot")],
        [m.CreateModel("Lot", [key()]), m.AddIndex("Lot", models.Index(fields=["id"], name="i"))],
        [sql("SET LOCAL TimeZone = 'UTC'; ALTER TABLE shop_item ALTER sold_at TYPE timestamp")],
        [AddConstraintNotValid("Item", CHECK)],
    ],
)
def test_nothing_worse(operations: list[Operation]) -> None:
    told = judged(*operations, time_zone="Europe/Berlin")
    assert [finding.message for finding in told if finding.severity > Severity.INFO] == []


@pytest.mark.parametrize(
    ("operation", "start"),
    [
        (m.DeleteModel("Thing"), m.CreateModel("Thing", [], {"proxy": True}, ("shop.item",))),
        (m.RemoveIndex("Item", "codes"), m.AddIndex("Item", INDEX)),
        (m.RemoveConstraint("Item", "stock_check"), m.AddConstraint("Item", CHECK)),
        (ValidateConstraint("Item", "stock_check"), AddConstraintNotValid("Item", CHECK)),
        (
            m.RunSQL(
                "ALTER TABLE shop_item DROP COLUMN note",
                "ALTER TABLE shop_item ADD COLUMN note text",
            ),
            state_only(m.RemoveField("Item", "note")),
        ),
    ],
)
def test_nothing_worse_later(operation: Operation, start: Operation) -> None:
    told = judged(operation, start=[start])
    assert [finding.message for finding in told if finding.severity > Severity.INFO] == []


@pytest.mark.parametrize(
    ("operation", "start"),
    [
        (AddIndexConcurrently("Item", INDEX), []),
        (RemoveIndexConcurrently("Item", "codes"), [m.AddIndex("Item", INDEX)]),
    ],
)
def test_nothing_worse_without_a_transaction(operation: Operation, start: list[Operation]) -> None:
    told = judged(operation, start=start, atomic=False)
    assert [finding.message for finding in told if finding.severity > Severity.INFO] == []

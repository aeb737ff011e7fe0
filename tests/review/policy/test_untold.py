"""What surely fails or takes long, and what no other rule tells."""

from django.db import models
from django.db.migrations import CreateModel, DeleteModel

from tests.review.policy.building import SMALL, key, only, silent, sql, state_only


def test_cast_that_does_not_exist() -> None:
    assert only(
        "statement-fails", sql("ALTER TABLE shop_item ALTER stock TYPE boolean"), sizes=SMALL
    ) == (
        "operation 1 (RunSQL) fails on shop_item, because there is no cast from the old type "
        "to the new one, so it needs USING (42804).",
        "Rehearse it on a copy of the database before you change it.",
    )


def test_table_that_others_need() -> None:
    assert only(
        "statement-fails", sql("DROP TABLE shop_box"), start=[state_only(DeleteModel("Box"))]
    ) == (
        "operation 1 (RunSQL) fails on shop_box, because something else needs it (2BP01).",
        "Rehearse it on a copy of the database before you change it.",
    )


def test_cast_that_is_written() -> None:
    silent(
        "statement-fails",
        sql("ALTER TABLE shop_item ALTER stock TYPE boolean USING stock > 0"),
        sizes=SMALL,
    )


def test_virtual_column_that_must_not_be_null() -> None:
    assert only(
        "long-lock",
        sql(
            "ALTER TABLE shop_item ADD COLUMN g int GENERATED ALWAYS AS (stock * 2) VIRTUAL NOT NULL"
        ),
    ) == (
        "operation 1 (RunSQL) reads all rows of shop_item under ACCESS EXCLUSIVE: nobody can "
        "read or write it meanwhile.",
        "Look for a way in several migrations, or run it while nobody works.",
    )


def test_new_table_has_no_rows() -> None:
    silent(
        "long-lock",
        CreateModel("Lot", [key(), ("item", models.ForeignKey("shop.Item", models.CASCADE))]),
    )


def test_long_work_that_a_rule_tells() -> None:
    silent("long-lock", sql("ALTER TABLE shop_item ALTER stock TYPE bigint"))

"""Releases that break, though no single action tells of it."""

from django.db import models
from django.db.migrations import AddField, AlterField, AlterModelTable, RemoveField

from tests.review.policy.building import SMALL, only, silent, sql, state_only


def test_removed_column_still_required() -> None:
    assert only("removed-column-still-required", state_only(RemoveField("Item", "note"))) == (
        "operation 1 (SeparateDatabaseAndState) takes note out of the models only, while "
        "shop_item.note is NOT NULL and has no default: INSERTs of the release that comes "
        "with it fail (23502).",
        "Let the database do without a value, in the same migration and before it:\n"
        'migrations.RunSQL("ALTER TABLE shop_item ALTER COLUMN note DROP NOT NULL")',
    )


def test_removed_column_may_be_null() -> None:
    silent("removed-column-still-required", state_only(RemoveField("Item", "code")))


def test_removed_column_has_a_default() -> None:
    silent("removed-column-still-required", state_only(RemoveField("Item", "stock")))


def test_removed_column_was_relaxed_before() -> None:
    silent(
        "removed-column-still-required",
        AlterField("Item", "note", models.TextField(null=True)),
        state_only(RemoveField("Item", "note")),
    )


def test_new_column_tightened_at_once() -> None:
    assert only(
        "old-release-breaks",
        AddField("Item", "size", models.IntegerField(null=True)),
        AlterField("Item", "size", models.IntegerField()),
        sizes=SMALL,
    ) == (
        "operation 2 (AlterField) breaks statements of the running release: INSERTs, because "
        "shop_item demands a value for size.",
        "Two releases instead:\n"
        "1. release code that works with shop_item as it is and as it will be\n"
        "2. then apply this operation",
    )


def test_name_of_what_a_foreign_key_points_to() -> None:
    silent("old-release-may-break", AlterModelTable("Item", "shop_article"))


def test_name_of_the_column_that_a_foreign_key_points_to() -> None:
    silent("old-release-may-break", sql("ALTER TABLE shop_kind RENAME COLUMN id TO number"))


def test_what_a_rule_has_told() -> None:
    silent("old-release-breaks", RemoveField("Item", "note"))


def test_type_of_another_kind() -> None:
    assert only(
        "old-release-may-break",
        AlterField(
            "Item", "stock", models.DecimalField(max_digits=20, decimal_places=2, db_default=0)
        ),
        sizes=SMALL,
    ) == (
        "operation 1 (AlterField) may break statements of the running release: SELECTs, "
        "because shop_item has numeric(20,2) in stock where integer is expected.",
        "Two releases instead:\n"
        "1. release code that works with shop_item as it is and as it will be\n"
        "2. then apply this operation",
    )


def test_type_that_can_not_be_compared() -> None:
    assert only(
        "old-release-breaks",
        AlterField("Item", "stock", models.CharField(max_length=20, db_default="0")),
        sizes=SMALL,
    ) == (
        "operation 1 (AlterField) breaks statements of the running release: SELECTs, because "
        "shop_item has character varying(20) in stock, which can't be compared with integer.",
        "Two releases instead:\n"
        "1. release code that works with shop_item as it is and as it will be\n"
        "2. then apply this operation",
    )


def test_type_that_can_not_be_written() -> None:
    assert only(
        "old-release-breaks",
        sql("ALTER TABLE shop_item ALTER price TYPE date USING now()"),
        sizes=SMALL,
    ) == (
        "operation 1 (RunSQL) breaks statements of the running release: INSERTs and UPDATEs, "
        "because shop_item takes no numeric(10,2) for price; SELECTs, because shop_item has date "
        "in price, which can't be compared with numeric(10,2).",
        "Two releases instead:\n"
        "1. release code that works with shop_item as it is and as it will be\n"
        "2. then apply this operation",
    )


def test_type_that_takes_the_same() -> None:
    silent(
        "old-release-may-break",
        AlterField("Item", "stock", models.BigIntegerField(db_default=0)),
        sizes=SMALL,
    )


def test_column_in_the_state_only() -> None:
    assert only(
        "new-release-breaks", state_only(AddField("Item", "size", models.IntegerField(null=True)))
    ) == (
        "operation 1 (SeparateDatabaseAndState) breaks statements of the release that comes "
        "with it: SELECTs, INSERTs and UPDATEs, because shop_item has no column size.",
        "Let the migration make shop_item what the models of shop say.",
    )


def test_column_in_both() -> None:
    silent("new-release-breaks", AddField("Item", "size", models.IntegerField(null=True)))

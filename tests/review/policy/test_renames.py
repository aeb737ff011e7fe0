"""Columns, tables and schemas that get another name."""

from django.db import models
from django.db.migrations import AlterField, AlterModelTable, RemoveField, RenameField, RenameModel

from tests.review.policy.building import only, silent, slugs, sql, state_only

KEPT = models.TextField(default="", db_column="note")


def test_column() -> None:
    assert only("column-renamed", RenameField("Item", "note", "remark")) == (
        "operation 1 (RenameField) renames shop_item.note to remark: statements of the "
        "running release fail (42703) until it is replaced.",
        "Keep the column, and change what Django calls it:\n"
        "migrations.SeparateDatabaseAndState(\n"
        "    state_operations=[\n"
        '        migrations.RenameField("item", "note", "remark"),\n'
        '        migrations.AlterField("item", "remark", '
        "models.TextField(db_column='note', default='')),\n"
        "    ]\n"
        ")",
    )


def test_column_of_a_foreign_key_is_told_once() -> None:
    assert slugs(RenameField("Item", "kind", "sort")) == ["column-renamed"]


def test_column_by_db_column() -> None:
    assert only(
        "column-renamed",
        AlterField("Item", "note", models.TextField(default="", db_column="remark")),
    ) == (
        "operation 1 (AlterField) renames shop_item.note to remark: statements of the "
        "running release fail (42703) until it is replaced.",
        "Keep the name; where it has to change, a new column, over three releases:\n"
        "1. add remark to shop_item, and a trigger that keeps both columns equal\n"
        "2. fill remark in batches, then let the code use it only\n"
        "3. drop the trigger and note",
    )


def test_column_in_the_state_only() -> None:
    silent(
        "column-renamed",
        state_only(RenameField("Item", "note", "remark"), AlterField("Item", "remark", KEPT)),
    )


def test_column_and_back_again() -> None:
    silent(
        "column-renamed", RenameField("Item", "note", "remark"), AlterField("Item", "remark", KEPT)
    )


def test_column_that_no_model_has() -> None:
    silent(
        "column-renamed",
        sql("ALTER TABLE shop_item RENAME note TO remark"),
        start=[state_only(RemoveField("Item", "note"))],
    )


def test_table() -> None:
    assert only("table-renamed", AlterModelTable("Item", "shop_article")) == (
        "operation 1 (AlterModelTable) renames shop_item to shop_article: statements of the "
        "running release fail (42P01) until it is replaced.",
        "Keep the name. Where it has to change, leave a view under the old one, in the same "
        "migration:\n"
        'migrations.RunSQL("CREATE VIEW shop_item AS SELECT * FROM shop_article")',
    )


def test_table_of_the_same_name() -> None:
    silent("table-renamed", AlterModelTable("Item", "shop_item"))


def test_view_is_left() -> None:
    silent(
        "table-renamed",
        sql("ALTER TABLE shop_item RENAME TO a; CREATE VIEW shop_item AS SELECT * FROM a"),
    )


def test_model() -> None:
    assert only("model-renamed", RenameModel("Item", "Article")) == (
        "operation 1 (RenameModel) renames shop_item to shop_article, shop_box_items.item_id "
        "to article_id: statements of the running release fail (42P01, 42703) until it is "
        "replaced.",
        "Keep the tables, and change what Django calls the model; give its M2M fields a "
        "through model that names their tables and columns as they are:\n"
        "migrations.SeparateDatabaseAndState(\n"
        "    state_operations=[\n"
        '        migrations.RenameModel("Item", "Article"),\n'
        '        migrations.AlterModelTable("Article", "shop_item"),\n'
        "    ]\n"
        ")",
    )


def test_model_that_keeps_its_table() -> None:
    silent(
        "model-renamed", RenameModel("Kind", "Sort"), start=[AlterModelTable("Kind", "shop_kind")]
    )


def test_model_is_told_once() -> None:
    assert slugs(RenameModel("Item", "Article")) == ["model-renamed"]
    assert slugs(RenameModel("Kind", "Sort")) == ["model-renamed"]


def test_schema_of_a_table() -> None:
    assert only("table-moved", sql("ALTER TABLE shop_item SET SCHEMA archive")) == (
        "operation 1 (RunSQL) moves shop_item to archive.shop_item: statements of the "
        "running release fail (42P01) until it is replaced.",
        "Keep the name. Where it has to change, leave a view under the old one, in the same "
        "migration:\n"
        'migrations.RunSQL("CREATE VIEW shop_item AS SELECT * FROM archive.shop_item")',
    )


def test_schema_of_a_new_table() -> None:
    silent(
        "table-moved", sql("CREATE TABLE lot (id int)"), sql("ALTER TABLE lot SET SCHEMA archive")
    )


def test_schema() -> None:
    assert only("schema-renamed", sql("ALTER SCHEMA sales RENAME TO shop")) == (
        "operation 1 (RunSQL) renames the schema sales: statements of the running release "
        "that name it or have it in their search_path fail (42P01).",
        "Create the new schema beside it, move table by table with a view left behind, and "
        "drop sales in a later release.",
    )


def test_schema_created() -> None:
    silent("schema-renamed", sql("CREATE SCHEMA sales"))

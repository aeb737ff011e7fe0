"""Columns and tables that are dropped."""

import pytest
from django.db import models
from django.db.migrations import (
    AddField,
    CreateModel,
    DeleteModel,
    RemoveField,
    RunSQL,
    SeparateDatabaseAndState,
)

from governance.review.editor import CASCADES
from tests.review.policy.building import (
    LARGE,
    SMALL,
    database_only,
    key,
    only,
    silent,
    slugs,
    sql,
    state_only,
)

UNREAD = [state_only(RemoveField("Item", "note"))]
VIEW = [sql("CREATE VIEW notes AS SELECT note FROM shop_item")]


def test_column() -> None:
    assert only("column-dropped", RemoveField("Item", "note")) == (
        "operation 1 (RemoveField) drops shop_item.note, which the running release still "
        "reads: its SELECTs and INSERTs on shop_item fail (42703) until it is replaced.",
        "Two releases instead:\n"
        '1. migrations.AlterField("item", "note", models.TextField(null=True))\n'
        "   migrations.SeparateDatabaseAndState(\n"
        "       state_operations=[\n"
        '           migrations.RemoveField("item", "note"),\n'
        "       ]\n"
        "   )\n"
        '2. migrations.RunSQL("ALTER TABLE shop_item DROP COLUMN note", "ALTER TABLE '
        'shop_item ADD COLUMN note text")',
    )


def test_column_of_a_foreign_key() -> None:
    assert only("column-dropped", RemoveField("Item", "kind")) == (
        "operation 1 (RemoveField) drops shop_item.kind_id, which the running release still "
        "reads: its SELECTs and INSERTs on shop_item fail (42703) until it is replaced.",
        "Two releases instead:\n"
        '1. migrations.AlterField("item", "kind", models.ForeignKey(db_constraint=False, '
        "null=True, on_delete=models.CASCADE, to='shop.kind'))\n"
        "   migrations.SeparateDatabaseAndState(\n"
        "       state_operations=[\n"
        '           migrations.RemoveField("item", "kind"),\n'
        "       ]\n"
        "   )\n"
        '2. migrations.RunSQL("ALTER TABLE shop_item DROP COLUMN kind_id", "ALTER TABLE '
        'shop_item ADD COLUMN kind_id bigint")',
    )


def test_column_in_sql_of_a_nullable_field() -> None:
    assert only("column-dropped", sql("ALTER TABLE shop_item DROP COLUMN code")) == (
        "operation 1 (RunSQL) drops shop_item.code, which the running release still reads: "
        "its SELECTs and INSERTs on shop_item fail (42703) until it is replaced.",
        "Two releases instead:\n"
        "1. migrations.SeparateDatabaseAndState(\n"
        "       state_operations=[\n"
        '           migrations.RemoveField("item", "code"),\n'
        "       ]\n"
        "   )\n"
        '2. migrations.RunSQL("ALTER TABLE shop_item DROP COLUMN code", "ALTER TABLE '
        'shop_item ADD COLUMN code character varying(50)")',
    )


def test_column_in_the_database_only() -> None:
    assert only("column-dropped", database_only(RemoveField("Item", "code"))) == (
        "operation 1 (SeparateDatabaseAndState) drops shop_item.code, which the running "
        "release still reads: its SELECTs and INSERTs on shop_item fail (42703) until it is "
        "replaced.",
        "Two releases instead:\n"
        "1. migrations.SeparateDatabaseAndState(\n"
        "       state_operations=[\n"
        '           migrations.RemoveField("item", "code"),\n'
        "       ]\n"
        "   )\n"
        '2. migrations.RunSQL("ALTER TABLE shop_item DROP COLUMN code", "ALTER TABLE '
        'shop_item ADD COLUMN code character varying(50)")',
    )


def test_column_of_an_unknown_table() -> None:
    assert only("column-dropped", sql("ALTER TABLE legacy DROP COLUMN code")) == (
        "operation 1 (RunSQL) drops legacy.code, which the running release may read: its "
        "SELECTs and INSERTs on legacy fail (42703) until it is replaced.",
        "Two releases instead:\n"
        "1. let no code use code\n"
        '2. migrations.RunSQL("ALTER TABLE legacy DROP COLUMN code", "ALTER TABLE legacy ADD '
        'COLUMN code …")',
    )


def test_column_that_no_model_has() -> None:
    silent("column-dropped", sql("ALTER TABLE shop_item DROP COLUMN note"), start=UNREAD)


def test_column_of_this_migration() -> None:
    silent(
        "column-dropped",
        AddField("Item", "x", models.IntegerField(null=True)),
        RemoveField("Item", "x"),
    )


def test_column_of_the_state_before_the_migration() -> None:
    assert only(
        "column-dropped",
        state_only(RemoveField("Item", "code")),
        sql("ALTER TABLE shop_item DROP COLUMN code"),
    ) == (
        "operation 2 (RunSQL) drops shop_item.code, which the running release still reads: "
        "its SELECTs and INSERTs on shop_item fail (42703) until it is replaced.",
        "Two releases instead:\n"
        "1. migrations.SeparateDatabaseAndState(\n"
        "       state_operations=[\n"
        '           migrations.RemoveField("item", "code"),\n'
        "       ]\n"
        "   )\n"
        '2. migrations.RunSQL("ALTER TABLE shop_item DROP COLUMN code", "ALTER TABLE '
        'shop_item ADD COLUMN code character varying(50)")',
    )


DROP_NOTE = "ALTER TABLE shop_item DROP COLUMN note"
UNDO_NOTE = "ALTER TABLE shop_item ADD COLUMN note text"


def test_contents_of_a_column() -> None:
    assert only("contents-dropped", RunSQL(DROP_NOTE, UNDO_NOTE), start=UNREAD, sizes=LARGE) == (
        "operation 1 (RunSQL) drops shop_item.note (about 2,000,000 rows), which no model "
        "uses any more, with all that is in it.",
        "Keep a copy of shop_item.note if there may be a way back.",
    )


def test_contents_of_a_table() -> None:
    assert only(
        "contents-dropped",
        RunSQL("DROP TABLE shop_box CASCADE", "CREATE TABLE shop_box (id bigint)"),
        start=[state_only(DeleteModel("Box"))],
    ) == (
        "operation 1 (RunSQL) drops shop_box, which no model uses any more, with all that is "
        "in it.",
        "Keep a copy of shop_box if there may be a way back.",
    )


def test_drop_that_is_not_undone() -> None:
    assert only(
        "drop-not-undone",
        SeparateDatabaseAndState([sql("DROP TABLE shop_box")]),
        start=[state_only(DeleteModel("Box"))],
        sizes=SMALL,
    ) == (
        "operation 1 (SeparateDatabaseAndState) drops shop_box (about 200 rows) with all that is "
        "in it, and does not make it again when it is undone: the migrations before it, and their "
        "releases, have to do without.",
        "Keep a copy of shop_box, and write a reverse_sql that makes it again.",
    )
    assert "drop-not-undone" in slugs(sql(DROP_NOTE), start=UNREAD)


def test_drop_that_is_undone() -> None:
    silent("drop-not-undone", RunSQL(DROP_NOTE, UNDO_NOTE), start=UNREAD)
    silent("drop-not-undone", RunSQL(DROP_NOTE), start=UNREAD)
    silent("drop-not-undone", RunSQL(DROP_NOTE, "what can't be read"), start=UNREAD)
    other = "ALTER TABLE shop_item ADD COLUMN code text"
    assert "drop-not-undone" in slugs(RunSQL(DROP_NOTE, other), start=UNREAD)


def test_contents_of_a_new_table() -> None:
    silent("contents-dropped", sql("CREATE TABLE lot (id int)"), sql("DROP TABLE lot"))


def test_new_name_by_two_operations() -> None:
    assert only(
        "column-dropped-and-added",
        RemoveField("Item", "note"),
        AddField("Item", "remark", models.TextField(db_default="")),
    ) == (
        "operation 1 (RemoveField) drops shop_item.note and adds remark, which is defined "
        "alike: its values are lost.",
        "If it is a new name, keep the column and change what Django calls it:\n"
        "migrations.SeparateDatabaseAndState(\n"
        "    state_operations=[\n"
        '        migrations.RenameField("item", "note", "remark"),\n'
        '        migrations.AlterField("item", "remark", '
        "models.TextField(db_column='note', default='')),\n"
        "    ]\n"
        ")",
    )


def test_new_type_by_two_operations() -> None:
    assert only(
        "column-dropped-and-added",
        RemoveField("Item", "stock"),
        AddField("Item", "stock", models.BigIntegerField(db_default=0)),
    ) == (
        "operation 1 (RemoveField) drops shop_item.stock and adds it again: its values are lost.",
        "Three releases instead:\n"
        "1. add stock_new, and a trigger that keeps both columns equal\n"
        "2. fill stock_new in batches, then let the code read and write it only\n"
        "3. drop the trigger and stock",
    )


def test_column_of_another_type_is_no_new_name() -> None:
    silent(
        "column-dropped-and-added",
        RemoveField("Item", "note"),
        AddField("Item", "weight", models.IntegerField(null=True)),
    )


def test_column_that_is_used() -> None:
    assert only(
        "dropped-column-is-used", sql("ALTER TABLE shop_item DROP COLUMN note"), start=VIEW
    ) == (
        "operation 1 (RunSQL) drops shop_item.note, which a view or a generated column uses: "
        "it fails (2BP01).",
        "First drop or replace what uses shop_item.note, by name; CASCADE would drop it "
        "without telling.",
    )


def test_column_beside_one_that_is_used() -> None:
    silent("dropped-column-is-used", sql("ALTER TABLE shop_item DROP COLUMN code"), start=VIEW)


def test_cascade() -> None:
    assert only(
        "cascading-drop", sql("ALTER TABLE shop_item DROP COLUMN note CASCADE"), start=VIEW
    ) == (
        "operation 1 (RunSQL) drops shop_item.note with CASCADE, and with it notes, which it "
        "does not name.",
        "Drop what depends on it by name, each where it belongs, then:\n"
        "ALTER TABLE shop_item DROP COLUMN note",
    )


@pytest.mark.skipif(not CASCADES, reason="Django 6.0 drops columns without CASCADE")
def test_cascade_of_django_hits_a_view() -> None:
    assert only("cascading-drop", RemoveField("Item", "note"), start=VIEW) == (
        "operation 1 (RemoveField) drops shop_item.note with CASCADE, and with it notes, "
        "which it does not name.",
        "Drop what depends on it by name, each where it belongs, then:\n"
        "ALTER TABLE shop_item DROP COLUMN note",
    )


@pytest.mark.skipif(CASCADES, reason="Django 5.2 drops columns with CASCADE")
def test_column_that_a_view_reads() -> None:
    assert only("dropped-column-is-used", RemoveField("Item", "note"), start=VIEW) == (
        "operation 1 (RemoveField) drops shop_item.note, which a view or a generated column uses: "
        "it fails (2BP01).",
        "First drop or replace what uses shop_item.note, by name; CASCADE would drop it "
        "without telling.",
    )


def test_cascade_of_a_table() -> None:
    assert only("cascading-drop", sql("DROP TABLE legacy CASCADE")) == (
        "operation 1 (RunSQL) drops legacy with CASCADE, and with it views, foreign keys and "
        "whatever else depends on it, which it does not name.",
        "Drop what depends on it by name, each where it belongs, then:\nDROP TABLE legacy",
    )


def test_cascade_of_django_hits_nothing() -> None:
    silent("cascading-drop", RemoveField("Item", "note"))


def test_table() -> None:
    assert only("table-dropped", DeleteModel("Box"), sizes=LARGE) == (
        "operation 1 (DeleteModel) drops shop_box and shop_box_items, which the running "
        "release still uses: its statements fail (42P01) until it is replaced.",
        "Two releases instead:\n"
        "1. migrations.SeparateDatabaseAndState(\n"
        "       state_operations=[\n"
        '           migrations.DeleteModel("Box"),\n'
        "       ]\n"
        "   )\n"
        '2. migrations.RunSQL("DROP TABLE shop_box_items, shop_box", "CREATE TABLE shop_box '
        '(…); CREATE TABLE shop_box_items (…)")',
    )


def test_table_of_a_field() -> None:
    assert only("table-dropped", RemoveField("Box", "items")) == (
        "operation 1 (RemoveField) drops shop_box_items, which the running release still "
        "uses: its statements fail (42P01) until it is replaced. It locks shop_box, "
        "shop_item as well (ACCESS EXCLUSIVE).",
        "Two releases instead:\n"
        "1. migrations.SeparateDatabaseAndState(\n"
        "       state_operations=[\n"
        '           migrations.RemoveField("Box", "items"),\n'
        "       ]\n"
        "   )\n"
        '2. migrations.RunSQL("DROP TABLE shop_box_items", "CREATE TABLE shop_box_items (…)")',
    )


def test_table_that_points_to_others() -> None:
    assert only("table-dropped", sql("DROP TABLE shop_item")) == (
        "operation 1 (RunSQL) drops shop_item, which the running release still uses: its "
        "statements fail (42P01) until it is replaced. It locks shop_box_items, shop_kind as "
        "well (ACCESS EXCLUSIVE).",
        "Two releases instead:\n"
        "1. migrations.SeparateDatabaseAndState(\n"
        "       state_operations=[\n"
        '           migrations.DeleteModel("Item"),\n'
        "       ]\n"
        "   )\n"
        '2. migrations.RunSQL("DROP TABLE shop_item", "CREATE TABLE shop_item (…)")',
    )


def test_unknown_table() -> None:
    assert only("table-dropped", sql("DROP TABLE IF EXISTS legacy")) == (
        "operation 1 (RunSQL) drops legacy, which the running release may use: its "
        "statements fail (42P01) until it is replaced.",
        "Two releases instead:\n"
        "1. let no code use legacy\n"
        '2. migrations.RunSQL("DROP TABLE legacy", "CREATE TABLE legacy (…)")',
    )


def test_table_that_no_model_has() -> None:
    silent(
        "table-dropped", sql("DROP TABLE shop_box CASCADE"), start=[state_only(DeleteModel("Box"))]
    )


def test_table_created_again() -> None:
    assert only("table-dropped-and-created", DeleteModel("Box"), CreateModel("Box", [key()])) == (
        "operation 1 (DeleteModel) drops shop_box and creates it again: its rows are lost.",
        "Change shop_box by operations on its columns and constraints instead.",
    )


def test_table_created_for_sure() -> None:
    silent(
        "table-dropped-and-created",
        sql("DROP TABLE IF EXISTS lot"),
        sql("CREATE TABLE lot (id int)"),
    )

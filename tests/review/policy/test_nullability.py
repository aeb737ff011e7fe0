"""Columns that must be given a value, or need none any more."""

from django.db import models
from django.db.migrations import AlterField, CreateModel

from tests.review.policy.building import LARGE, SMALL, key, only, silent, slugs, sql

CHECKED = [
    [sql("ALTER TABLE shop_item ADD CONSTRAINT c CHECK (code IS NOT NULL) NOT VALID")],
    [sql("ALTER TABLE shop_item VALIDATE CONSTRAINT c")],
]


def test_scan() -> None:
    assert only(
        "not-null-scan", AlterField("Item", "code", models.CharField(max_length=50)), sizes=LARGE
    ) == (
        "operation 1 (AlterField) reads all rows of shop_item (about 2,000,000 rows) to make "
        "code NOT NULL under ACCESS EXCLUSIVE: nobody can read or write the table meanwhile.",
        "Three migrations instead, the last of which reads nothing then:\n"
        '1. AddConstraintNotValid("Item", '
        "models.CheckConstraint(condition=models.Q(code__isnull=False), "
        "name='code_not_null'))\n"
        "2. ValidateConstraint(\"Item\", 'code_not_null')\n"
        '3. migrations.AlterField("Item", "code", models.CharField(max_length=50))\n'
        "   migrations.RemoveConstraint(\"Item\", 'code_not_null')",
    )


def test_scan_in_sql() -> None:
    assert only("not-null-scan", sql("ALTER TABLE shop_item ALTER code SET NOT NULL")) == (
        "operation 1 (RunSQL) reads all rows of shop_item to make code NOT NULL under ACCESS "
        "EXCLUSIVE: nobody can read or write the table meanwhile.",
        "Three migrations instead, the last of which reads nothing then:\n"
        "1. ALTER TABLE shop_item ADD CONSTRAINT code_not_null CHECK (code IS NOT NULL) NOT "
        "VALID\n"
        "2. ALTER TABLE shop_item VALIDATE CONSTRAINT code_not_null\n"
        "3. ALTER TABLE shop_item ALTER COLUMN code SET NOT NULL;\n"
        "   ALTER TABLE shop_item DROP CONSTRAINT code_not_null",
    )


def test_scan_of_a_small_table() -> None:
    silent(
        "not-null-scan", AlterField("Item", "code", models.CharField(max_length=50)), sizes=SMALL
    )


def test_validated_check_spares_everything() -> None:
    assert slugs(sql("ALTER TABLE shop_item ALTER code SET NOT NULL"), start=CHECKED) == []


def test_nulls_filled() -> None:
    assert only(
        "nulls-filled-under-lock",
        AlterField("Item", "code", models.CharField(max_length=50, default="x")),
    ) == (
        "operation 1 (AlterField) updates all rows of shop_item without a code, reads the "
        "table again and makes the column NOT NULL in one transaction, under ACCESS "
        "EXCLUSIVE: nobody can read or write the table meanwhile.",
        "Five migrations instead, the last of which reads nothing then:\n"
        "1. let the next release write a value in each INSERT and UPDATE\n"
        '2. AddConstraintNotValid("Item", '
        "models.CheckConstraint(condition=models.Q(code__isnull=False), "
        "name='code_not_null'))\n"
        "3. fill code in batches where it is NULL\n"
        "4. ValidateConstraint(\"Item\", 'code_not_null')\n"
        '5. migrations.AlterField("Item", "code", models.CharField(default=\'x\', '
        "max_length=50))\n"
        "   migrations.RemoveConstraint(\"Item\", 'code_not_null')",
    )


def test_nulls_of_a_small_table_filled() -> None:
    silent(
        "nulls-filled-under-lock",
        AlterField("Item", "code", models.CharField(max_length=50, default="x")),
        sizes=SMALL,
    )


def test_filling_is_told_once() -> None:
    operation = AlterField("Item", "code", models.CharField(max_length=50, default="x"))
    assert slugs(operation) == ["nulls-filled-under-lock", "not-null-refuses-old-writes"]


def test_old_writes_refused() -> None:
    assert only(
        "not-null-refuses-old-writes",
        AlterField("Item", "code", models.CharField(max_length=50)),
        sizes=SMALL,
    ) == (
        "operation 1 (AlterField) makes shop_item.code NOT NULL while the running release "
        "may still write NULL: such INSERTs and UPDATEs fail (23502), and so does the "
        "migration if a row is NULL.",
        "Two releases instead:\n"
        "1. write a value for code in each INSERT and UPDATE, and fill the rows where it is "
        "NULL\n"
        '2. migrations.AlterField("Item", "code", models.CharField(max_length=50))',
    )


def test_column_was_not_null_before() -> None:
    silent("not-null-refuses-old-writes", sql("ALTER TABLE shop_item ALTER note SET NOT NULL"))


def test_check_has_refused_them_before() -> None:
    silent(
        "not-null-refuses-old-writes",
        sql("ALTER TABLE shop_item ALTER code SET NOT NULL"),
        start=CHECKED,
    )


def test_null_allowed() -> None:
    assert only("null-allowed", AlterField("Item", "note", models.TextField(null=True))) == (
        "operation 1 (AlterField) lets shop_item.note be NULL: the running release may read "
        "one where it expects none, and once there is one this can't be undone (23502).",
        "Let no code write NULL into note before the old release is gone.",
    )


def test_null_allowed_already() -> None:
    silent("null-allowed", sql("ALTER TABLE shop_item ALTER code DROP NOT NULL"))


def test_null_allowed_in_a_new_table() -> None:
    silent(
        "null-allowed",
        CreateModel("Lot", [key(), ("size", models.IntegerField())]),
        AlterField("Lot", "size", models.IntegerField(null=True)),
    )


def test_foreign_key_rebuilt() -> None:
    assert only(
        "foreign-key-rebuilt",
        AlterField("Item", "kind", models.ForeignKey("shop.Kind", models.CASCADE, null=True)),
        sizes=LARGE,
    ) == (
        "operation 1 (AlterField) drops the foreign key of shop_item.kind_id to shop_kind "
        "and adds it again, for Django does so whenever it alters the field: shop_kind and "
        "shop_item (about 2,000,000 rows) are locked (ACCESS EXCLUSIVE) while all rows are "
        "looked up.",
        "Alter the column alone, and tell Django:\n"
        "migrations.SeparateDatabaseAndState(\n"
        '    database_operations=[migrations.RunSQL("ALTER TABLE shop_item ALTER COLUMN '
        'kind_id DROP NOT NULL", "ALTER TABLE shop_item ALTER COLUMN kind_id SET NOT NULL")],\n'
        '    state_operations=[migrations.AlterField("Item", "kind", '
        "models.ForeignKey(null=True, on_delete=models.CASCADE, to='shop.kind'))],\n"
        ")",
    )


def test_foreign_key_of_a_small_table() -> None:
    silent(
        "foreign-key-rebuilt",
        AlterField("Item", "kind", models.ForeignKey("shop.Kind", models.CASCADE, null=True)),
        sizes=SMALL,
    )


def test_foreign_key_left_alone() -> None:
    silent(
        "foreign-key-rebuilt",
        AlterField("Item", "kind", models.ForeignKey("shop.Kind", models.PROTECT)),
    )


def test_rebuilding_is_told_once() -> None:
    operation = AlterField(
        "Item", "kind", models.ForeignKey("shop.Kind", models.CASCADE, null=True)
    )
    assert slugs(operation) == ["null-allowed", "foreign-key-rebuilt"]


def test_table_that_is_met_for_the_first_time() -> None:
    """It was there before, though no migration has made it."""
    check = "ALTER TABLE people ADD CONSTRAINT c CHECK (name IS NOT NULL) NOT VALID; "
    scan = sql(check + "ALTER TABLE people ALTER COLUMN name SET NOT NULL")
    assert "not-null-scan" in slugs(scan)
    check += "ALTER TABLE people VALIDATE CONSTRAINT c"
    assert "validated-in-the-same-transaction" in slugs(sql(check))
    made = sql("CREATE TABLE people (name text); ALTER TABLE people ALTER COLUMN name SET NOT NULL")
    assert slugs(made) == []
    copied = sql("CREATE TABLE people AS TABLE staff; CREATE INDEX ON people (name)")
    assert slugs(copied) == []

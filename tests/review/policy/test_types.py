"""Columns that get another type."""

import pytest
from django.db import migrations, models
from django.db.migrations import AddField, AlterField

from governance.findings import Severity
from tests.review.policy.building import LARGE, SMALL, judged, only, silent, sql

CHECKED = [sql("ALTER TABLE shop_item ADD CONSTRAINT c CHECK (code <> '')")]
INDEXED = [AlterField("Item", "code", models.CharField(max_length=50, null=True, db_index=True))]
VIEW = [sql("CREATE VIEW codes AS SELECT code FROM shop_item")]


def test_rewrite() -> None:
    assert only(
        "type-rewrite",
        AlterField("Item", "stock", models.BigIntegerField(db_default=0)),
        sizes=LARGE,
    ) == (
        "operation 1 (AlterField) rewrites shop_item (about 2,000,000 rows) and all its "
        "indexes under ACCESS EXCLUSIVE to make stock bigint instead of integer: nobody can "
        "read or write the table meanwhile.",
        "A new column instead, over three releases:\n"
        '1. migrations.AddField("Item", "stock_new", models.BigIntegerField(db_default=0, '
        "null=True)), and a trigger that keeps both columns equal\n"
        "2. fill stock_new in batches, then let the code read and write stock_new only\n"
        "3. drop the trigger and stock",
    )


def test_rewrite_in_sql() -> None:
    assert only("type-rewrite", sql("ALTER TABLE shop_item ALTER stock TYPE bigint")) == (
        "operation 1 (RunSQL) rewrites shop_item and all its indexes under ACCESS EXCLUSIVE "
        "to make stock bigint instead of integer: nobody can read or write the table "
        "meanwhile.",
        "A new column instead, over three releases:\n"
        "1. ALTER TABLE shop_item ADD COLUMN stock_new bigint, and a trigger that keeps both "
        "columns equal\n"
        "2. fill stock_new in batches, then let the code read and write stock_new only\n"
        "3. drop the trigger and stock",
    )


def test_text_needs_no_rewrite() -> None:
    silent("type-rewrite", AlterField("Item", "code", models.TextField(null=True)))


def test_rewrite_of_a_small_table() -> None:
    silent(
        "type-rewrite",
        AlterField("Item", "stock", models.BigIntegerField(db_default=0)),
        sizes=SMALL,
    )


@pytest.mark.parametrize(
    "operation",
    [
        AlterField("Item", "code", models.CharField(max_length=100, null=True)),
        AlterField("Item", "code", models.TextField(null=True)),
        AlterField("Item", "code", models.CharField(max_length=50, null=True, db_comment="x")),
        AlterField("Item", "code", models.CharField(max_length=50, null=True, help_text="x")),
        AlterField("Item", "price", models.DecimalField(max_digits=12, decimal_places=2)),
        AlterField("Item", "sold_at", models.DateTimeField("sold", null=True, blank=True)),
        sql("ALTER TABLE shop_item ALTER code TYPE varchar"),
        sql("ALTER TABLE shop_item ALTER sold_at TYPE timestamp"),
    ],
)
def test_what_is_free_is_not_told(operation: migrations.RunSQL) -> None:
    told = judged(operation)
    assert [finding.message for finding in told if finding.severity > Severity.INFO] == []


def test_narrowed() -> None:
    assert only(
        "type-narrowed", AlterField("Item", "code", models.CharField(max_length=10, null=True))
    ) == (
        "operation 1 (AlterField) makes shop_item.code character varying(10) instead of "
        "character varying(50): a value that does not fit makes it fail, and the running "
        "release can still write one. It also rewrites the table under ACCESS EXCLUSIVE.",
        "Keep the type and limit the length, once no release writes more:\n"
        "1. ALTER TABLE shop_item ADD CONSTRAINT code_length CHECK (length(code) <= 10) NOT "
        "VALID\n"
        "2. ALTER TABLE shop_item VALIDATE CONSTRAINT code_length",
    )


def test_narrowed_number() -> None:
    assert only(
        "type-narrowed",
        AlterField("Item", "stock", models.SmallIntegerField(db_default=0)),
        sizes=SMALL,
    ) == (
        "operation 1 (AlterField) makes shop_item.stock (about 200 rows) smallint instead of "
        "integer: a value that does not fit makes it fail, and the running release can still "
        "write one.",
        "A new column instead, over three releases:\n"
        '1. migrations.AddField("Item", "stock_new", models.SmallIntegerField(db_default=0, '
        "null=True)), and a trigger that keeps both columns equal\n"
        "2. fill stock_new in batches, then let the code read and write stock_new only\n"
        "3. drop the trigger and stock",
    )


def test_widened() -> None:
    silent("type-narrowed", AlterField("Item", "code", models.CharField(max_length=100, null=True)))


def test_cut_off() -> None:
    assert only(
        "type-loses-precision",
        AlterField("Item", "note", models.CharField(max_length=10, default="")),
    ) == (
        "operation 1 (AlterField) makes shop_item.note character varying(10) instead of "
        "text: values that do not fit are rounded or cut off, and nobody is told. It also "
        "rewrites the table under ACCESS EXCLUSIVE.",
        "A new column instead, over three releases:\n"
        '1. migrations.AddField("Item", "note_new", models.CharField(default=\'\', '
        "max_length=10, null=True)), and a trigger that keeps both columns equal\n"
        "2. fill note_new in batches, then let the code read and write note_new only\n"
        "3. drop the trigger and note",
    )


def test_rounded() -> None:
    assert only(
        "type-loses-precision", sql("ALTER TABLE shop_item ALTER price TYPE numeric(10, 1)")
    ) == (
        "operation 1 (RunSQL) makes shop_item.price numeric(10,1) instead of numeric(10,2): "
        "values that do not fit are rounded or cut off, and nobody is told. It also rewrites "
        "the table under ACCESS EXCLUSIVE.",
        "A new column instead, over three releases:\n"
        "1. ALTER TABLE shop_item ADD COLUMN price_new numeric(10,1), and a trigger that "
        "keeps both columns equal\n"
        "2. fill price_new in batches, then let the code read and write price_new only\n"
        "3. drop the trigger and price",
    )


def test_finer() -> None:
    silent("type-loses-precision", sql("ALTER TABLE shop_item ALTER price TYPE numeric(12, 4)"))


def test_time_zone() -> None:
    assert only(
        "time-zone-rewrite",
        sql("ALTER TABLE shop_item ALTER sold_at TYPE timestamp"),
        time_zone="Europe/Berlin",
    ) == (
        "operation 1 (RunSQL) makes shop_item.sold_at timestamp without time zone instead of "
        "timestamp with time zone in a session whose time zone is Europe/Berlin: that "
        "rewrites the table under ACCESS EXCLUSIVE, and nobody can read or write it "
        "meanwhile.",
        "If the values are times in UTC, say so: nothing is rewritten then, and no value "
        "moves.\n"
        "SET LOCAL TimeZone = 'UTC';\n"
        "ALTER TABLE shop_item ALTER COLUMN sold_at TYPE timestamp without time zone",
    )


def test_time_zone_of_a_session_in_utc() -> None:
    silent("time-zone-rewrite", sql("ALTER TABLE shop_item ALTER sold_at TYPE timestamp"))


def test_indexes_rebuilt() -> None:
    assert only(
        "type-rebuilds-index",
        sql("""ALTER TABLE shop_item ALTER code TYPE varchar(50) COLLATE "C\""""),
        start=[sql("CREATE INDEX codes ON shop_item (code)")],
    ) == (
        "operation 1 (RunSQL) builds codes on shop_item anew under ACCESS EXCLUSIVE to make "
        'code character varying(50) COLLATE "C": nobody can read or write the table '
        "meanwhile.",
        "A migration for each of these instead, with atomic = False where it is CONCURRENTLY:\n"
        "1. DROP INDEX CONCURRENTLY codes\n"
        '2. ALTER TABLE shop_item ALTER COLUMN code TYPE character varying(50) COLLATE "C"\n'
        "3. CREATE INDEX CONCURRENTLY codes …",
    )


def test_no_index_to_rebuild() -> None:
    silent(
        "type-rebuilds-index",
        sql("ALTER TABLE shop_item ALTER code TYPE varchar(90)"),
        start=[sql("CREATE INDEX codes ON shop_item (code)")],
    )


def test_key_cascades() -> None:
    assert only(
        "key-type-cascades",
        AlterField("Kind", "id", models.IntegerField(primary_key=True)),
        sizes=LARGE,
    ) == (
        "operation 1 (AlterField) makes shop_kind.id integer, and each column that points to "
        "it as well: it rewrites shop_item (about 2,000,000 rows) under ACCESS EXCLUSIVE, in "
        "one transaction.",
        "One column after the other instead:\n"
        "1. ALTER TABLE shop_kind ADD COLUMN id_new integer, and the same in each table that "
        "points to it, with triggers that keep both columns equal\n"
        "2. fill the old rows in batches, build the indexes concurrently\n"
        "3. in one short transaction swap the names, and add the foreign keys NOT VALID\n"
        "4. validate the foreign keys; drop the old columns in a later release",
    )


def test_key_that_nothing_points_to() -> None:
    silent(
        "key-type-cascades",
        AlterField("Box", "weight", models.BigIntegerField(null=True)),
        start=[AddField("Box", "weight", models.IntegerField(null=True))],
    )


def test_checked_again() -> None:
    assert only(
        "type-rechecks-rows", sql("ALTER TABLE shop_item ALTER code TYPE text"), start=CHECKED
    ) == (
        "operation 1 (RunSQL) checks all rows of shop_item against c again under ACCESS "
        "EXCLUSIVE to make code text: nobody can read or write the table meanwhile.",
        "Take the CHECK away meanwhile; each line is a migration:\n"
        "1. ALTER TABLE shop_item DROP CONSTRAINT c\n"
        "2. ALTER TABLE shop_item ALTER COLUMN code TYPE text\n"
        "3. ALTER TABLE shop_item ADD CONSTRAINT c CHECK (code <> '') NOT VALID\n"
        "4. ALTER TABLE shop_item VALIDATE CONSTRAINT c",
    )


def test_nothing_to_check_again() -> None:
    silent("type-rechecks-rows", sql("ALTER TABLE shop_item ALTER code TYPE text"))


def test_type_under_a_view() -> None:
    assert only(
        "type-of-used-column", sql("ALTER TABLE shop_item ALTER code TYPE text"), start=VIEW
    ) == (
        "operation 1 (RunSQL) changes the type of shop_item.code, which codes uses: it fails "
        "(0A000).",
        "Drop what uses the column before and create it again after, in the same migration:\n"
        "1. DROP VIEW codes\n"
        "2. ALTER TABLE shop_item ALTER COLUMN code TYPE text\n"
        "3. CREATE VIEW codes AS …",
    )


def test_type_under_a_generated_column() -> None:
    assert only(
        "type-of-used-column",
        sql("ALTER TABLE shop_item ALTER stock TYPE bigint"),
        start=[
            sql("ALTER TABLE shop_item ADD COLUMN g int GENERATED ALWAYS AS (stock * 2) STORED")
        ],
    ) == (
        "operation 1 (RunSQL) changes the type of shop_item.stock, which a generated column "
        "uses: it fails (0A000).",
        "Drop what uses the column before and add it again after, in the same migration:\n"
        "1. ALTER TABLE shop_item DROP COLUMN …\n"
        "2. ALTER TABLE shop_item ALTER COLUMN stock TYPE bigint\n"
        "3. ALTER TABLE shop_item ADD COLUMN … GENERATED ALWAYS AS (…)",
    )


def test_type_beside_a_view() -> None:
    silent("type-of-used-column", sql("ALTER TABLE shop_item ALTER stock TYPE bigint"), start=VIEW)

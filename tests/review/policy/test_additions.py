"""Columns that are added, and what PostgreSQL writes or reads for them."""

from django.db import models
from django.db.migrations import AddField

from tests.review.policy.building import LARGE, only, silent, sql


def test_serial() -> None:
    assert only("numbering-column", sql("ALTER TABLE shop_item ADD COLUMN number bigserial")) == (
        "operation 1 (RunSQL) rewrites shop_item to number its rows in number, a serial "
        "column, under ACCESS EXCLUSIVE: nobody can read or write the table meanwhile.",
        "Three migrations instead:\n"
        "1. ALTER TABLE shop_item ADD COLUMN number bigint; CREATE SEQUENCE "
        "shop_item_number_seq OWNED BY shop_item.number\n"
        "2. ALTER TABLE shop_item ALTER COLUMN number SET DEFAULT "
        "nextval('shop_item_number_seq')\n"
        "3. number the old rows in batches, then make it NOT NULL by a validated CHECK",
    )


def test_identity() -> None:
    assert only(
        "numbering-column",
        sql("ALTER TABLE shop_item ADD COLUMN number int GENERATED ALWAYS AS IDENTITY"),
        sizes=LARGE,
    ) == (
        "operation 1 (RunSQL) rewrites shop_item (about 2,000,000 rows) to number its rows "
        "in number, an identity column, under ACCESS EXCLUSIVE: nobody can read or write the "
        "table meanwhile.",
        "Three migrations instead:\n"
        "1. ALTER TABLE shop_item ADD COLUMN number integer; CREATE SEQUENCE "
        "shop_item_number_seq OWNED BY shop_item.number\n"
        "2. ALTER TABLE shop_item ALTER COLUMN number SET DEFAULT "
        "nextval('shop_item_number_seq')\n"
        "3. number the old rows in batches, then make it NOT NULL by a validated CHECK",
    )


def test_plain_number() -> None:
    silent("numbering-column", sql("ALTER TABLE shop_item ADD COLUMN number bigint"))


def test_serial_of_a_new_table() -> None:
    silent(
        "numbering-column",
        sql("CREATE TABLE lot (name text)"),
        sql("ALTER TABLE lot ADD COLUMN number bigserial"),
    )


def test_stored_generated_column() -> None:
    assert only(
        "stored-generated-column",
        AddField(
            "Item",
            "double",
            models.GeneratedField(
                expression=models.F("stock") * 2,
                output_field=models.IntegerField(),
                db_persist=True,
            ),
        ),
    ) == (
        "operation 1 (AddField) rewrites shop_item to compute double, under ACCESS "
        "EXCLUSIVE: nobody can read or write the table meanwhile.",
        "On PostgreSQL 18 make double virtual (db_persist=False), which rewrites nothing. "
        "Before, three migrations:\n"
        "1. ALTER TABLE shop_item ADD COLUMN double integer\n"
        "2. a trigger that sets double in each INSERT and UPDATE\n"
        "3. an UPDATE of the old rows in batches",
    )


def test_virtual_generated_column() -> None:
    silent(
        "stored-generated-column",
        sql("ALTER TABLE shop_item ADD COLUMN double int GENERATED ALWAYS AS (stock * 2) VIRTUAL"),
    )


def test_constrained_domain() -> None:
    assert only(
        "constrained-domain-column",
        sql("ALTER TABLE shop_item ADD COLUMN weight positive"),
        start=[sql("CREATE DOMAIN positive AS int CHECK (value > 0)")],
    ) == (
        "operation 1 (RunSQL) rewrites shop_item to check weight against the constraint of "
        "positive, under ACCESS EXCLUSIVE: nobody can read or write the table meanwhile.",
        "The type below positive and a CHECK instead, in three migrations:\n"
        "1. ALTER TABLE shop_item ADD COLUMN weight …\n"
        "2. ALTER TABLE shop_item ADD CONSTRAINT weight_check CHECK (…) NOT VALID\n"
        "3. ALTER TABLE shop_item VALIDATE CONSTRAINT weight_check",
    )


def test_domain_without_constraint() -> None:
    silent(
        "constrained-domain-column",
        sql("ALTER TABLE shop_item ADD COLUMN weight number DEFAULT 1"),
        start=[sql("CREATE DOMAIN number AS int")],
    )


def test_json() -> None:
    assert only("json-column", sql("ALTER TABLE shop_item ADD COLUMN extra json")) == (
        "operation 1 (RunSQL) adds extra to shop_item as json, which knows no equality: "
        "SELECT DISTINCT and GROUP BY over all columns fail.",
        "Use jsonb:\nALTER TABLE shop_item ADD COLUMN extra jsonb",
    )


def test_json_of_a_new_table() -> None:
    assert only("json-column", sql("CREATE TABLE lot (id int, extra json[])")) == (
        "operation 1 (RunSQL) adds extra to lot as json[], which knows no equality: SELECT "
        "DISTINCT and GROUP BY over all columns fail.",
        "Use jsonb:\nextra jsonb[]",
    )


def test_jsonb() -> None:
    silent("json-column", AddField("Item", "extra", models.JSONField(null=True)))
    silent("json-column", sql("CREATE TABLE lot (id int, extra jsonb)"))


def test_reference_without_index() -> None:
    assert only(
        "reference-without-index",
        AddField(
            "Item",
            "other",
            models.ForeignKey("shop.Kind", models.CASCADE, null=True, db_index=False),
        ),
    ) == (
        "operation 1 (AddField) lets shop_item.other_id point to shop_kind, and no index "
        "begins with it: each DELETE in shop_kind reads all of shop_item.",
        "Add an index, in a migration with atomic = False:\n"
        "CREATE INDEX CONCURRENTLY ON shop_item (other_id)",
    )


def test_reference_without_index_in_sql() -> None:
    assert only(
        "reference-without-index",
        sql("ALTER TABLE shop_item ADD COLUMN other bigint REFERENCES shop_kind"),
    ) == (
        "operation 1 (RunSQL) lets shop_item.other point to shop_kind, and no index begins "
        "with it: each DELETE in shop_kind reads all of shop_item.",
        "Add an index, in a migration with atomic = False:\n"
        "CREATE INDEX CONCURRENTLY ON shop_item (other)",
    )


def test_reference_of_a_new_table() -> None:
    assert only(
        "reference-without-index",
        sql("CREATE TABLE lot (item bigint REFERENCES shop_item, size int)"),
        sql("CREATE INDEX lots ON lot (item) WHERE size > 1"),
    ) == (
        "operation 1 (RunSQL) lets lot.item point to shop_item, and no index begins with it: "
        "each DELETE in shop_item reads all of lot.",
        "Add an index, in a migration with atomic = False:\n"
        "CREATE INDEX CONCURRENTLY ON lot (item)",
    )


def test_reference_with_index() -> None:
    silent(
        "reference-without-index",
        AddField("Item", "other", models.ForeignKey("shop.Kind", models.CASCADE, null=True)),
    )

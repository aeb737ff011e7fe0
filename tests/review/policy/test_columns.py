"""Columns that are added, and what becomes of old rows and old INSERTs."""

import uuid

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.migrations import AddField, AlterField, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models.functions import Now

from tests.review.policy.building import LARGE, SMALL, key, only, reviewed, silent, slugs, sql


def test_required_column_without_default() -> None:
    assert only(
        "required-column-without-default", AddField("Item", "size", models.IntegerField())
    ) == (
        "operation 1 (AddField) adds size to shop_item as NOT NULL without a default: it "
        "fails on the first row (23502), and INSERTs of the running release would fail as "
        "well.",
        "Keep a default in the database, or add size nullable, fill it, and make it NOT NULL "
        "in a later release:\n"
        'migrations.AddField("Item", "size", models.IntegerField(db_default=\'…\'))',
    )


def test_required_column_without_default_in_sql() -> None:
    assert only(
        "required-column-without-default",
        sql("ALTER TABLE shop_item ADD COLUMN size int NOT NULL"),
        sizes=LARGE,
    ) == (
        "operation 1 (RunSQL) adds size to shop_item (about 2,000,000 rows) as NOT NULL "
        "without a default: it fails on the first row (23502), and INSERTs of the running "
        "release would fail as well.",
        "Keep a default in the database, or add size nullable, fill it, and make it NOT NULL "
        "in a later release:\n"
        "ALTER TABLE shop_item ADD COLUMN size integer NOT NULL DEFAULT …",
    )


def test_default_of_null_is_none() -> None:
    assert only(
        "required-column-without-default",
        AddField("Item", "size", models.IntegerField(db_default=None)),
    ) == (
        "operation 1 (AddField) adds size to shop_item as NOT NULL without a default: it "
        "fails on the first row (23502), and INSERTs of the running release would fail as "
        "well.",
        "Keep a default in the database, or add size nullable, fill it, and make it NOT NULL "
        "in a later release:\n"
        'migrations.AddField("Item", "size", models.IntegerField(db_default=\'…\'))',
    )


def test_nullable_column_needs_no_default() -> None:
    silent(
        "required-column-without-default", AddField("Item", "size", models.IntegerField(null=True))
    )


def test_new_table_has_no_rows() -> None:
    silent(
        "required-column-without-default",
        CreateModel("Lot", [key()]),
        AddField("Lot", "size", models.IntegerField()),
    )


def test_default_only_in_python() -> None:
    assert only(
        "default-only-in-python", AddField("Item", "size", models.IntegerField(default=0))
    ) == (
        "operation 1 (AddField) adds size to shop_item as NOT NULL and then drops its "
        "default: INSERTs of the release that still runs fail (23502).",
        "Let the database keep the default:\n"
        'migrations.AddField("Item", "size", models.IntegerField(db_default=0, default=0))',
    )


def test_default_only_in_python_of_now() -> None:
    assert only(
        "default-only-in-python",
        AddField("Item", "made_at", models.DateTimeField(auto_now_add=True)),
    ) == (
        "operation 1 (AddField) adds made_at to shop_item as NOT NULL and then drops its "
        "default: INSERTs of the release that still runs fail (23502).",
        "Let the database keep the default:\n"
        'migrations.AddField("Item", "made_at", models.DateTimeField(auto_now_add=True, '
        "db_default=Now()))",
    )


def test_default_only_in_python_of_a_callable() -> None:
    assert only(
        "default-only-in-python", AddField("Item", "tag", models.UUIDField(default=uuid.uuid4))
    ) == (
        "operation 1 (AddField) adds tag to shop_item as NOT NULL and then drops its "
        "default: INSERTs of the release that still runs fail (23502).",
        "One default can't serve all rows. Two migrations instead:\n"
        '1. migrations.AddField("Item", "tag", models.UUIDField(default=uuid.uuid4, '
        "null=True))\n"
        "2. fill the old rows in batches, then make it NOT NULL by a validated CHECK",
    )


def test_default_only_in_python_for_once() -> None:
    assert only(
        "default-only-in-python",
        AddField("Item", "size", models.IntegerField(default=0), preserve_default=False),
    ) == (
        "operation 1 (AddField) adds size to shop_item as NOT NULL and then drops its "
        "default: INSERTs of the release that still runs fail (23502).",
        "Let the database keep the default:\n"
        'migrations.AddField("Item", "size", models.IntegerField(db_default=0, default=0))',
    )


def test_default_dropped_at_once_in_sql() -> None:
    assert only(
        "default-only-in-python",
        sql("ALTER TABLE shop_item ADD COLUMN size int NOT NULL DEFAULT 0"),
        sql("ALTER TABLE shop_item ALTER size DROP DEFAULT"),
    ) == (
        "operation 2 (RunSQL) adds size to shop_item as NOT NULL and then drops its default: "
        "INSERTs of the release that still runs fail (23502).",
        "Leave DROP DEFAULT of size to a later release.",
    )


class Unknown(Operation):
    """What it does to the table is nobody's guess; it may set a default."""

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: ProjectState) -> None: ...


class AddDefaultValue(Unknown):
    """As that of django-add-default-value, which is known by the name of its class."""

    name, value = "size", 0


AddDefaultValue.__module__ = "django_add_default_value.add_default_value"


def test_default_that_an_unknown_operation_may_set() -> None:
    added = AddField("Item", "size", models.IntegerField(default=0))
    assert "default-only-in-python" in slugs(added, Unknown("kind"))
    assert slugs(added, Unknown("item")) == ["old-release-may-break"]


def test_default_that_a_library_sets() -> None:
    added = AddField("Item", "size", models.IntegerField(default=0))
    assert slugs(added, AddDefaultValue("item")) == []
    assert reviewed(added, AddDefaultValue("item")).operations[1].unreadable == ()


def test_default_of_the_database() -> None:
    silent(
        "default-only-in-python",
        AddField("Item", "size", models.IntegerField(default=0, db_default=0)),
    )


def test_what_needs_no_telling() -> None:
    assert slugs(AddField("Item", "size", models.IntegerField(db_default=0))) == []
    assert slugs(AddField("Item", "size", models.IntegerField(null=True))) == []
    assert slugs(AddField("Item", "made_at", models.DateTimeField(db_default=Now()))) == []
    assert slugs(AddField("Item", "extra", models.JSONField(null=True))) == []


def test_joining_table_breaks_nobody() -> None:
    assert "default-only-in-python" not in slugs(
        AddField("Item", "others", models.ManyToManyField("shop.Kind"))
    )


def test_default_dropped() -> None:
    assert only("default-dropped", AlterField("Item", "stock", models.IntegerField())) == (
        "operation 1 (AlterField) drops the default 0 of shop_item.stock, which is NOT NULL: "
        "INSERTs of the running release that leave it to the database fail (23502).",
        "Two releases instead:\n"
        "1. give stock a value in Python, and keep the default in the database\n"
        '2. then drop it: migrations.AlterField("Item", "stock", models.IntegerField())',
    )


def test_default_dropped_in_sql() -> None:
    assert only("default-dropped", sql("ALTER TABLE shop_item ALTER stock DROP DEFAULT")) == (
        "operation 1 (RunSQL) drops the default 0 of shop_item.stock, which is NOT NULL: "
        "INSERTs of the running release that leave it to the database fail (23502).",
        "Two releases instead:\n"
        "1. give stock a value in Python, and keep the default in the database\n"
        "2. then drop it: ALTER TABLE shop_item ALTER COLUMN stock DROP DEFAULT",
    )


def test_another_default_is_a_default() -> None:
    silent("default-dropped", AlterField("Item", "stock", models.IntegerField(db_default=1)))


def test_nullable_column_may_lose_its_default() -> None:
    silent(
        "default-dropped",
        AlterField("Item", "code", models.CharField(max_length=50, null=True)),
        start=[
            AlterField("Item", "code", models.CharField(max_length=50, null=True, db_default=""))
        ],
    )


def test_volatile_default() -> None:
    assert only(
        "volatile-default",
        AddField("Item", "tag", models.UUIDField(db_default=RandomUUID())),
        sizes=LARGE,
    ) == (
        "operation 1 (AddField) rewrites shop_item (about 2,000,000 rows) under ACCESS "
        "EXCLUSIVE to fill tag with (GEN_RANDOM_UUID()): nobody can read or write the table "
        "meanwhile.",
        "Three migrations instead:\n"
        '1. migrations.AddField("Item", "tag", models.UUIDField(null=True))\n'
        '2. migrations.AlterField("Item", "tag", models.UUIDField(db_default=RandomUUID(), '
        "null=True))\n"
        "3. fill the old rows in batches, then make it NOT NULL by a validated CHECK",
    )


def test_volatile_default_in_sql() -> None:
    assert only(
        "volatile-default",
        sql("ALTER TABLE shop_item ADD COLUMN tag uuid DEFAULT gen_random_uuid()"),
    ) == (
        "operation 1 (RunSQL) rewrites shop_item under ACCESS EXCLUSIVE to fill tag with "
        "gen_random_uuid(): nobody can read or write the table meanwhile.",
        "Three migrations instead:\n"
        "1. ALTER TABLE shop_item ADD COLUMN tag uuid\n"
        "2. ALTER TABLE shop_item ALTER COLUMN tag SET DEFAULT gen_random_uuid()\n"
        "3. fill the old rows in batches, then make it NOT NULL by a validated CHECK",
    )


def test_now_is_fixed_in_a_statement() -> None:
    silent("volatile-default", AddField("Item", "made_at", models.DateTimeField(db_default=Now())))


def test_small_table_is_rewritten_in_no_time() -> None:
    silent(
        "volatile-default",
        AddField("Item", "tag", models.UUIDField(db_default=RandomUUID())),
        sizes=SMALL,
    )


def test_one_value_for_unique_column() -> None:
    assert only(
        "one-value-for-unique-column",
        AddField("Item", "tag", models.UUIDField(default=uuid.uuid4, unique=True)),
    ) == (
        "operation 1 (AddField) adds tag to shop_item as unique and gives every row the same "
        "value, 'uuid4()': it fails as soon as there are two rows (23505).",
        "Three migrations instead:\n"
        '1. migrations.AddField("Item", "tag", models.UUIDField(null=True))\n'
        "2. give each old row of shop_item a value of its own, in batches\n"
        "3. build the unique index concurrently, and make it the constraint",
    )


def test_unique_column_without_values() -> None:
    silent(
        "one-value-for-unique-column",
        AddField("Item", "tag", models.UUIDField(null=True, unique=True)),
    )

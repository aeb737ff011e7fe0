"""Each verdict fires with its whole message, and stays silent for the safe way."""

import re
from typing import Any

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from governance.postgres.locks import Lock
from governance.rehearsal.comparison import differences
from governance.rehearsal.rows import Variety
from governance.rehearsal.structure import Structure
from tests.rehearsal.stagehand import ID, rehearsed, shop, told

NAME = "shop.0002_change"
NOTE = 'column "note" of relation "shop_order"'
LEAVES = f"{NAME}, undone, leaves another structure"
CUSTOMER = models.ForeignKey("shop.Customer", models.CASCADE, null=True, related_name="+")


def field(kind: type[models.Field], **options: Any) -> Any:
    return migrations.AddField("order", "extra", kind(**options))


def silenced(apps: Any, editor: Any) -> None:
    apps.get_model("shop", "Order").objects.filter(number__lt=0).delete()


def shouted(apps: Any, editor: Any) -> None:
    for order in apps.get_model("shop", "Order").objects.all():
        order.note = order.note.upper()
        order.save()


def filled(apps: Any, editor: Any) -> None:
    apps.get_model("shop", "Order").objects.filter(remark=None).update(remark="none")


def broken(apps: Any, editor: Any) -> None:
    raise ValueError("there is no such order")


STAGES = [
    "forwards",
    "old release reads",
    "old release writes",
    "new release",
    "backwards",
    "all is as before",
    "forwards again",
    "backwards after use",
]
SAFE = {
    "nullable column": [field(models.IntegerField, null=True)],
    "column with a default in the database": [field(models.IntegerField, db_default=0)],
    "many-to-many": [
        migrations.AddField("order", "tags", models.ManyToManyField("shop.Customer", "+"))
    ],
    "comment": [
        migrations.AlterField("order", "note", models.CharField(max_length=20, db_comment="it"))
    ],
    "same column": [migrations.AlterField("order", "note", models.CharField("N", max_length=20))],
    "renamed in the code only": [
        migrations.RenameField("order", "note", "memo"),
        migrations.AlterField("order", "memo", models.CharField(max_length=20, db_column="note")),
    ],
    "new table": [
        migrations.CreateModel(
            "Item", [ID, ("order", models.OneToOneField("shop.Order", models.CASCADE))]
        )
    ],
    "NULLs filled": [migrations.RunPython(filled, migrations.RunPython.noop)],
    "not validated": [
        migrations.RunSQL(
            "ALTER TABLE shop_order ADD CONSTRAINT c CHECK (length(note) < 100) NOT VALID",
            "ALTER TABLE shop_order DROP CONSTRAINT c",
        )
    ],
}


@pytest.mark.parametrize("operations", SAFE.values(), ids=SAFE)
def test_nothing_to_object(operations: list[Any]) -> None:
    rehearsal = rehearsed(*operations)
    assert told(rehearsal) == []
    assert all(rehearsal.stages.values())
    assert list(rehearsal.stages) == STAGES[: len(rehearsal.stages)]
    assert len(rehearsal.stages) == len(STAGES) - (not rehearsal.rows)


def test_a_concurrent_index_is_watched_and_fine() -> None:
    index = models.Index(fields=["number"], name="shop_number")
    rehearsal = rehearsed(AddIndexConcurrently("order", index), atomic=False)
    assert told(rehearsal) == []
    assert rehearsal.locks == {"shop_order": Lock.SHARE_UPDATE_EXCLUSIVE}
    assert rehearsal.statements[0].trace.in_transaction is False


def test_a_plain_index_stops_writers() -> None:
    index = models.Index(fields=["number"], name="shop_number")
    rehearsal = rehearsed(migrations.AddIndex("order", index))
    assert told(rehearsal) == [
        f"rehearsal-scans-under-lock: {NAME} reads all rows of shop_order under SHARE: "
        "nobody writes it meanwhile."
    ]
    assert rehearsal.verdicts[0].hint == (
        "Build it concurrently: AddIndexConcurrently, in a migration with atomic = False."
    )
    assert rehearsal.verdicts[0].statement == (
        'CREATE INDEX "shop_number" ON "shop_order" ("number")'
    )
    assert rehearsal.locks == {"shop_order": Lock.SHARE}


def test_a_column_that_is_not_null_goes() -> None:
    assert told(rehearsed(migrations.RemoveField("order", "note"))) == [
        f"rehearsal-breaks-old-read: With {NAME} applied, the release before it can't read "
        'shop_order: column "note" does not exist (42703).',
        f"rehearsal-breaks-old-write: With {NAME} applied, the release before it can't insert "
        f"into or update shop_order: {NOTE} does not exist (42703).",
        f"rehearsal-reverse-fails: {NAME} can't be undone when there are rows: {NOTE} contains "
        "null values (23502).",
        f"rehearsal-loses-data: {NAME} drops shop_order.note, which has values in 20 of 20 rows.",
    ]


def test_a_nullable_column_goes() -> None:
    assert told(rehearsed(migrations.RemoveField("order", "remark")))[2:] == [
        f"rehearsal-loses-data: {NAME}, undone, loses shop_order.remark in 17 of 20 rows, such as "
        "'value 0' → NULL."
    ]


def test_a_longer_text_can_be_undone_until_it_is_used() -> None:
    longer = models.CharField(max_length=100)
    assert told(rehearsed(migrations.AlterField("order", "note", longer))) == [
        f"rehearsal-reverse-fails-after-use: {NAME} can't be undone once the new release has "
        "written rows: value too long for type character varying(20) (22001)."
    ]


def test_null_can_be_undone_until_it_is_used() -> None:
    nullable = models.CharField(max_length=20, null=True)
    assert told(rehearsed(migrations.AlterField("order", "note", nullable))) == [
        f"rehearsal-reverse-fails-after-use: {NAME} can't be undone once the new release has "
        f"written rows: {NOTE} contains null values (23502)."
    ]


def test_a_data_migration_deletes_rows() -> None:
    deleting = migrations.RunPython(silenced, migrations.RunPython.noop)
    assert told(rehearsed(deleting)) == [
        f"rehearsal-loses-data: {NAME}, undone, loses 3 of 20 rows of shop_order."
    ]


def test_a_data_migration_changes_values() -> None:
    changing = migrations.RunPython(shouted, migrations.RunPython.noop)
    assert told(rehearsed(changing)) == [
        f"rehearsal-loses-data: {NAME}, undone, loses shop_order.note in 13 of 20 rows, such as "
        "'value 0' → 'VALUE 0'."
    ]


def test_no_way_back() -> None:
    rehearsal = rehearsed(migrations.RunPython(silenced))
    assert told(rehearsal) == [
        f"rehearsal-irreversible: {NAME} can't be undone: operation 1 (RunPython) has no reverse.",
        f"rehearsal-loses-data: {NAME} loses 3 of 20 rows of shop_order.",
    ]
    assert rehearsal.verdicts[0].hint == "Give it a reverse_code, or migrations.RunPython.noop."


def test_a_field_is_renamed() -> None:
    assert told(rehearsed(migrations.RenameField("order", "note", "memo"))) == [
        f"rehearsal-breaks-old-read: With {NAME} applied, the release before it can't read "
        'shop_order: column "note" does not exist (42703).',
        f"rehearsal-breaks-old-write: With {NAME} applied, the release before it can't insert "
        f"into or update shop_order: {NOTE} does not exist (42703).",
    ]


def test_a_model_is_renamed() -> None:
    assert told(rehearsed(migrations.RenameModel("Order", "Sale"))) == [
        f"rehearsal-breaks-old-read: With {NAME} applied, the release before it can't read "
        'shop_order: relation "shop_order" does not exist (42P01).',
        f"rehearsal-breaks-old-write: With {NAME} applied, the release before it can't insert "
        'into, update or delete from shop_order: relation "shop_order" does not exist (42P01).',
    ]


def test_a_default_that_only_django_knows() -> None:
    rehearsal = rehearsed(field(models.IntegerField, default=0))
    assert told(rehearsal) == [
        f"rehearsal-breaks-old-write: With {NAME} applied, the release before it can't insert "
        'into shop_order: null value in column "extra" of relation "shop_order" violates '
        "not-null constraint (23502)."
    ]
    assert rehearsal.verdicts[0].hint == (
        "Give extra a db_default, so that rows without it are accepted."
    )


def test_a_foreign_key_to_a_table_with_rows() -> None:
    assert told(rehearsed(migrations.AddField("order", "seller", CUSTOMER))) == [
        f"rehearsal-scans-under-lock: {NAME} reads all rows of shop_order under ACCESS "
        "EXCLUSIVE: nobody reads or writes it meanwhile."
    ]


def test_a_foreign_key_made_of_a_number() -> None:
    key = models.ForeignKey("shop.Customer", models.CASCADE, "+", db_column="number")
    operations = [
        migrations.RenameField("order", "number", "old"),
        migrations.AlterField("order", "old", key),
    ]
    kinds = [verdict.slug for verdict in rehearsed(*operations).verdicts]
    assert kinds == [
        "rehearsal-fails-on-some-rows",
        "rehearsal-rewrites",
        "rehearsal-scans-under-lock",
        "rehearsal-scans-under-lock",
        "rehearsal-breaks-some-old-writes",
    ]


def test_a_unique_constraint_on_duplicates() -> None:
    constraint = models.UniqueConstraint(fields=["number"], name="shop_once")
    rehearsal = rehearsed(migrations.AddConstraint("order", constraint))
    some_key = re.compile(r"=\(-?\d+\) is")
    assert [some_key.sub("=(…) is", text) for text in told(rehearsal)] == [
        f"rehearsal-fails-on-some-rows: {NAME} fails on rows that are allowed today: could not "
        'create unique index "shop_once": Key (number)=(…) is duplicated (23505).',
        f"rehearsal-scans-under-lock: {NAME} reads all rows of shop_order under ACCESS "
        "EXCLUSIVE: nobody reads or writes it meanwhile.",
        f"rehearsal-breaks-some-old-writes: With {NAME} applied, the release before it can't "
        "insert into or update some rows of shop_order: duplicate key value violates unique "
        'constraint "shop_once" (23505).',
    ]


def test_a_column_without_a_value_for_rows() -> None:
    sql = "ALTER TABLE shop_order ADD COLUMN extra int NOT NULL"
    state = [field(models.IntegerField)]
    adding = migrations.RunSQL(
        sql, "ALTER TABLE shop_order DROP COLUMN extra", state_operations=state
    )
    rehearsal = rehearsed(adding)
    assert told(rehearsal)[0] == (
        f'rehearsal-fails-on-rows: {NAME} fails as soon as there are rows: column "extra" of '
        'relation "shop_order" contains null values (23502).'
    )
    assert rehearsal.rows == {"shop_customer": 0, "shop_order": 0}


def test_not_null_without_a_default() -> None:
    required = migrations.AlterField("order", "remark", models.TextField())
    remark = 'column "remark" of relation "shop_order"'
    assert told(rehearsed(required)) == [
        f"rehearsal-fails-on-some-rows: {NAME} fails on rows that are allowed today: {remark} "
        "contains null values (23502).",
        f"rehearsal-scans-under-lock: {NAME} reads all rows of shop_order under ACCESS "
        "EXCLUSIVE: nobody reads or writes it meanwhile.",
        f"rehearsal-breaks-some-old-writes: With {NAME} applied, the release before it can't "
        f"insert into or update some rows of shop_order: null value in {remark} violates "
        "not-null constraint (23502).",
    ]


def test_a_wider_type_rewrites() -> None:
    wider = migrations.AlterField("order", "number", models.BigIntegerField())
    assert told(rehearsed(wider)) == [
        f"rehearsal-rewrites: {NAME} rewrites shop_order under ACCESS EXCLUSIVE: nobody reads or "
        "writes it meanwhile.",
        f"rehearsal-reverse-fails-after-use: {NAME} can't be undone once the new release has "
        "written rows: integer out of range (22003).",
    ]


def test_emptying_a_table_rewrites_nothing() -> None:
    """It gets a new file too; what is told is the loss."""
    emptied = migrations.RunSQL("TRUNCATE shop_order", migrations.RunSQL.noop)
    (lost,) = told(rehearsed(emptied))
    assert lost.startswith(f"rehearsal-loses-data: {NAME}")


def test_the_state_forgets_a_column_that_is_required() -> None:
    forgetting = migrations.SeparateDatabaseAndState(
        state_operations=[migrations.RemoveField("order", "note")]
    )
    assert told(rehearsed(forgetting)) == [
        f"rehearsal-breaks-new: The release that comes with {NAME} can't insert into shop_order: "
        f"null value in {NOTE} violates not-null constraint (23502)."
    ]


def test_a_trigger_refuses_old_writers() -> None:
    making = migrations.RunSQL(
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'not any more'; END $$;"
        "CREATE TRIGGER no BEFORE INSERT ON shop_order FOR EACH ROW EXECUTE FUNCTION no()",
        "DROP TRIGGER no ON shop_order; DROP FUNCTION no()",
    )
    assert told(rehearsed(making)) == [
        f"rehearsal-breaks-old-write: With {NAME} applied, the release before it can't insert "
        "into shop_order: not any more (P0001)."
    ]


def test_the_reverse_makes_something_else() -> None:
    dropping = migrations.RunSQL(
        "ALTER TABLE shop_order ALTER remark TYPE varchar(400)",
        "ALTER TABLE shop_order ALTER remark TYPE varchar(500)",
    )
    assert told(rehearsed(dropping))[-2:] == [
        f"rehearsal-reverse-differs: {NAME}, undone, leaves another structure: shop_order lacks "
        "column remark text.",
        f"rehearsal-reverse-differs: {NAME}, undone, leaves another structure: shop_order has "
        "column remark character varying(500).",
    ]


def structure(*definitions: str) -> Structure:
    return Structure(
        oid=1,
        name="t",
        is_partition=False,
        columns=(),
        checks={},
        keys={},
        definitions=frozenset(definitions),
    )


def test_a_constraint_may_stay_validated() -> None:
    def differing(before: str, after: str) -> list[tuple[str, str]]:
        return list(differences(*({"t": structure(text)} for text in (before, after))))

    valid = "constraint CHECK ((a > 0))"
    assert differing(f"{valid} NOT VALID", valid) == []
    assert differing(valid, f"{valid} NOT VALID") == [
        ("t", f"lacks {valid}"),
        ("t", f"has {valid} NOT VALID"),
    ]
    assert len(differing(f"{valid} NOT VALID", "constraint CHECK ((a > 1))")) == 2


def test_it_can_not_be_applied_twice() -> None:
    creating = migrations.RunSQL("CREATE SEQUENCE numbers", migrations.RunSQL.noop)
    assert told(rehearsed(creating)) == [
        f"rehearsal-reverse-differs: {LEAVES}: sequence numbers is left over.",
        f"rehearsal-fails: {NAME}, undone, can't be applied again: relation "
        '"numbers" already exists (42P07).',
    ]


OBJECTS = """
CREATE VIEW totals AS SELECT id, total FROM shop_order;
CREATE MATERIALIZED VIEW cached AS SELECT id FROM shop_order;
CREATE INDEX cached_id ON cached (id);
CREATE SEQUENCE numbers;
CREATE FUNCTION one(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER guard BEFORE INSERT ON shop_order FOR EACH ROW EXECUTE FUNCTION guard();
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE DOMAIN short AS text CHECK (length(VALUE) < 9);
CREATE SCHEMA reporting;
CREATE POLICY mine ON shop_order USING (true);
"""
NAMES = [
    *("domain short", "function guard()", "function one(integer)"),
    *("materialized view cached", "policy mine on shop_order", "schema reporting"),
    *("sequence numbers", "trigger guard on shop_order", "type mood", "view totals"),
]
DROPS = """
DROP VIEW totals; DROP MATERIALIZED VIEW cached; DROP SEQUENCE numbers; DROP FUNCTION one(int);
DROP FUNCTION guard() CASCADE; DROP TYPE mood; DROP DOMAIN short; DROP SCHEMA reporting;
DROP POLICY mine ON shop_order;
"""
CHANGES = """
CREATE OR REPLACE VIEW totals AS SELECT id, total FROM shop_order WHERE id > 0;
ALTER SEQUENCE numbers INCREMENT 2;
CREATE OR REPLACE FUNCTION one(int) RETURNS int LANGUAGE sql AS 'SELECT 2';
ALTER TABLE shop_order DISABLE TRIGGER guard;
ALTER TYPE mood RENAME VALUE 'sad' TO 'bad';
ALTER DOMAIN short ADD CHECK (VALUE <> '');
ALTER POLICY mine ON shop_order USING (false);
DROP INDEX cached_id;
"""
CHANGED = [
    "domain short is not as it was.",
    "function one(integer) is not as it was.",
    "index cached_id is missing.",
    "policy mine on shop_order is not as it was.",
    "sequence numbers is not as it was.",
    "trigger guard on shop_order is not as it was.",
    "type mood is not as it was.",
    "view totals is not as it was.",
]


def left(rehearsal: Any) -> list[str]:
    start = f"rehearsal-reverse-differs: {LEAVES}: "
    return [text.removeprefix(start) for text in told(rehearsal) if text.startswith(start)]


def test_everything_that_is_left_over_is_told() -> None:
    noop = migrations.RunSQL.noop
    assert left(rehearsed(migrations.RunSQL(OBJECTS, noop))) == [
        f"{name} is left over." for name in NAMES
    ]
    undone = rehearsed(migrations.RunSQL(OBJECTS, DROPS))
    assert left(undone) == []
    assert undone.stages["all is as before"]


def test_everything_that_is_missing_or_changed_is_told() -> None:
    there = [*shop(), migrations.RunSQL(OBJECTS)]
    noop = migrations.RunSQL.noop
    assert left(rehearsed(migrations.RunSQL(DROPS, noop), parent=there)) == [
        f"{name} is missing." for name in NAMES
    ]
    changed = rehearsed(migrations.RunSQL(CHANGES, noop), parent=there)
    assert left(changed) == CHANGED


def test_what_hangs_on_a_table_is_not_told_beside_it() -> None:
    of_customers = OBJECTS.replace("total FROM", "name FROM").replace("_order", "_customer")
    there = [*shop(), migrations.RunSQL(of_customers)]
    sql = "DROP TABLE shop_customer CASCADE"
    rehearsal = rehearsed(migrations.RunSQL(sql, migrations.RunSQL.noop), parent=there)
    assert left(rehearsal)[-4:] == [
        "shop_customer is missing.",
        "shop_order lacks constraint FOREIGN KEY (customer_id) REFERENCES shop_customer(id) "
        "DEFERRABLE INITIALLY DEFERRED.",
        "materialized view cached is missing.",
        "view totals is missing.",
    ]


def test_the_kind_of_identity_is_compared() -> None:
    always = migrations.RunSQL(
        "ALTER TABLE shop_order ALTER id SET GENERATED ALWAYS", migrations.RunSQL.noop
    )
    assert left(rehearsed(always)) == [
        "shop_order lacks column id bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY.",
        "shop_order has column id bigint NOT NULL GENERATED ALWAYS AS IDENTITY.",
    ]


FAILING = {
    "SQL": (
        migrations.RunSQL("ALTER TABLE shop_nothing DROP COLUMN note", ""),
        'relation "shop_nothing" does not exist (42P01)',
        "Look at the database as it is then: --keep.",
    ),
    "Python": (
        migrations.RunPython(broken),
        "ValueError: there is no such order",
        "Look at the database as it is then: --keep.",
    ),
    "extension": (
        migrations.RunSQL("CREATE EXTENSION no_such_extension", ""),
        'extension "no_such_extension" is not available',
        "Rehearse on a server that has it: --server postgresql://…",
    ),
    "concurrently in a transaction": (
        AddIndexConcurrently("order", models.Index(fields=["number"], name="shop_number")),
        "NotSupportedError: The AddIndexConcurrently operation cannot be executed inside a "
        "transaction (set atomic = False on the migration)",
        "Look at the database as it is then: --keep.",
    ),
}


@pytest.mark.parametrize(("operation", "reason", "hint"), FAILING.values(), ids=FAILING)
def test_it_fails(operation: Any, reason: str, hint: str) -> None:
    rehearsal = rehearsed(operation)
    assert len(rehearsal.verdicts) == 1
    assert told(rehearsal)[0].startswith(f"rehearsal-fails: {NAME} fails: {reason}")
    assert rehearsal.verdicts[0].hint == hint
    assert rehearsal.stages == {"forwards": False}


def test_a_migration_that_is_not_atomic_and_fails_halfway() -> None:
    operations = [
        migrations.RunSQL("ALTER TABLE shop_order ADD COLUMN a int", "SELECT 1"),
        migrations.RunSQL("ALTER TABLE shop_order ADD COLUMN b int NOT NULL", "SELECT 1"),
    ]
    assert told(rehearsed(*operations, atomic=False))[0] == (
        f'rehearsal-fails-on-rows: {NAME} fails as soon as there are rows: column "b" of relation '
        '"shop_order" contains null values (23502).'
    )


def test_a_table_that_nothing_can_be_written_to() -> None:
    refusing = migrations.RunSQL("ALTER TABLE shop_order ADD CONSTRAINT none CHECK (id < 0)")
    rehearsal = rehearsed(field(models.IntegerField, null=True), parent=[*shop(), refusing])
    assert told(rehearsal) == [
        f"rehearsal-without-rows: {NAME} was rehearsed without rows in shop_order: new row for "
        'relation "shop_order" violates check constraint "none".'
    ]


def test_varieties_are_tried_from_the_hardest() -> None:
    assert list(Variety) == [Variety.ALL, Variety.PLAIN, Variety.NONE]

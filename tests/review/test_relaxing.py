"""What demands nothing more expands; what takes away what statements work with contracts."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import migrations as m
from django.db import models
from django.db.models.functions import Random

from governance.review import details, history
from governance.review.reviewed import ReviewedMigration
from tests.review.shop import APP, BASE, add

KEY = "ALTER TABLE shop_order ADD CONSTRAINT k FOREIGN KEY (customer_id) REFERENCES shop_customer"
FUNCTION = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {} END $$"
TRIGGER = "CREATE TRIGGER t BEFORE INSERT ON shop_order FOR EACH ROW EXECUTE FUNCTION f()"
POLICY = "CREATE POLICY p ON shop_order AS {} USING (true)"


def sql(text: str) -> m.RunSQL:
    return m.RunSQL(text, m.RunSQL.noop)


def reviewed(*operations: Any, before: tuple[Any, ...] = ()) -> ReviewedMigration:
    plan = [m.Migration(name, APP) for name in ("0001", "0002", "0003")]
    plan[0].operations, plan[1].operations, plan[2].operations = BASE, [*before], [*operations]
    (found,) = history.review(plan, wanted=[(APP, "0003")])
    return found


def phase(*operations: Any, before: tuple[Any, ...] = ()) -> str:
    return reviewed(*operations, before=before).phase.value


@pytest.mark.parametrize(
    ("before", "text", "expected"),
    [
        (KEY, "ALTER TABLE shop_order DROP CONSTRAINT k", "expand"),
        (f"{KEY} ON DELETE RESTRICT", "ALTER TABLE shop_order DROP CONSTRAINT k", "expand"),
        (f"{KEY} ON DELETE CASCADE", "ALTER TABLE shop_order DROP CONSTRAINT k", "contract"),
        (f"{KEY} ON DELETE SET NULL", "ALTER TABLE shop_order DROP CONSTRAINT k", "contract"),
        (
            "CREATE UNIQUE INDEX u ON shop_order (id, total); CREATE INDEX i ON shop_order (total)",
            "DROP INDEX u",
            "expand",
        ),
        ("CREATE INDEX i ON shop_order (total)", "DROP INDEX i", "contract"),
        ("", "ALTER TABLE shop_order DROP CONSTRAINT shop_order_pkey CASCADE", "contract"),
        ("CREATE TABLE x (a int UNIQUE)", "ALTER TABLE x DROP CONSTRAINT x_a_key", "expand"),
        (
            "CREATE DOMAIN d AS int CHECK (VALUE > 0)",
            "ALTER DOMAIN d DROP CONSTRAINT d_check",
            "expand",
        ),
        ("", POLICY.format("PERMISSIVE"), "expand"),
        ("", POLICY.format("RESTRICTIVE"), "contract"),
        (POLICY.format("PERMISSIVE"), "DROP POLICY p ON shop_order", "contract"),
        (POLICY.format("PERMISSIVE"), "ALTER POLICY p ON shop_order USING (false)", "contract"),
        ("CREATE MATERIALIZED VIEW v AS SELECT 1 AS a", "REFRESH MATERIALIZED VIEW v", "migrate"),
        (FUNCTION.format("RETURN NEW;"), TRIGGER, "expand"),
        ("", f"{FUNCTION.format('RETURN NEW;')}; {TRIGGER}", "expand"),
        (FUNCTION.format("RAISE EXCEPTION 'no';"), TRIGGER, "contract"),
        ("", TRIGGER, "contract"),
        ("", TRIGGER.replace("f()", "tsvector_update_trigger()"), "expand"),
        (
            f"{FUNCTION.format('RETURN NEW;')}; {TRIGGER}",
            FUNCTION.format("RETURN NULL;").replace("CREATE", "CREATE OR REPLACE"),
            "contract",
        ),
        (
            f"{FUNCTION.format('RETURN NEW;')}; {TRIGGER}",
            "ALTER TABLE shop_order DISABLE TRIGGER t",
            "contract",
        ),
        ("", "DROP TABLE unheard_of", "contract"),
        ("", "ALTER TABLE unheard_of DROP COLUMN a", "contract"),
        ("", "CREATE TABLE x (a int); DROP TABLE x", "none"),
        ("", "CREATE TABLE x (a int); ALTER TABLE x DROP COLUMN a; DROP TABLE x", "none"),
        (
            "",
            "ALTER TABLE shop_order ADD COLUMN x int; ALTER TABLE shop_order DROP COLUMN x",
            "none",
        ),
        ("", "DROP INDEX IF EXISTS unheard_of", "contract"),
        ("", "CREATE INDEX i ON shop_order (total); DROP INDEX i", "expand"),
        ("", "ALTER TABLE shop_order DROP CONSTRAINT unheard_of", "expand"),
        ("", "ALTER TABLE shop_order DROP CONSTRAINT IF EXISTS unheard_of", "none"),
        ("", "ALTER TABLE shop_order DROP COLUMN IF EXISTS unheard_of", "none"),
        ("", "CREATE TABLE IF NOT EXISTS shop_order (id int)", "none"),
        (
            "CREATE INDEX i ON shop_order (total)",
            "CREATE INDEX IF NOT EXISTS i ON shop_order (total)",
            "none",
        ),
        (
            "",
            "ALTER TABLE shop_order RENAME TO o; CREATE VIEW shop_order AS SELECT * FROM o",
            "expand",
        ),
        (
            "",
            "ALTER TABLE shop_order RENAME TO o; CREATE VIEW shop_order AS SELECT * FROM o LIMIT 1",
            "contract",
        ),
        (
            "",
            "ALTER TABLE shop_order RENAME TO o; "
            "CREATE VIEW shop_order AS SELECT * FROM o WHERE id > 0",
            "contract",
        ),
        (
            "",
            "ALTER TABLE shop_order RENAME TO o; CREATE VIEW shop_order AS SELECT id FROM o",
            "contract",
        ),
        (
            "ALTER TABLE shop_order ADD CONSTRAINT c CHECK (total > 5)",
            "ALTER TABLE shop_order DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (total > 0)",
            "expand",
        ),
        (
            "ALTER TABLE shop_order ADD CONSTRAINT c CHECK (total > 5)",
            "ALTER TABLE shop_order DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (total > 9)",
            "contract",
        ),
        (
            "ALTER TABLE shop_order ADD CONSTRAINT c CHECK (total > 5) NOT ENFORCED",
            "ALTER TABLE shop_order ADD CONSTRAINT d CHECK (total > 0)",
            "contract",
        ),
    ],
)
def test_phase_of_statements(before: str, text: str, expected: str) -> None:
    assert phase(sql(text), before=(sql(before),) if before else ()) == expected


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("x int DEFAULT 1 CHECK (x > 0)", "expand"),
        ("x int CHECK (x > 0)", "expand"),
        ("x int DEFAULT (random() * 9)::int CHECK (x > 5)", "contract"),
        ("x int DEFAULT 1 CHECK (x > total)", "contract"),
        ("x int DEFAULT 1 UNIQUE", "contract"),
    ],
)
def test_checks_of_a_column_that_the_old_release_leaves_alone(column: str, expected: str) -> None:
    assert phase(sql(f"ALTER TABLE shop_order ADD COLUMN {column}")) == expected


def test_a_check_for_null_is_felt_by_who_gives_no_value() -> None:
    text = "ALTER TABLE shop_order ADD x int, ADD CHECK (x IS NOT NULL) NOT VALID"
    assert [(b.verb, b.reason) for b in reviewed(sql(text)).old_release] == [
        ("insert", "demands a value for x"),
        ("update", "demands a value for x"),
    ]


def test_positive_fields() -> None:
    assert phase(add(models.PositiveIntegerField(db_default=1))) == "expand"
    assert phase(add(models.PositiveIntegerField(db_default=Random()))) == "contract"


def test_a_trigger_that_refuses_all() -> None:
    text = f"{FUNCTION.format('RAISE EXCEPTION $x$no$x$;')}; {TRIGGER}"
    assert [(b.verb, b.reason, b.certain) for b in reviewed(sql(text)).old_release] == [
        ("insert", "runs the trigger t on what is written", True),
        ("update", "runs the trigger t on what is written", True),
    ]


def test_a_trigger_that_lets_writers_go_on() -> None:
    assert reviewed(sql(f"{FUNCTION.format('RETURN NEW;')}; {TRIGGER}")).old_release == ()


def test_a_table_that_comes_and_goes_loses_nothing() -> None:
    made = m.CreateModel("Passing", [("id", models.BigAutoField(primary_key=True))])
    found = reviewed(made, m.DeleteModel("Passing"))
    assert [o.loses_data for o in found.operations] == [False, False]
    assert reviewed(m.DeleteModel("Passing"), before=(made,)).operations[0].loses_data


def remove_by_editor(apps: Any, schema_editor: Any) -> None:
    model = apps.get_model("shop", "Order")
    schema_editor.remove_field(model, model._meta.get_field("total"))


def remove_model(apps: Any, schema_editor: Any) -> None:
    schema_editor.delete_model(apps.get_model("shop", "Order"))


def remove_what_is_not_there(apps: Any, schema_editor: Any) -> None:
    model = apps.get_model("shop", "Order")
    schema_editor.remove_field(model, model._meta.get_field("unheard_of"))


def test_what_the_schema_editor_drops() -> None:
    (found,) = reviewed(m.RunPython(remove_by_editor, m.RunPython.noop)).operations
    assert (found.phase.value, found.loses_data, found.unreadable) == ("contract", True, ())
    assert {b.reason for b in found.old_release} == {"has no column total"}
    (found,) = reviewed(m.RunPython(remove_model, m.RunPython.noop)).operations
    assert {b.reason for b in found.old_release if b.table == "shop_order"} == {"is gone"}
    (found,) = reviewed(m.RunPython(remove_what_is_not_there, m.RunPython.noop)).operations
    assert found.unreadable == ("changes tables by schema_editor.remove_field",)


def test_tables_that_are_renamed_are_told_by_their_old_names() -> None:
    found = reviewed(m.RenameModel("Product", "Thing"))
    assert "shop_product" in details.locks_of(found)
    assert "shop_thing" not in details.locks_of(found)
    assert "shop_product" in details.scanned(found.operations[0])


def test_keys_of_new_tables_scan_nothing() -> None:
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("order", models.ForeignKey("shop.Order", models.CASCADE)),
    ]
    found = reviewed(m.CreateModel("Passing", fields))
    assert details.locks_of(found)["shop_order"].value
    assert details.scanned(found.operations[0]) == ("shop_passing",)


def fill(apps: Any, schema_editor: Any) -> None:
    apps.get_model("shop", "Passing").objects.create(order_id=1)


def test_keys_of_tables_that_were_filled_scan() -> None:
    key = ("id", models.BigAutoField(primary_key=True))
    made = m.CreateModel("Passing", [key, ("order_id", models.BigIntegerField())])
    rule = sql("ALTER TABLE shop_passing ADD FOREIGN KEY (order_id) REFERENCES shop_order")
    empty = reviewed(made, rule)
    filled = reviewed(made, m.RunPython(fill), rule)
    assert [details.scanned(one.operations[-1]) for one in (empty, filled)] == [
        ("shop_passing",),
        ("shop_passing", "shop_order"),
    ]

"""Phase, reversal and what breaks: of operations, and of migrations as a whole."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import migrations as m
from django.db import models
from django.db.migrations.state import ProjectState

from governance.postgres.locks import Lock
from governance.review import history
from governance.review.reviewed import Breakage, ReviewedMigration
from tests.review.shop import APP, BASE, VARIANTS, add, alter


def reviewed(*operations: Any, atomic: bool = True) -> ReviewedMigration:
    first, second = m.Migration("0001", APP), m.Migration("0002", APP)
    first.operations, second.operations, second.atomic = BASE, list(operations), atomic
    (found,) = history.review([first, second], ProjectState(), wanted=[(APP, "0002")])
    return found


NOTHING = """
alter nothing, alter choices, alter validators, alter column to the same, alter on_delete,
alter default, alter same db_default, alter m2m nothing, alter on proxy, alter key to proxy,
add to proxy, add to unmanaged, add m2m through, remove m2m through, delete proxy,
delete unmanaged, rename field with column, rename proxy, rename model on a table,
alter table to the same, unmanaged becomes managed, managers, state only
"""
EXPANDS = """
add null, add db_default, add db_default now, add db_default volatile, add null default,
add unique, add index, add key, add one to one, add m2m, add generated, add comment,
alter widen, alter to text, alter to big, alter precision, alter null, alter key null,
alter comment, alter table comment, alter index, alter db_default added,
index, index partial, index concurrently, index renamed, index together, create,
create then change, extension, collation, alter key type, alter unique away,
unique together away, check away
"""
CONTRACTS = """
add not null, add default, add one-off default, add uuid, order, remove, remove m2m, delete,
alter narrow, alter from text, alter to small, alter scale, alter text to integer,
alter not null, alter not null default, alter not null db_default, alter unique,
alter db_default removed, alter column, alter key target,
alter key constraint added, rename field, rename model, rename m2m, alter table,
alter array, check, check not valid, unique, unique partial, exclusion, unique together,
index away, sql, separate
"""


def names(text: str) -> list[str]:
    return [name.strip() for name in text.replace("\n", " ").split(",")]


@pytest.mark.parametrize("name", names(NOTHING))
def test_nothing_for_the_database(name: str) -> None:
    found = reviewed(*VARIANTS[name])
    told = [(o.phase.value, o.steps, o.loses_data, o.old_release) for o in found.operations]
    assert told == [("none", (), False, ())] * len(found.operations)
    assert (found.phase.value, found.reversal.value) == ("none", "clean")


@pytest.mark.parametrize(
    ("phase", "name"),
    [("expand", n) for n in names(EXPANDS)] + [("contract", n) for n in names(CONTRACTS)],
)
def test_phases(phase: str, name: str) -> None:
    assert reviewed(*VARIANTS[name]).phase.value == phase


@pytest.mark.parametrize("name", names(EXPANDS))
def test_what_expands_breaks_nobody(name: str) -> None:
    found = reviewed(*VARIANTS[name])
    assert (found.old_release, found.new_release) == ((), ())


@pytest.mark.parametrize(
    ("name", "reversal"),
    [
        ("add null", "loses data"),
        ("create", "loses data"),
        ("remove", "loses data"),
        ("remove indexed", "fails with rows"),
        ("remove m2m", "loses data"),
        ("delete", "loses data"),
        ("alter widen", "fails with rows"),
        ("alter narrow", "clean"),
        ("alter to text", "loses data"),
        ("alter null", "fails with rows"),
        ("alter not null", "clean"),
        ("alter unique", "clean"),
        ("alter unique away", "fails with rows"),
        ("alter key null", "fails with rows"),
        ("alter key constraint", "fails with rows"),
        ("rename key", "clean"),
        ("rename model", "clean"),
        ("index away", "clean"),
        ("check", "clean"),
        ("check away", "fails with rows"),
        ("unique together away", "fails with rows"),
        ("sql", "impossible"),
        ("separate", "fails with rows"),
        ("state only", "clean"),
    ],
)
def test_reversals(name: str, reversal: str) -> None:
    assert reviewed(*VARIANTS[name]).reversal.value == reversal


def test_null_with_a_default_is_filled_on_the_way_back() -> None:
    operation = alter("joined", models.DateTimeField(null=True))
    assert reviewed(operation).reversal.value == "clean"


@pytest.mark.parametrize(
    ("name", "loses"),
    [
        ("remove", True),
        ("remove m2m", True),
        ("delete", True),
        ("alter from text", True),
        ("alter narrow", False),
        ("alter scale", False),
        ("alter precision", False),
        ("alter to text", False),
        ("index away", False),
    ],
)
def test_lost_data(name: str, loses: bool) -> None:
    assert reviewed(*VARIANTS[name]).operations[0].loses_data is loses


def test_rounding_loses_data() -> None:
    field = models.DecimalField(max_digits=10, decimal_places=1)
    assert reviewed(alter("balance", field)).operations[0].loses_data


def broken(found: tuple[Breakage, ...]) -> list[tuple[str, str, str, bool]]:
    return [(b.verb, b.table, b.reason, b.certain) for b in found]


def test_the_old_release_does_not_know_a_new_column() -> None:
    found = reviewed(add(models.IntegerField(default=1)))
    assert broken(found.old_release) == [("insert", "shop_customer", "demands a value for x", True)]
    assert found.new_release == ()


def test_the_new_release_does_not_fill_what_only_left_the_state() -> None:
    found = reviewed(*VARIANTS["state only"])
    assert broken(found.new_release) == [
        ("insert", "shop_order", "demands a value for total", True)
    ]
    assert found.old_release == ()


def test_a_rename_is_told_by_its_new_name() -> None:
    found = reviewed(m.AlterModelTable("through", "joined"))
    assert {b.reason for b in found.old_release} == {"is called joined now"}
    assert [b.verb for b in found.old_release] == ["select", "insert", "update", "delete"]


def test_what_a_later_operation_makes_good_does_not_count() -> None:
    found = reviewed(
        add(models.IntegerField(default=1)),
        alter("x", models.IntegerField(db_default=1)),
    )
    assert [o.phase.value for o in found.operations] == ["contract", "expand"]
    assert (found.phase.value, found.old_release) == ("expand", ())


def test_a_column_dropped_and_added_again_is_still_dropped() -> None:
    found = reviewed(
        m.RemoveField("customer", "note"), add(models.TextField(null=True), name="note")
    )
    assert found.phase.value == "contract"


def test_a_narrower_type_is_not_certain_to_break() -> None:
    assert broken(reviewed(*VARIANTS["alter narrow"]).old_release) == [
        (verb, "shop_customer", "takes only character varying(20) for name", False)
        for verb in ("insert", "update")
    ]


def test_a_rule_on_a_column_that_the_old_release_leaves_empty_breaks_nothing() -> None:
    rule = models.UniqueConstraint(fields=["x"], name="u")
    found = reviewed(add(models.IntegerField(null=True)), m.AddConstraint("customer", rule))
    assert found.old_release == ()


def test_a_trigger_asks_writers_something_new() -> None:
    found = reviewed(
        m.RunSQL(
            "CREATE TRIGGER t BEFORE INSERT ON shop_order FOR EACH ROW EXECUTE FUNCTION f()",
            "DROP TRIGGER t ON shop_order",
        )
    )
    assert found.phase.value == "contract"
    assert broken(found.old_release)[0] == (
        "insert",
        "shop_order",
        "runs the trigger t on what is written",
        False,
    )


def test_effects_are_those_of_the_schema_that_is_met() -> None:
    found = reviewed(add(models.ForeignKey("shop.Product", models.CASCADE, null=True)))
    step = found.operations[0].steps[0]
    locks = {effect.relation: effect.lock for effect in step.effects.relations}
    assert locks["shop_customer"] is Lock.ACCESS_EXCLUSIVE
    assert locks["shop_product"] is Lock.SHARE_ROW_EXCLUSIVE


def test_what_django_puts_off_stands_with_its_operation() -> None:
    found = reviewed(
        m.CreateModel("A", [("id", models.AutoField(primary_key=True)), ("x", models.SlugField())]),
        m.AddField("A", "y", models.IntegerField(null=True)),
    )
    deferred = [[step.deferred for step in o.steps] for o in found.operations]
    assert deferred == [[False, True, True], [False]]


@pytest.mark.parametrize(
    ("operation", "mistake"),
    [
        (m.RemoveField("customer", "gone"), "does not fit what it meets: gone"),
        (
            m.AddField("gone", "x", models.IntegerField()),
            "does not fit what it meets: there is no shop.gone",
        ),
        (
            m.RemoveIndex("customer", "gone"),
            "does not fit what it meets: No index named gone on model Customer",
        ),
        (
            add(models.ForeignKey("gone.Model", models.CASCADE)),
            "does not fit what it meets: there is no model gone.model at this point of history",
        ),
    ],
)
def test_a_migration_that_does_not_fit_is_told(operation: Any, mistake: str) -> None:
    (found,) = reviewed(operation).operations
    assert found.mistake == mistake
    assert found.unreadable == (mistake,)


def test_unknown_operations_are_told() -> None:
    class Mystery(m.operations.base.Operation):
        def state_forwards(self, app_label: str, state: ProjectState) -> None: ...

    class Cautious(m.AddField):
        def database_forwards(self, *_: Any) -> None: ...

    (mystery,) = reviewed(Mystery()).operations
    assert mystery.unreadable == ("is an operation that governance does not know",)
    (cautious,) = reviewed(Cautious("customer", "x", models.IntegerField(null=True))).operations
    assert cautious.unreadable == (
        "does something of its own to the database besides what Django does",
    )


def test_a_walk_can_begin_in_the_middle() -> None:
    """Without a schema, the tables are those that the state says."""
    first, second, third = (m.Migration(name, APP) for name in ("0001", "0002", "0003"))
    first.operations, second.operations = BASE, [m.RemoveField("customer", "note")]
    third.operations = [m.RemoveField("order", "customer")]
    for plan in ([second], [third]):
        (whole,) = history.review([first, *plan], wanted=[(APP, plan[0].name)])
        state = ProjectState()
        first.mutate_state(state, preserve=False)
        (part,) = history.review(plan, state)
        for one in (whole, part):
            assert one.phase.value == "contract"
        assert part.old_release == whole.old_release
        steps = [[s.action for s in found.operations[0].steps] for found in (whole, part)]
        assert steps[0] == steps[1]


@pytest.mark.parametrize(
    ("operation", "reversal"),
    [
        (m.RunPython(m.RunPython.noop, m.RunPython.noop), "clean"),
        (m.RunPython(m.RunPython.noop), "impossible"),
        (m.RunSQL("UPDATE shop_line SET count = 1", m.RunSQL.noop), "clean"),
        (m.RunSQL("DELETE FROM shop_line", m.RunSQL.noop), "loses data"),
        (m.RunSQL("UPDATE shop_line SET count = 1"), "impossible"),
        (
            m.SeparateDatabaseAndState([m.RunSQL("UPDATE shop_line SET count = 1")]),
            "impossible",
        ),
    ],
)
def test_reversals_of_scripts(operation: Any, reversal: str) -> None:
    assert reviewed(operation).reversal.value == reversal


def test_the_history_of_the_demonstration() -> None:
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    plan = history.whole_plan(loader)
    found = list(history.review(plan, history.first_state(loader)))
    assert [o.mistake for r in found for o in r.operations if o.mistake] == []
    assert [b for r in found for b in r.new_release] == []

"""What the source of a RunPython function tells."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from governance.postgres.ddl import actions as a
from governance.review.data_migrations import read
from governance.review.script import Loop, Write
from project.core import models as core_models
from project.finance.models import Transaction

TABLE = "core_team"


def whole_update(apps: Any, schema_editor: Any) -> None:
    apps.get_model("finance", "Transaction").objects.update(memo="")


def whole_update_of_all(apps: Any, schema_editor: Any) -> None:
    Row = apps.get_model("finance", "Transaction")
    alias = schema_editor.connection.alias
    Row.objects.using(alias).all().update(memo="")


def narrowed_update(apps: Any, schema_editor: Any) -> None:
    Row = apps.get_model("finance", "Transaction")
    Row.objects.filter(memo="").update(memo="x")
    Row.objects.exclude(memo="").delete()


def whole_delete(apps: Any, schema_editor: Any) -> None:
    apps.get_model("finance", "Transaction").objects.all().delete()


def loop(apps: Any, schema_editor: Any) -> None:
    for row in apps.get_model("finance", "Transaction").objects.all():
        row.save()


def gentle_loop(apps: Any, schema_editor: Any) -> None:
    Row = apps.get_model("finance", "Transaction")
    for row in Row.objects.all().iterator(chunk_size=100):
        row.save()
    for row in Row.objects.all()[:100]:
        row.save()


def own_row(apps: Any, schema_editor: Any) -> None:
    Row = apps.get_model("finance", "Transaction")
    row = Row.objects.using("default").create(memo="x")
    row.delete()
    other = Row(memo="y")
    other.save()
    row = other
    row.delete()


def perhaps_own_row(apps: Any, schema_editor: Any) -> None:
    Row = apps.get_model("finance", "Transaction")
    row = Row.objects.filter(memo="x").first()
    if row is None:
        row = Row.objects.create(memo="x")
    row.delete()
    other, _ = Row.objects.get_or_create(memo="x")
    other.delete()


def rows_written_out(apps: Any, schema_editor: Any) -> None:
    Row = apps.get_model("finance", "Transaction")
    for memo, _ in enumerate(["a", "b"]):
        Row.objects.create(memo=memo)
    [Row.objects.create(memo=memo) for memo in ("c", "d")]


def rows_for_each(apps: Any, schema_editor: Any) -> None:
    Row = apps.get_model("finance", "Transaction")
    for memo in apps.get_model("core", "Team").objects.values_list("name"):
        Row.objects.create(memo=memo)
    while Row.objects.exists():
        Row(memo="").save()
    [Row.objects.create(memo=memo) for memo in range(100)]


def live_global(apps: Any, schema_editor: Any) -> None:
    Transaction.objects.count()


def live_of_module(apps: Any, schema_editor: Any) -> None:
    core_models.Team.objects.count()


def live_import(apps: Any, schema_editor: Any) -> None:
    from project.core.models import Person

    Person.objects.count()


def ddl(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_team ADD COLUMN x int; UPDATE core_team SET x = 1")


def editor(apps: Any, schema_editor: Any) -> None:
    schema_editor.add_field(apps.get_model("core", "Team"), None)


def composed(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute("DELETE FROM " + TABLE)


def odd_names(registry: Any, editor_: Any) -> None: ...


def test_whole_tables() -> None:
    def told(function: Any) -> list[tuple[str, bool]]:
        return [(write.operation, write.whole_table) for write in read(function).writes]

    assert told(whole_update) == [("update", True)]
    assert told(whole_update_of_all) == [("update", True)]
    assert told(whole_delete) == [("delete", True)]
    assert told(narrowed_update) == [("update", False), ("delete", False)]


@pytest.mark.parametrize(
    ("function", "written"),
    [
        (own_row, [("insert", True), ("insert", True)]),
        (
            perhaps_own_row,
            [("insert", True), ("delete", False), ("insert", True), ("delete", False)],
        ),
        (rows_written_out, [("insert", True), ("insert", True)]),
        (rows_for_each, [("insert", False)] * 3),
    ],
)
def test_rows_that_the_function_makes(function: Any, written: list[tuple[str, bool]]) -> None:
    """A row that it made itself is not deleted from anybody, and one row is not many."""
    assert [(write.operation, write.listed) for write in read(function).writes] == written


def test_loops() -> None:
    line = loop.__code__.co_firstlineno + 1
    assert read(loop).loops == (
        Loop(app_label="finance", model="transaction", line=line, saves=True),
    )
    assert read(gentle_loop).loops == ()


@pytest.mark.parametrize(
    ("function", "labels"),
    [
        (live_global, ("finance.Transaction",)),
        (live_of_module, ("core.Team",)),
        (live_import, ("core.Person",)),
        (whole_update, ()),
    ],
)
def test_live_models(function: Any, labels: tuple[str, ...]) -> None:
    assert read(function).live_models == labels


def test_sql_inside() -> None:
    script = read(ddl)
    assert script.steps == (
        a.AddColumn(table="core_team", column=a.Column(name="x", type="integer")),
        a.WriteRows(table="core_team", operation="update", whole_table=True, columns=("x",)),
    )
    assert script.unreadable == ()


def test_tables_changed_by_the_schema_editor() -> None:
    script = read(editor)
    assert script.schema_editor_calls == ("add_field",)
    assert script.unreadable == ("changes tables by schema_editor.add_field",)


def test_composed_sql() -> None:
    assert read(composed).composed_sql
    assert read(composed).unreadable == ("composes the SQL that it executes",)
    assert not read(ddl).composed_sql


def test_alias_and_arguments() -> None:
    assert read(whole_update_of_all).uses_alias
    assert not read(whole_update).uses_alias
    assert read(odd_names).arguments == ("registry", "editor_")


def test_lines_are_those_of_the_file() -> None:
    (write,) = read(whole_update).writes
    line = whole_update.__code__.co_firstlineno + 1
    assert write == Write(
        operation="update",
        app_label="finance",
        model="transaction",
        whole_table=True,
        line=line,
    )


def test_partial_functions() -> None:
    def given(what: str, apps: Any, schema_editor: Any) -> None:
        schema_editor.add_field(apps.get_model("core", what), None)

    script = read(partial(given, "Team"))
    assert script.unreadable == ("changes tables by schema_editor.add_field",)
    assert script.name.endswith("given")


class Callable_:
    __hash__ = None  # type: ignore[assignment]

    def __call__(self, apps: Any, schema_editor: Any) -> None: ...


def test_what_can_not_be_read_is_told() -> None:
    assert read(print).unreadable == ("runs print, whose source can't be read",)
    assert read(Callable_()).unreadable == ("runs a Callable_, whose source can't be read",)

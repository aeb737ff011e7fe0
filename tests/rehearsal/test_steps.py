"""States that are rendered once lead to what Django sends, pass after pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.state import ProjectState
from django.db.models import CASCADE

from governance.rehearsal.stage import forwards, on_stage
from governance.rehearsal.steps import Steps
from tests.rehearsal.stagehand import ID, migration, rehearsed, server, shop, told

NOTE = migrations.CreateModel("Note", [ID, ("of", models.ForeignKey("shop.Order", CASCADE))])
SELLER = models.ForeignKey("shop.Seller", CASCADE, null=True)


def renamed(apps: Any, editor: Any) -> None:
    for model in apps.get_app_config("shop").get_models():
        for relation in model._meta.related_objects:
            assert relation.related_model is apps.get_model("shop", relation.related_model.__name__)


CHANGES = {
    "a new table between old ones": [
        migrations.CreateModel("Seller", [ID, ("friend", models.ForeignKey("self", CASCADE))]),
        migrations.AddField("Order", "seller", SELLER),
        migrations.AddField("Seller", "best", models.OneToOneField("shop.Order", models.PROTECT)),
        migrations.AddField("order", "buyers", models.ManyToManyField("shop.Customer", "+")),
    ],
    "keys of others change with one": [
        migrations.CreateModel(
            "Seller",
            [("order", models.OneToOneField("shop.Order", CASCADE, primary_key=True))],
        ),
        migrations.AddField("customer", "seller", SELLER),
        migrations.AlterField("order", "id", models.IntegerField(primary_key=True)),
    ],
    "a key of those who are farther away changes": [
        migrations.CreateModel("Seller", [ID]),
        migrations.AddField("customer", "seller", SELLER),
        migrations.AlterField("order", "id", models.IntegerField(primary_key=True)),
    ],
    "others refer to a table that is renamed": [
        migrations.AddField("customer", "last", models.ForeignKey("shop.Order", CASCADE, "+")),
        migrations.CreateModel("Seller", [ID]),
        migrations.AddField("order", "seller", SELLER),
        migrations.RenameModel("Customer", "Person"),
    ],
    "code sees every relation": [
        migrations.CreateModel("Seller", [ID]),
        migrations.AddField("order", "seller", SELLER),
        migrations.RunPython(renamed, renamed),
        migrations.RemoveField("order", "seller"),
    ],
    "a child of a table": [
        migrations.CreateModel("Special", [], bases=("shop.order",)),
        migrations.AddField("special", "by", models.ForeignKey("shop.Customer", CASCADE)),
        migrations.AddField("order", "extra", models.IntegerField(null=True)),
        migrations.AddIndex("order", models.Index(fields=["extra"], name="shop_extra")),
    ],
}


@contextmanager
def sent(stage: Any) -> Iterator[list[str]]:
    texts: list[str] = []

    def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        texts.append(str(sql))
        return execute(sql, params, many, context)

    with stage.execute_wrapper(note):
        yield texts


def performed(operations: list[Any], act: Callable[[Any, Any, ProjectState], None]) -> list[str]:
    place, like = server(), settings.DATABASES["default"]
    name = place.create()
    try:
        with on_stage("default", place.settings_for(name, like)) as stage:
            before = forwards(stage, migration("0001_initial", [*shop(), NOTE]), ProjectState())
            with sent(stage) as texts:
                act(stage, migration("0002_change", operations), before)
            return texts
    finally:
        place.drop(name)


def as_django(stage: Any, change: Any, before: ProjectState) -> None:
    for _ in range(2):
        with stage.schema_editor() as editor:
            change.apply(before.clone(), editor)
        with stage.schema_editor() as editor:
            change.unapply(before.clone(), editor)


def as_we(stage: Any, change: Any, before: ProjectState) -> None:
    steps = Steps(change, before)
    for _ in range(2):
        steps.forwards(stage)
        steps.backwards(stage)


@pytest.mark.parametrize("operations", CHANGES.values(), ids=CHANGES)
def test_the_statements_are_those_of_django(operations: list[Any]) -> None:
    assert performed(operations, as_we) == performed(operations, as_django)


class Remembering(models.Manager):
    """As that of content types: it keeps rows by alias, and is used in migrations."""

    use_in_migrations = True
    rows: dict[str, Any] = {}

    def only(self) -> Any:
        if self.db not in self.rows:
            self.rows[self.db] = self.create(name="only")
        return self.rows[self.db]

    def clear_cache(self) -> None:
        self.rows.clear()


def referring(apps: Any, editor: Any) -> None:
    kind = apps.get_model("shop", "Kind").objects.only()
    apps.get_model("shop", "Thing").objects.create(kind=kind)


def test_rows_that_a_manager_remembers_are_forgotten_with_the_database() -> None:
    kind = models.ForeignKey("shop.Kind", CASCADE)
    parent = [
        migrations.CreateModel(
            "Kind", [ID, ("name", models.TextField())], managers=[("objects", Remembering())]
        ),
        migrations.CreateModel("Thing", [ID, ("kind", kind)]),
    ]
    change = migrations.RunPython(referring, migrations.RunPython.noop)
    assert told(rehearsed(change, parent=parent)) == []


def test_a_migration_that_applies_itself() -> None:
    class Own(migrations.Migration):
        operations = [migrations.RunSQL("SELECT 1", "SELECT 2")]

        def apply(self, state: Any, editor: Any, collect_sql: bool = False) -> Any:
            editor.execute("SELECT 3")
            return super().apply(state, editor, collect_sql)

        def unapply(self, state: Any, editor: Any, collect_sql: bool = False) -> Any:
            editor.execute("SELECT 4")
            return super().unapply(state, editor, collect_sql)

    texts = performed([], lambda stage, _, before: as_we(stage, Own("0002_own", "shop"), before))
    assert texts == ["SELECT 3", "SELECT 1", "SELECT 4", "SELECT 2"] * 2


def test_states_are_rendered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[int] = []

    class Counting(migrations.AlterField):
        def state_forwards(self, app_label: str, state: Any) -> None:
            rendered.append(1)
            super().state_forwards(app_label, state)

    rehearsed(Counting("order", "note", models.TextField()))
    assert len(rendered) == 1

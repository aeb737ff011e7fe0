"""Which tables a migration touches."""

from typing import Any

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently, CreateExtension
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from governance.review.changes import changes_of
from project.finance.models import Transaction


@pytest.fixture(scope="module")
def state() -> ProjectState:
    return MigrationLoader(None).project_state()


def changes(state: ProjectState, *operations: Operation, app: str = "finance") -> list[Any]:
    migration = migrations.Migration("0099_test", app)
    migration.operations = list(operations)
    found = changes_of(migration, state)
    return [(c.number, c.kind, c.operation, c.table or c.unreadable) for c in found]


NAME = models.CharField(max_length=10, null=True)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (migrations.AddField("Transaction", "x", NAME), ("alter", "finance_transaction")),
        (migrations.RemoveField("transaction", "memo"), ("alter", "finance_transaction")),
        (migrations.RemoveField("transaction", "tags"), ("drop", "finance_transaction_tags")),
        (migrations.AlterField("Transaction", "memo", NAME), ("alter", "finance_transaction")),
        (migrations.RenameField("Transaction", "memo", "y"), ("alter", "finance_transaction")),
        (migrations.DeleteModel("Invoice"), ("drop", "finance_invoice")),
        (
            migrations.AddIndex("Invoice", models.Index(fields=["due_on"], name="i")),
            ("alter", "finance_invoice"),
        ),
        (
            AddIndexConcurrently("Invoice", models.Index(fields=["due_on"], name="i")),
            ("alter", "finance_invoice"),
        ),
        (
            migrations.AddConstraint(
                "Invoice", models.UniqueConstraint(fields=["due_on"], name="u")
            ),
            ("alter", "finance_invoice"),
        ),
        (
            migrations.AlterUniqueTogether("Invoice", {("due_on", "status")}),
            ("alter", "finance_invoice"),
        ),
        (migrations.AlterModelTableComment("Invoice", "x"), ("alter", "finance_invoice")),
        (migrations.RunSQL("DELETE FROM legacy_ledger"), ("delete", "legacy_ledger")),
        (
            migrations.RunSQL([("UPDATE dev_project SET name = %s", ["x"])]),
            ("update", "dev_project"),
        ),
        (
            migrations.RunSQL("CALL p()"),
            ("unknown", "calls p, whose body is not known here"),
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_one_table(state: ProjectState, operation: Operation, expected: tuple[str, str]) -> None:
    assert changes(state, operation) == [(1, type(operation).__name__, *expected)]


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AlterModelOptions("Invoice", {"ordering": ["due_on"]}),
        migrations.AddField("AccountBalance", "x", NAME),
        migrations.AlterModelOptions("Refund", {"verbose_name": "x"}),
        migrations.RunPython(migrations.RunPython.noop),
        migrations.RunSQL(migrations.RunSQL.noop),
        migrations.RunSQL("SELECT 1"),
        CreateExtension("hstore"),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField("transaction", "memo")]
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_nothing(state: ProjectState, operation: Operation) -> None:
    assert changes(state, operation) == []


def test_create_model_with_m2m(state: ProjectState) -> None:
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("teams", models.ManyToManyField("core.Team")),
        ("tags", models.ManyToManyField("finance.Tag", db_table="custom")),
    ]
    assert changes(state, migrations.CreateModel("Budget", fields)) == [
        (1, "CreateModel", "create", "finance_budget"),
        (1, "CreateModel", "create", "finance_budget_teams"),
        (1, "CreateModel", "create", "custom"),
    ]


def test_renames(state: ProjectState) -> None:
    """Renaming a model renames its column in the M2M tables of others."""
    assert changes(state, migrations.RenameModel("Person", "Human"), app="core") == [
        (1, "RenameModel", "alter", "core_person"),
        (1, "RenameModel", "alter", "dev_project_watchers"),
    ]
    assert changes(state, migrations.AlterModelTable("Tag", "tags")) == [
        (1, "AlterModelTable", "alter", "finance_tag"),
        (1, "AlterModelTable", "alter", "tags"),
    ]


def test_state_moves_on(state: ProjectState) -> None:
    found = changes(
        state,
        migrations.AlterModelTable("Tag", "tags"),
        migrations.AddField("Tag", "x", NAME),
    )
    assert found[-1] == (2, "AddField", "alter", "tags")


def test_separate_database_and_state(state: ProjectState) -> None:
    operation = migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL("ALTER TABLE dev_project RENAME TO x; DELETE FROM core_team")
        ]
    )
    assert changes(state, operation) == [
        (1, "RunSQL", "alter", "dev_project"),
        (1, "RunSQL", "delete", "core_team"),
    ]


def test_retyped_key_retypes_references(state: ProjectState) -> None:
    operation = migrations.AlterField("Account", "id", models.UUIDField(primary_key=True))
    assert changes(state, operation) == [
        (1, "AlterField", "alter", "finance_account"),
        (1, "AlterField", "alter", "dev_project"),
        (1, "AlterField", "alter", "finance_transaction"),
    ]


def test_same_type_retypes_nothing(state: ProjectState) -> None:
    key = models.BigAutoField(primary_key=True, verbose_name="other")
    assert changes(state, migrations.AlterField("Account", "id", key)) == []


def test_unknown_operation_is_told(state: ProjectState) -> None:
    class Mystery(Operation):
        def state_forwards(self, app_label: str, state: ProjectState) -> None: ...

    assert changes(state, Mystery()) == [
        (1, "Mystery", "unknown", "is an operation that governance does not know")
    ]


def test_state_is_left_alone(state: ProjectState) -> None:
    changes(state, migrations.DeleteModel("Invoice"))
    assert ("finance", "invoice") in state.models


SQL = "DELETE FROM core_team"


def through_manager(apps: Any, schema_editor: Any) -> None:
    Row = apps.get_model("finance", "Transaction")
    Row.objects.filter(memo="x").update(memo="y")


def through_one_name(apps: Any, schema_editor: Any) -> None:
    apps.get_model("finance.Transaction").objects.create(memo="x")


def through_keywords(apps: Any, schema_editor: Any) -> None:
    rows = apps.get_model(app_label="finance", model_name="Transaction").objects
    rows.all().delete()


def through_instances(apps: Any, schema_editor: Any) -> None:
    Row, Other = apps.get_model("finance", "Transaction"), apps.get_model("core", "Team")
    for row in Row.objects.using(schema_editor.connection.alias).iterator():
        row.memo = "x"
        row.save(update_fields=["memo"])
    [other.delete() for other in Other.objects.all()]


def through_m2m(apps: Any, schema_editor: Any) -> None:
    Row = apps.get_model("finance", "Transaction")
    row = Row.objects.first()
    row.tags.add(1)


def through_live_model(apps: Any, schema_editor: Any) -> None:
    Transaction.objects.update(memo="x")


def through_local_import(apps: Any, schema_editor: Any) -> None:
    from project.finance.models import Account as A

    A(name="x").save()


def through_sql(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute("ALTER TABLE core_team ADD COLUMN x int")
    text = "UPDATE core_person SET name = ''"
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(text)
        cursor.execute(SQL)


def through_composed_sql(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(f"DELETE FROM {apps}")


def through_function(apps: Any, schema_editor: Any) -> None:
    through_manager(apps, schema_editor)


def only_reads(apps: Any, schema_editor: Any) -> None:
    Row = apps.get_model("finance", "Transaction")
    assert Row.objects.count() == len(Row.objects.values_list("memo"))
    {"a": 1}.update(b=2)
    set().add(1)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (through_manager, [("update", "finance_transaction")]),
        (through_one_name, [("insert", "finance_transaction")]),
        (through_keywords, [("delete", "finance_transaction")]),
        (through_instances, [("update", "finance_transaction"), ("delete", "core_team")]),
        (through_m2m, [("insert", "finance_transaction_tags")]),
        (through_live_model, [("update", "finance_transaction")]),
        (through_local_import, [("insert", "finance_account")]),
        (
            through_sql,
            [("alter", "core_team"), ("update", "core_person"), ("delete", "core_team")],
        ),
        (through_composed_sql, [("unknown", "composes the SQL that it executes")]),
        (through_function, [("update", "finance_transaction")]),
        (only_reads, []),
        (print, [("unknown", "runs print, whose source can't be read")]),
    ],
)
def test_run_python(state: ProjectState, function: Any, expected: list[Any]) -> None:
    found = changes(state, migrations.RunPython(function), app="dev")
    assert [(operation, table) for _, _, operation, table in found] == expected

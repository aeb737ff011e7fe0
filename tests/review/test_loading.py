"""What is wrong with a history is told, and the rest of it is read."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from governance.findings import Finding, Location
from governance.gate.reviewing import review_all
from governance.review import broken
from governance.review.loading import TolerantLoader
from tests.histories import History

ADD = 'migrations.AddField("item", "x", models.TextField(null=True))'


def told(findings: list[Finding]) -> list[tuple[str, str, str, Location | None]]:
    return [(f.rule.id, f.message, f.hint, f.location) for f in findings]


def only(findings: list[Finding]) -> tuple[str, str, str, Location | None]:
    (entry,) = told(findings)
    return entry


def names(loader: TolerantLoader) -> set[str]:
    return {name for label, name in loader.graph.nodes if label == "dev"}


UNTIL_THEN = "Correct it. Until then it is not reviewed, nor is anything that depends on it."


def test_nothing_wrong(history: History) -> None:
    history.add("0002_x", ADD)
    loader, django = TolerantLoader(), MigrationLoader(None)
    assert loader.findings == []
    assert loader.graph.nodes.keys() == django.graph.nodes.keys()
    assert loader.migrated_apps == django.migrated_apps
    assert loader.unmigrated_apps == django.unmigrated_apps


BROKEN = {
    "SyntaxError: invalid syntax": ("x = 1\nclass Migration(:\n", 2),
    "ZeroDivisionError: division by zero": ("def f():\n    return 1 / 0\n\nf()\n", 2),
    "AttributeError: module '{}' has no attribute 'Migration'": ("x = 1\n", 1),
    "SystemExit: 3": ("import sys\nsys.exit(3)\n", 2),
    "ModuleNotFoundError: No module named 'nowhere'": ("\nimport nowhere\n", 2),
}


@pytest.mark.parametrize("reason", BROKEN)
def test_governance_E313_unloadable(reason: str, history: History) -> None:
    text, line = BROKEN[reason]
    history.file("0002_x", text)
    history.add("0003_y", ADD, after="0002_x")
    loader = TolerantLoader()
    missing = [f for f in loader.findings if f.rule.slug == "unreadable-migration"]
    reason = reason.format(f"{history.package}.0002_x")
    assert only(missing) == (
        "governance.E313",
        f"dev.0002_x can't be loaded: {reason}.",
        UNTIL_THEN,
        Location(file=history.here("0002_x"), line=line),
    )
    assert names(loader) == {"0001_initial"}


def test_governance_E313_not_utf8(history: History) -> None:
    path = history.file("0002_x", "")
    path.write_bytes(b"x = 1\n\nname = 'caf\xe9'\n")
    (finding,) = TolerantLoader().findings
    assert finding.message.startswith("dev.0002_x can't be loaded: SyntaxError: (unicode error)")
    assert finding.location == Location(file=history.here("0002_x"), line=3)


def test_governance_E313_no_operation(history: History) -> None:
    history.add("0002_x", "migrations.AddField")
    history.add("0002_y", '"DROP TABLE x"')
    loader = TolerantLoader()
    assert sorted(f.message.partition(": ")[2] for f in loader.findings) == [
        "TypeError: operation 1 is 'DROP TABLE x', which is no operation.",
        "TypeError: operation 1 is <class 'django.db.migrations.operations.fields.AddField'>, "
        "which is no operation.",
    ]
    assert names(loader) == {"0001_initial"}


def test_governance_E313_package(history: History) -> None:
    (history.folder / "__init__.py").write_text("raise OSError('no disk')")
    loader = TolerantLoader()
    assert only(loader.findings)[1] == ("dev.migrations can't be loaded: OSError: no disk.")
    assert "finance" in {label for label, _ in loader.graph.nodes}


def test_governance_E313_misfit(history: History) -> None:
    """An operation on something that the migrations before it did not make."""
    history.add("0002_x", 'migrations.RemoveField("item", "y")')
    loader = TolerantLoader()
    (review,) = review_all(loader, {("dev", "0002_x")})
    found = [f for f in review.findings if f.rule.slug == "unreadable-migration"]
    assert only(found) == (
        "governance.E313",
        "dev.0002_x: operation 1 (RemoveField) does not fit what it meets: y.",
        "Correct the operation, or the dependencies of the migration.",
        Location(file=history.here("0002_x"), line=6),
    )


def test_governance_E314_missing_dependency(history: History) -> None:
    history.add("0003_x", ADD, after="0002_gone")
    history.add("0004_y", ADD, after="0003_x")
    loader = TolerantLoader()
    assert only(loader.findings) == (
        "governance.E314",
        "dev.0003_x depends on dev.0002_gone, which does not exist.",
        "Take the file from git again, or correct the name in dependencies.\n"
        "1 migration that depends on it was not reviewed.",
        Location(file=history.here("0003_x"), line=4),
    )
    assert names(loader) == {"0001_initial"}


def test_governance_E314_other_apps(history: History) -> None:
    history.add("0002_x", "", more='run_before = [("finanse", "__first__")]')
    history.add("0002_y", "", more='run_before = [("finance", "0099_x")]')
    assert [(f.message, f.hint) for f in TolerantLoader().findings] == [
        (
            "dev.0002_x depends on finanse.__first__, which does not exist.",
            "There is no app 'finanse'. Did you mean 'finance'?",
        ),
        (
            "dev.0002_y depends on finance.0099_x, which does not exist.",
            "Correct the name in dependencies.",
        ),
    ]


def test_first_of_another_app(history: History) -> None:
    """Not an error: «whatever comes first there»."""
    history.add("0002_x", "", more='dependencies += [("finance", "__first__")]')
    assert TolerantLoader().findings == []


def test_governance_E315_cycle(history: History) -> None:
    history.add("0002_x", "", after="0003_y")
    history.add("0003_y", "", after="0002_x")
    history.add("0004_z", "", after="0003_y")
    history.add("0002_fine", "")
    loader = TolerantLoader()
    (finding,) = loader.findings
    assert finding.rule.id == "governance.E315"
    assert finding.message.startswith("Migrations depend on each other in a circle: ")
    assert {"dev.0002_x", "dev.0003_y"} == set(
        finding.message.rstrip(".").partition(": ")[2].split(", ")
    )
    assert finding.hint == (
        "Take one of the dependencies away.\n1 migration that depends on it was not reviewed."
    )
    assert names(loader) == {"0001_initial", "0002_fine"}


def test_governance_E316_conflict(history: History) -> None:
    history.add("0002_x", "")
    assert TolerantLoader().conflicts() == []
    history.add("0002_y", "")
    assert only(TolerantLoader().conflicts()) == (
        "governance.E316",
        "App 'dev' has 2 newest migrations: 0002_x, 0002_y.",
        "Merge them: manage.py makemigrations --merge, or let one depend on the other.",
        Location(file=history.here("0002_y"), line=4),
    )
    history.add("0003_merge", "", after="0002_x 0002_y")
    assert TolerantLoader().conflicts() == []


def test_governance_E317_unapplied_parent(history: History, db: None) -> None:
    """0002_usage_sample is applied on the database of the tests; 0001_new is not."""
    history.add("0002_usage_sample", "")
    assert TolerantLoader(connection).unapplied_parents() == []
    history.add("0001_new", "", after="0001_initial")
    history.add("0002_usage_sample", "", after="0001_new")
    assert only(TolerantLoader(connection).unapplied_parents()) == (
        "governance.E317",
        "dev.0002_usage_sample is applied, and dev.0001_new, on which it depends, is not.",
        "Take the dependency away, or, if what it does is there already, run: "
        "manage.py migrate dev 0001_new --fake",
        Location(file=history.here("0002_usage_sample"), line=4),
    )
    assert TolerantLoader().unapplied_parents() == []


def test_a_replaced_parent_is_applied(history: History, db: None) -> None:
    """The squash is recorded only by the next ``migrate``; what it replaces was applied."""
    history.add("0001_squashed", "", after="", more='replaces = [("dev", "0001_initial")]')
    history.add("0002_usage_sample", "", after="0001_squashed")
    loader = TolerantLoader(connection)
    loader.applied_migrations.pop(("dev", "0001_squashed"))
    assert loader.unapplied_parents() == []


SENSELESS = {
    'migrations.RunSQL("")': "has no SQL",
    'migrations.RunSQL(" \\n ")': "has no SQL",
    "migrations.RunSQL([])": "has no SQL",
    'migrations.RunSQL([("A", [1], None)])': (
        "has the entry ('A', [1], None), which Django can't run"
    ),
    "migrations.RunSQL([None])": "has the entry None, which Django can't run",
    "migrations.RunSQL(None)": "has the SQL None, which Django can't run",
    'migrations.SeparateDatabaseAndState([migrations.RunSQL("")])': "has no SQL",
}
SENSIBLE = [
    'migrations.RunSQL([("SELECT 1", None)])',
    'migrations.RunSQL([("SELECT %s", [1]), "SELECT 2", ["SELECT 3", None]])',
    'migrations.RunSQL("SELECT 1")',
    'migrations.RunSQL(migrations.RunSQL.noop, "SELECT 1")',
    'migrations.RunSQL("", state_operations=[migrations.AlterModelOptions("item", {})])',
]


@pytest.mark.parametrize("operation", SENSELESS)
def test_senseless_sql_is_told(operation: str, history: History) -> None:
    history.add("0002_x", operation)
    loader = TolerantLoader()
    (finding,) = broken.meaningless_sql(loader.graph.nodes["dev", "0002_x"])
    empty = SENSELESS[operation] == "has no SQL"
    assert finding.rule.id == ("governance.I336" if empty else "governance.W318")
    assert finding.message == f"dev.0002_x: operation 1 (RunSQL) {SENSELESS[operation]}."
    assert finding.location == Location(file=history.here("0002_x"), line=6)
    assert review_all(loader, {("dev", "0002_x")})


@pytest.mark.parametrize("operation", SENSIBLE)
def test_sensible_sql_is_silent(operation: str, history: History) -> None:
    history.add("0002_x", operation)
    loader = TolerantLoader()
    assert broken.meaningless_sql(loader.graph.nodes["dev", "0002_x"]) == []
    assert review_all(loader, {("dev", "0002_x")})

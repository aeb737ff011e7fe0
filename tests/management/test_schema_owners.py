"""``schema_owners``: the table of tables."""

import io
import json
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from governance.ownership import current
from governance.postgres import catalog
from governance.report import owners
from tests.monolith import Monolith


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("schema_owners", *arguments, stdout=out)
    return out.getvalue()


def test_table(seeded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "110")
    lines = run().splitlines()
    assert lines[0].split() == ["table", "owner", "team", "shared", "with", "rows", "interface"]
    first = next(line for line in lines if line.startswith("finance_account "))
    assert first.split() == [
        "finance_account",
        "finance",
        "Payments",
        "8",
        "project.finance.services",
    ]
    tag = next(line for line in lines if line.startswith("finance_tag "))
    assert tag.split()[:3] == ["finance_tag", "finance", "dev"]
    assert any(line.startswith("dev_usage_sample (partitioned)") for line in lines)
    assert not any("dev_usage_sample_2026" in line for line in lines)
    assert lines[-4:] == ["", "21 tables of 3 modules.", "", "No findings."]
    assert max(len(line) for line in lines) <= 110


@pytest.mark.parametrize(("vendor", "kind"), [("sqlite", "sqlite"), ("unknown", "not configured")])
def test_other_databases_are_told_of(
    vendor: str, kind: str, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "vendor", vendor)
    assert run().endswith(
        f"\nnote: The database 'default' is {kind}, so governance guards nothing. "
        "(governance.I002 not-postgresql)\n"
        "  Use the engine django.db.backends.postgresql to have writes guarded.\n\n"
        "1 info.\n"
    )


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_table_keeps_to_the_width(width: int, seeded: None) -> None:
    registry = current.ownership().registry
    rows = owners.rows(registry, catalog.relations(connection))
    text = owners.table(rows, registry, width=width)
    assert max(len(line) for line in text.splitlines()) <= width


def test_choice_of_module(seeded: None) -> None:
    assert "core_team" in run("--module", "core")
    assert "dev_project" not in run("--module", "core")
    assert "auth_user" in run("--all")
    assert "auth_user" not in run()
    with pytest.raises(CommandError) as caught:
        run("--module", "finanse")
    assert str(caught.value) == "There is no module 'finanse'. Did you mean 'finance'?"
    assert caught.value.returncode == 2


def test_json(seeded: None) -> None:
    document = json.loads(run("--format", "json"))
    assert document["command"] == "schema_owners"
    assert document["findings"] == []
    tables = {entry["table"]: entry for entry in document["tables"]}
    assert tables["finance_tag"] == {
        "table": "finance_tag",
        "kind": "table",
        "owner": "finance",
        "team": "Payments",
        "writers": ["finance", "dev"],
        "rows": tables["finance_tag"]["rows"],
        "model": "finance.Tag",
        "interface": ["project.finance.services"],
    }
    assert tables["finance_account_balance"]["kind"] == "view"


def test_governance_W110_unowned_table(seeded: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE stray (a int)")
    text = run()
    assert "stray nobody" in " ".join(text.split())
    assert (
        "warning: The table stray is in the database, but nobody owns it. "
        "(governance.W110 unowned-table)\n"
        '  Name it in the module that writes it: tables=["stray"].\n' in text
    )
    with pytest.raises(SystemExit) as caught:
        run("--fail-level", "warning")
    assert caught.value.code == 1
    assert run("--format", "github").startswith("::warning title=governance.W110 unowned-table::")


def test_governance_W113_declared_table_absent(seeded: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE reporting.finance_daily_totals")
    assert (
        "warning: Module 'finance' declares the table reporting.finance_daily_totals, which the "
        "database does not have. (governance.W113 declared-table-absent)\n" in run()
    )


def test_bad_settings_end_with_2(db: None, governance_settings: Callable[..., None]) -> None:
    governance_settings(MODE="enforced")
    with pytest.raises(CommandError) as caught:
        run()
    assert caught.value.returncode == 2


def test_init_writes_declarations(monolith: Monolith) -> None:
    monolith.app("shop", "class Order(models.Model):\n    pass\n")
    monolith.app("stock", "class Item(models.Model):\n    pass\n")
    monolith.write("shop/services.py", "def sell(): ...\n")
    result = monolith.manage("schema_owners", "--init")
    assert result.returncode == 0, result.stderr
    assert result.stdout == (
        "wrote shop/ownership.py\n"
        "wrote stock/ownership.py\n"
        "Fill in team and contact, then run: manage.py schema_owners\n"
    )
    assert (monolith.folder / "shop/ownership.py").read_text() == (
        '"""Who owns the tables of shop."""\n'
        "\n"
        "from governance import Module\n"
        "\n"
        "MODULE = Module(\n"
        '    name="shop",\n'
        '    apps=["shop"],\n'
        "    # Functions that other modules call to change this module's data.\n"
        '    interfaces=["shop.services"],\n'
        '    team="",\n'
        '    contact="",\n'
        ")\n"
    )
    again = monolith.manage("schema_owners", "--init")
    assert again.stdout == "Every app belongs to a module; nothing was written.\n"
    assert monolith.manage("check").returncode == 0
    assert "2 tables of 2 modules." in monolith.manage("schema_owners").stdout


def test_init_completes_what_is_there(monolith: Monolith) -> None:
    declared = "MODULE = Module(name='shop', apps=['shop'])"
    monolith.app("shop", "class Order(models.Model):\n    pass\n", declared)
    monolith.app("stock", "class Item(models.Model):\n    pass\n")
    assert monolith.manage("schema_owners", "--init").stdout.startswith(
        "wrote stock/ownership.py\n"
    )


def test_figures_are_never_cut() -> None:
    name = "inventory_" + "very_long_table_name_" * 3
    row = owners.Row(
        table=name,
        kind="table",
        owner="inventory",
        team="Warehouse and logistics",
        writers=("inventory", "dev"),
        rows=12_345_678,
        model="",
        interface=("shop.inventory.services",),
    )
    for width in (60, 80):
        text = owners.table([row], current.ownership().registry, width=width)
        assert "12,345,678" in text
        assert "inventory " in text
        assert "rows" in text


def test_terminals_that_lack_characters(monolith: Monolith) -> None:
    monolith.app("shop", "class Order(models.Model):\n    pass\n")
    result = monolith.manage("schema_owners", PYTHONIOENCODING="ascii")
    assert result.returncode == 0, result.stderr
    assert "shop_order" in result.stdout

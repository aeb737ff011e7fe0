"""``schema_rehearse`` in projects of its own, in processes of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from governance.rehearsal.server import PREFIX
from tests.monolith import Monolith
from tests.rehearsal.stagehand import server

INITIAL = """
from django.db import migrations, models

class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Order", [
            ("id", models.BigAutoField(primary_key=True)),
            ("note", models.CharField(max_length=20)),
        ]),
    ]
"""
CHANGE = """
from django.db import migrations, models

def write(apps, editor):
    apps.get_model("shop", "Order").objects.create(note="by a migration")

class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [{operations}]
"""
WIDER = 'migrations.AlterField("order", "note", models.CharField(max_length=50))'
MODULE = 'MODULE = Module(name="shop", apps=["shop"])'
ONE = "1 info.\n"


@pytest.fixture
def shop(tmp_path: Path, unblocked: None) -> Iterator[Monolith]:
    project = Monolith(tmp_path)
    project.app("shop", ownership=MODULE)
    project.write("shop/migrations/0001_initial.py", INITIAL)
    change(project, WIDER)
    yield project
    project.drop()


def change(project: Monolith, *operations: str) -> None:
    text = CHANGE.replace("{operations}", ", ".join(operations))
    project.write("shop/migrations/0002_change.py", text)


def rehearse(project: Monolith, *arguments: str, **environment: str) -> tuple[int, str, str]:
    """Return the exit code, what was written, and what was told, with all times as 0.0 s."""
    url = server().url("postgres")
    ran = project.manage("schema_rehearse", *arguments, "--server", url, **environment)
    written = re.sub(r"· \d+\.\d s", "· 0.0 s", ran.stdout)
    written = re.sub(r"PostgreSQL [\d.]+", "PostgreSQL 18", written)
    return ran.returncode, re.sub(r"(?m)(_order) +(\d+|<1)$", r"\1  1", written), ran.stderr


def test_output(shop: Monolith) -> None:
    code, written, told = rehearse(shop, "shop", "0002", COLUMNS="80")
    assert (code, told) == (0, "")
    assert written == (
        "shop.0002_change\n"
        "  PostgreSQL 18 · 20 rows in 1 table · 0.0 s\n"
        "\n"
        "  statement                      locks                          cost        ms\n"
        "  ────────────────────────────────────────────────────────────────────────────\n"
        "  ALTER TABLE shop_order ALTE…   ACCESS EXCLUSIVE: shop_order  1\n"
        "\n"
        "  ✓ forwards   ✓ old release reads   ✓ old release writes   ✓ new release\n"
        "  ✓ backwards   ✓ all is as before   ✓ forwards again   ✗ backwards after use\n"
        "\n"
        "  REVERSE FAILS\n"
        "\n"
        "note: shop.0002_change can't be undone once the new release has written rows: value "
        "too long for type character varying(20) (22001). "
        "(governance.I325 rehearsal-reverse-fails-after-use)\n"
        "  at shop/migrations/0002_change.py:1\n"
        "  After the roll-out the way is forwards only; note in the review card what to do.\n"
        "\n" + ONE
    )


def test_only_what_is_not_applied(shop: Monolith) -> None:
    shop.manage("migrate", "shop", "0001")
    _, written, _ = rehearse(shop)
    assert re.findall(r"(?m)^\w+\.\w+$", written) == ["shop.0002_change"]
    shop.manage("migrate", "shop", "0002")
    assert rehearse(shop) == (
        0,
        "No findings.\n",
        "Every migration is applied. To rehearse applied ones, name them or say --all.\n",
    )
    _, written, _ = rehearse(shop, "shop", "--all")
    assert re.findall(r"(?m)^\w+\.\w+$", written) == ["shop.0001_initial", "shop.0002_change"]


def test_json(shop: Monolith) -> None:
    _, written, _ = rehearse(shop, "shop", "0002", "--format", "json")
    data = json.loads(written)
    assert data["findings"][0]["details"]["verdict"] == "REVERSE FAILS"
    assert data["findings"][0]["actor"] == data["findings"][0]["owner"] == "shop"
    (rehearsal,) = data["rehearsals"]
    assert rehearsal["migration"] == "shop.0002_change"
    assert rehearsal["rows"] == {"shop_order": 20}
    assert rehearsal["locks"] == {"shop_order": "ACCESS EXCLUSIVE"}
    assert [s["direction"] for s in rehearsal["statements"]] == [
        "forwards",
        "backwards",
        "forwards again",
        "backwards after use",
    ]


WRONG = {
    ("shopp",): "There is no app 'shopp' with migrations. Did you mean 'shop'?",
    ("shop", "0003_chang"): "'shop' has no migration '0003_chang'. Did you mean '0002_change'?",
    ("shop", "000"): "More than one migration of 'shop' begins with '000'.",
    ("shop", "--rows", "0"): "--rows takes a number from 1 to 900.",
}


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_what_does_not_exist(shop: Monolith, arguments: tuple[str, ...]) -> None:
    code, written, told = rehearse(shop, *arguments)
    assert (code, written, told) == (2, "", f"CommandError: {WRONG[arguments]}\n")


def test_a_server_that_is_not_there(shop: Monolith) -> None:
    ran = shop.manage("schema_rehearse", "shop", "--server", "postgresql://x@127.0.0.1:1/x")
    assert ran.returncode == 2
    start = "CommandError: The server for the rehearsal can't be reached: connection failed: "
    assert ran.stderr.startswith(start)


def test_without_psycopg_3(shop: Monolith) -> None:
    ran = shop.python(
        """
        import sys
        from django.core.management import CommandError, call_command
        sys.modules["psycopg"] = None
        try:
            call_command("schema_rehearse")
        except CommandError as error:
            print(error.returncode, error)
        """
    )
    needed = "2 A rehearsal needs psycopg 3. Install it: pip install 'psycopg[binary]'\n"
    assert ran.stdout == needed, ran.stderr


def test_migrations_that_can_not_be_read(shop: Monolith) -> None:
    shop.write("shop/migrations/0003_typo.py", "import no_such_module\n")
    code, _, told = rehearse(shop)
    assert (code, told) == (
        2,
        "CommandError: The migrations can't be read: ModuleNotFoundError: No module named "
        "'no_such_module'\n",
    )


def test_a_parent_that_fails(shop: Monolith) -> None:
    change(shop, 'migrations.RunSQL("CREATE EXTENSION no_such_extension")')
    third = CHANGE.replace("0001_initial", "0002_change").replace("{operations}", "")
    shop.write("shop/migrations/0003_more.py", third)
    code, _, told = rehearse(shop, "shop", "0003")
    assert code == 2
    assert told.startswith("CommandError: shop.0002_change can't be applied to an empty database: ")
    assert told.endswith("Rehearse on a server that has it: --server postgresql://…\n")


def test_no_handler_runs(shop: Monolith) -> None:
    shop.write(
        "shop/apps.py",
        """
        from django.apps import AppConfig
        from django.db.models.signals import post_migrate, pre_migrate

        def refuse(**kwargs):
            raise RuntimeError("a handler ran")

        class ShopConfig(AppConfig):
            name = "shop"
            def ready(self):
                pre_migrate.connect(refuse)
                post_migrate.connect(refuse)
        """,
    )
    code, written, told = rehearse(shop, "shop", "0002")
    assert (code, told) == (0, "")
    assert "✓ forwards again" in written


def test_the_guard_keeps_still(shop: Monolith) -> None:
    """Whose table a migration writes is judged elsewhere; here it is rehearsed all the same."""
    shop.set('GOVERNANCE = {"MODE": "enforce"}')
    shop.app("stock", ownership='MODULE = Module(name="stock", apps=["stock"])')
    shop.write("stock/migrations/0001_initial.py", INITIAL.replace("Order", "Item"))
    change(shop, "migrations.RunPython(write, migrations.RunPython.noop)")
    file = shop.folder / "shop/migrations/0002_change.py"
    text = file.read_text().replace('get_model("shop", "Order")', 'get_model("stock", "Item")')
    file.write_text(text.replace("dependencies = [", 'dependencies = [("stock", "0001_initial"), '))
    code, written, told = rehearse(shop, "shop", "0002")
    assert (code, told) == (0, "")
    assert "20 rows in 1 table" in written
    assert "nothing to object" in written


def test_kept_databases_stay(shop: Monolith) -> None:
    place = server()
    _, written, _ = rehearse(shop, "shop", "0002", "--keep")
    kept = re.findall(rf"kept  postgresql://\S+/({PREFIX}_run_\w+)\?host=\S+", written)
    assert len(kept) == 1
    try:
        with place.connect(kept[0]) as connection:
            row = connection.execute("SELECT count(*) FROM shop_order").fetchone()
        assert row is not None
        assert row[0] > 20
    finally:
        place.drop(kept[0])


def test_nothing_stays_but_templates(shop: Monolith) -> None:
    place = server()
    before = set(place.databases())
    rehearse(shop, "shop", "--all")
    after = set(place.databases()) - before
    assert [name for name in after if "_run_" in name] == []
    for name in after:
        place.drop(name)


def test_goes_on_behind_a_migration_that_can_not_be_applied(shop: Monolith) -> None:
    change(shop, 'migrations.RunSQL("ALTER TABLE nothing ADD x int")')
    after = CHANGE.replace("0001_initial", "0002_change").replace("{operations}", WIDER)
    shop.write("shop/migrations/0003_wider.py", after)
    shop.app("other", ownership=MODULE.replace("shop", "other"))
    shop.write("other/migrations/0001_initial.py", INITIAL)
    code, out, _ = rehearse(shop, "--format", "json")
    told = {f["subject"]: f["message"] for f in json.loads(out)["findings"]}
    assert code == 1
    assert told == {
        "shop.0002_change": 'shop.0002_change fails: relation "nothing" does not exist (42P01).',
        "shop.0003_wider": "shop.0003_wider can't be rehearsed: shop.0002_change can't be applied.",
    }
    done = [each["migration"] for each in json.loads(out)["rehearsals"]]
    assert sorted(done) == [
        "other.0001_initial",
        "shop.0001_initial",
        "shop.0002_change",
        "shop.0003_wider",
    ]


def test_goes_on_behind_an_applied_one_that_needs_something(shop: Monolith) -> None:
    """It is not among those that are rehearsed, and is met when the template is built."""
    change(shop, 'migrations.RunSQL("ALTER TABLE nothing ADD x int")')
    shop.app("other", ownership=MODULE.replace("shop", "other"))
    shop.write("other/migrations/0001_initial.py", INITIAL)
    needs = '("shop", "0002_change"), ("other", "0001_initial")'
    text = CHANGE.replace('("shop", "0001_initial")', needs).replace("{operations}", "")
    shop.write("other/migrations/0002_needs.py", text)
    _, out, _ = rehearse(shop, "other", "--all", "--format", "json")
    told = {f["subject"]: f["message"] for f in json.loads(out)["findings"]}
    assert told == {
        "other.0002_needs": "other.0002_needs can't be rehearsed: shop.0002_change can't be "
        'applied to an empty database: relation "nothing" does not exist.',
    }

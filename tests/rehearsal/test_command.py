"""``schema_rehearse`` in projects of its own, in processes of its own."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
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
HANDLERS = """
from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

def refuse(**kwargs):
    raise RuntimeError("a handler ran")

class ShopConfig(AppConfig):
    name = "shop"
    def ready(self):
        pre_migrate.connect(refuse)
        post_migrate.connect(refuse)
"""
MODULE = 'MODULE = Module(name="shop", apps=["shop"])'
DROPPING = 'migrations.RemoveField("order", "note")'
COUNTED = 'migrations.AddField("order", "number", models.IntegerField(null=True))'
CARD = "shop/migrations/0002_change.review.toml"
NO_CARD = (
    "shop.NAME has no review card to note its rehearsal on. Write it first: manage.py "
    "schema_review shop NAME --card\n"
)
NOWHERE = "postgresql://x@127.0.0.1:1/x"
ONE = "1 info.\n"
GUESS = (
    "CommandError: Neither a commit nor the database says which migrations are new. Name one, or "
    "say --since REF or --all.\n"
)


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


def each(project: Monolith, *commands: tuple[str, ...]) -> list[tuple[int, str, str]]:
    """Run several commands in one process; the exit code, what was written, what was told."""
    ran = project.python(
        f"""
        import io, json
        from django.core.management import CommandError, call_command
        done = []
        for name, *arguments in {list(commands)}:
            out, told, code = io.StringIO(), io.StringIO(), 0
            if name == "schema_rehearse":
                arguments += ["--server", {server().url("postgres")!r}]
            try:
                call_command(name, *arguments, stdout=out, stderr=told)
            except SystemExit as stopped:
                code = stopped.code
            except CommandError as error:
                code = error.returncode
                told.write(f"CommandError: {{error}}\\n")
            done.append([code, out.getvalue(), told.getvalue()])
        print(json.dumps(done))
        """
    )
    assert ran.returncode == 0, ran.stderr
    return [(code, written, told) for code, written, told in json.loads(ran.stdout)]


def rehearsed(written: str) -> list[str]:
    """The migrations with a block of their own."""
    return re.findall(r"(?m)^\w+\.\w+$", written)


def git(project: Monolith, *arguments: str) -> None:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    subprocess.run(["git", *who, *arguments], cwd=project.folder, check=True)


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
        "\n" + ONE + "1 migration rehearsed: shop.0002_change.\n"
    )


def test_only_what_is_not_applied(shop: Monolith) -> None:
    guessed, _, waiting, _, applied = each(
        shop,
        ("schema_rehearse",),
        ("migrate", "shop", "0001", "-v0"),
        ("schema_rehearse",),
        ("migrate", "shop", "0002", "--fake", "-v0"),
        ("schema_rehearse",),
    )
    assert guessed == (2, "", GUESS)
    assert rehearsed(waiting[1]) == ["shop.0002_change"]
    assert applied == (0, "No findings.\nNo migration is waiting to be applied.\n", "")


def test_only_what_is_new_since_a_commit(shop: Monolith) -> None:
    """Everything else comes before it, also what sorts after it."""
    shop.app("stock", ownership='MODULE = Module(name="stock", apps=["stock"])')
    shop.write("stock/migrations/0001_initial.py", INITIAL.replace("Order", "Item"))
    git(shop, "init", "-q", "-b", "main")
    git(shop, "add", "-A")
    git(shop, "commit", "-q", "-m", "first")
    text = CHANGE.replace("0001_initial", "0002_change").replace(
        "{operations}", 'migrations.RunSQL("SELECT id FROM stock_item", "SELECT 1")'
    )
    shop.write("shop/migrations/0003_count.py", text)
    shop.set('GOVERNANCE = {"SINCE": "main"}')
    by_setting, of_app, unknown = each(
        shop,
        ("schema_rehearse",),
        ("schema_rehearse", "stock", "--since", "main"),
        ("schema_rehearse", "--since", "mian"),
    )
    assert rehearsed(by_setting[1]) == ["shop.0003_count"]
    assert by_setting[1].endswith("1 migration rehearsed: new or changed since main.\n")
    none = "No findings.\nNo migration is new or changed since main, of stock.\n"
    assert of_app == (0, none, "")
    fetch = "In CI, fetch it first: git fetch origin mian"
    assert unknown == (2, "", f"CommandError: git knows no commit 'mian' here. {fetch}\n")


def test_several_end_in_a_table(shop: Monolith) -> None:
    """And nothing of them stays but templates."""
    change(shop, 'migrations.RunSQL("SELECT 1 / 0", "SELECT 1")')
    before = set(server().databases())
    code, written, _ = rehearse(shop, "shop", "--all", COLUMNS="80")
    written = re.sub(r" \d\.\d ", " 0.0 ", written)
    assert code == 1
    assert rehearsed(written) == ["shop.0002_change"]
    assert (
        "migration           rows      s   verdict\n"
        "─────────────────────────────────────────────────────\n"
        "shop.0001_initial      0    0.0   ✓ nothing to object\n"
        "shop.0002_change       0    0.0   ✗ FAILS\n"
        "\n"
        "error: shop.0002_change fails: division by zero (22012)."
    ) in written
    assert written.endswith("1 error.\n2 migrations rehearsed: the whole history, of shop.\n")
    left = set(server().databases()) - before
    assert [name for name in left if "_run_" in name] == []


def test_json_and_no_handler_runs(shop: Monolith) -> None:
    shop.write("shop/apps.py", HANDLERS)
    code, written, told = rehearse(shop, "shop", "0002", "--format", "json")
    assert (code, told) == (0, "")
    data = json.loads(written)
    assert data["scope"] == "shop.0002_change"
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


def test_the_card_of_a_migration_gets_its_rehearsal(shop: Monolith) -> None:
    change(shop, DROPPING)
    noting = ("schema_rehearse", "shop", "0002", "--card")
    checking = ("schema_review", "shop", "0002", "--check")
    missing, _ = each(shop, noting, ("schema_review", "shop", "0002", "--card"))
    assert missing == (2, "", f"CommandError: {NO_CARD.replace('NAME', '0002_change')}")
    file = shop.folder / "shop/migrations/0002_change.review.toml"
    file.write_text(file.read_text().replace('rollback = ""', 'rollback = "Deploy it again."'))
    before = tomllib.loads(file.read_text())
    noted, checked, again = each(shop, noting, checking, noting)
    assert (noted[0], noted[2]) == (1, f"noted the rehearsal in {CARD}\n")
    assert (again[0], again[2]) == (1, f"{CARD} has this rehearsal already\n")
    card = tomllib.loads(file.read_text())
    rehearsal = card.pop("rehearsal")
    assert card == before
    assert (rehearsal["digest"], rehearsal["rows"]) == (card["digest"], 20)
    assert rehearsal["verdicts"] == [
        "rehearsal-breaks-old-read",
        "rehearsal-breaks-old-write",
        "rehearsal-loses-data",
        "rehearsal-reverse-fails",
    ]
    change(shop, DROPPING, COUNTED)
    (outdated,) = each(shop, checking)
    stale = "shop.0002_change was changed after its rehearsal on"
    assert (stale in checked[1], stale in outdated[1]) == (False, True)


def test_of_several_those_with_a_card_are_noted(shop: Monolith) -> None:
    _, noted = each(
        shop,
        ("schema_review", "shop", "0002", "--card"),
        ("schema_rehearse", "shop", "--all", "--card"),
    )
    without = NO_CARD.replace("NAME", "0001_initial")
    assert (noted[0], noted[2]) == (0, f"{without}noted the rehearsal in {CARD}\n")


def test_no_card_is_written_in_ci(shop: Monolith) -> None:
    code, _, told = rehearse(shop, "shop", "0002", "--card", CI="true")
    assert code == 2
    start = "CommandError: Review cards are not written in CI (CI is set): people review."
    assert told.startswith(start)


WRONG = {
    ("shopp",): "There is no app 'shopp' with migrations. Did you mean 'shop'?",
    ("shop", "0003_chang"): "shop has no migration '0003_chang'. Did you mean '0002_change'?",
    ("shop", "000"): "Several migrations begin like this: 0001_initial, 0002_change.",
    ("shop", "--rows", "0"): "--rows takes a number from 1 to 900.",
}


def test_what_does_not_exist(shop: Monolith) -> None:
    ran = shop.python(
        f"""
        from django.core.management import CommandError, call_command
        for arguments in {list(WRONG)}:
            try:
                call_command("schema_rehearse", *arguments)
            except CommandError as error:
                print(error.returncode, error)
        """
    )
    assert ran.stdout == "".join(f"2 {text}\n" for text in WRONG.values()), ran.stderr


def test_a_server_that_is_not_there(shop: Monolith) -> None:
    ran = shop.manage("schema_rehearse", "shop", "0001", "--server", NOWHERE)
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
    code, _, told = rehearse(shop, "--all")
    assert (code, told) == (
        2,
        "CommandError: shop.0003_typo can't be loaded: ModuleNotFoundError: No module named "
        "'no_such_module'.\n",
    )


def test_a_parent_that_fails(shop: Monolith) -> None:
    change(shop, 'migrations.RunSQL("CREATE EXTENSION no_such_extension")')
    third = CHANGE.replace("0001_initial", "0002_change").replace("{operations}", "")
    shop.write("shop/migrations/0003_more.py", third)
    code, _, told = rehearse(shop, "shop", "0003")
    assert code == 2
    assert told.startswith("CommandError: shop.0002_change can't be applied to an empty database: ")
    assert told.endswith("Rehearse on a server that has it: --server postgresql://…\n")


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
    code, out, _ = rehearse(shop, "--all", "--format", "json")
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

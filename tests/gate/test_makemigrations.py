"""``makemigrations`` of real projects, refused before a file is written."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.monolith import CHECKOUT, Monolith

ORDER = """
class Order(models.Model):
    name = models.CharField(max_length=10)
"""
ITEM = """
class Item(models.Model):
    order = models.ForeignKey("shop.Order", on_delete=models.CASCADE)
"""


@pytest.fixture(scope="module")
def prepared(new_monolith: Callable[[], Monolith]) -> Monolith:
    """Two modules with their first migrations applied, in enforce mode."""
    monolith = new_monolith()
    declared = "MODULE = Module(name='{0}', apps=['{0}'], team='{1}')"
    monolith.app("shop", ORDER, declared.format("shop", "Sales"))
    monolith.app("stock", ITEM, declared.format("stock", "Depot"))
    monolith.set("GOVERNANCE = {'MODE': 'enforce'}\nDATABASE_ROUTERS = ['settings.Silent']")
    monolith.set("class Silent:\n    pass")
    for command in (["makemigrations"], ["migrate", "-v0"]):
        result = monolith.manage(*command)
        assert result.returncode == 0, result.stderr
    return monolith


@pytest.fixture
def shop(prepared: Monolith, tmp_path: Path) -> Iterator[Monolith]:
    yield (project := prepared.copy(tmp_path))
    project.drop()


def written(monolith: Monolith) -> set[str]:
    return {str(f.relative_to(monolith.folder)) for f in monolith.folder.rglob("migrations/0*.py")}


FIRST = {"shop/migrations/0001_initial.py", "stock/migrations/0001_initial.py"}


def test_own_changes_pass(shop: Monolith) -> None:
    text = ORDER + "    x = models.TextField(null=True)\n"
    shop.write("shop/models.py", "from django.db import models\n" + text)
    result = shop.manage("makemigrations", "shop")
    assert result.returncode == 0, result.stderr
    assert written(shop) == FIRST | {"shop/migrations/0002_order_x.py"}
    assert result.stderr == ""


def test_governance_E301_retyped_key(shop: Monolith) -> None:
    """Owners and reviewers both have something to say; each is told the way on."""
    text = ORDER.replace("name =", "id = models.IntegerField(primary_key=True)\n    name =")
    shop.write("shop/models.py", "from django.db import models\n" + text)
    result = shop.manage("makemigrations")
    assert result.returncode == 1
    assert result.stderr.startswith(
        "CommandError: No migration was written. The new migrations can't go ahead like this:\n"
        "\n"
        "error: shop.0002_alter_order_id: operation 1 (AlterField) alters stock_item "
        "(its column stock.Item.order), a table of stock (Depot). "
        "(governance.E301 cross-module-schema-change)\n"
        "  Django retypes it together with the key. Add a new key beside the old one, let stock "
        "move its references, then remove the old key.\n"
        "\n"
        "error: "
    )
    assert "(governance.E525 key-type-cascades)" in result.stderr
    assert result.stderr.endswith(
        "\n"
        "If the owner has agreed, run it once with: --governance report\n"
        "\n"
        "If it has to be like this, run it once with --governance report, and say on the review "
        "card\n"
        "how to go back:\n"
        "manage.py schema_review shop 0002_alter_order_id --card\n"
    )
    assert written(shop) == FIRST


def test_governance_E109_two_models_on_one_table(shop: Monolith) -> None:
    text = ITEM + "\nclass Copy(models.Model):\n    class Meta:\n        db_table = 'shop_order'\n"
    shop.write("stock/models.py", "from django.db import models\n" + text)
    shop.set("SILENCED_SYSTEM_CHECKS = ['governance.E109', 'models.W035']")
    result = shop.manage("makemigrations")
    assert result.returncode == 1
    assert (
        "error: stock.0002_copy: operation 1 (CreateModel) creates shop_order for stock.Copy, but "
        "it is the table of shop.Order (shop). (governance.E109 two-models-on-one-table)\n"
        "  Give stock.Copy a table of its own, or read shop.Order through a model with "
        "managed = False.\n" in result.stderr
    )
    assert written(shop) == FIRST


def test_governance_E301_model_from_outside(shop: Monolith) -> None:
    text = ITEM + "\nclass Extra(models.Model):\n    class Meta:\n        app_label = 'shop'\n"
    shop.write("stock/models.py", "from django.db import models\n" + text)
    result = shop.manage("makemigrations")
    assert result.returncode == 1
    assert (
        "error: shop.0002_extra: operation 1 (CreateModel) creates shop_extra in shop, but "
        "shop.Extra is written in stock.models (stock). "
        "(governance.E301 cross-module-schema-change)\n" in result.stderr
    )
    assert written(shop) == FIRST


HAND_WRITTEN = """
from django.db import migrations

def forwards(apps, schema_editor):
    apps.get_model("shop", "Order").objects.update(name="x")

class Migration(migrations.Migration):
    dependencies = [("stock", "0001_initial"), ("shop", "0001_initial")]
    operations = [
        migrations.RunSQL("ALTER TABLE shop_order ADD COLUMN x int", ""),
        migrations.RunPython(forwards, migrations.RunPython.noop),
        migrations.RunSQL("CALL tidy()", ""),
    ]
"""


def test_hand_written_migrations_are_judged(shop: Monolith) -> None:
    shop.write("stock/migrations/0002_reach.py", HAND_WRITTEN)
    result = shop.manage("makemigrations", "stock")
    assert result.returncode == 1
    assert result.stderr == (
        "CommandError: No migration was written. The migrations on disk can't go ahead like "
        "this:\n"
        "\n"
        "error: stock.0002_reach: operation 1 (RunSQL) alters shop_order, a table of shop (Sales). "
        "(governance.E301 cross-module-schema-change)\n"
        "  at stock/migrations/0002_reach.py:10\n"
        "  Write it as a migration of shop.\n"
        "\n"
        "error: stock.0002_reach: operation 2 (RunPython) updates shop_order, a table of shop "
        "(Sales). (governance.E302 cross-module-data-change)\n"
        "  at stock/migrations/0002_reach.py:11\n"
        "  Write it as a migration of shop.\n"
        "\n"
        "error: stock.0002_reach: operation 2 (RunPython) updates rows of shop_order in the "
        "transaction that holds ACCESS EXCLUSIVE: nobody can use it until all rows are written. "
        "(governance.E671 backfill-with-schema-change)\n"
        "  at stock/migrations/0002_reach.py:11\n"
        "  Move it to a migration of its own.\n"
        "\n"
        "warning: stock.0002_reach: operation 3 (RunSQL) calls tidy, whose body is "
        "not known here. (governance.W304 unreadable-operation)\n"
        "  at stock/migrations/0002_reach.py:12\n"
        "  Split it into operations that can be read, or have the owners look at it.\n"
        "\n"
        "If the owner has agreed, run it once with: --governance report\n"
        "\n"
        "If it has to be like this, run it once with --governance report, and say on the review "
        "card\n"
        "how to go back:\n"
        "manage.py schema_review stock 0002_reach --card\n"
    )
    other = shop.manage("makemigrations", "shop")
    assert other.returncode == 0


def test_who_shares_a_table_may_write_its_rows_only(shop: Monolith) -> None:
    shop.write(
        "shop/ownership.py",
        """
        from datetime import date, timedelta
        from governance import Module, Share
        SHARE = Share(table="shop_order", module="stock", reason="moving",
                      until=date.today() + timedelta(days=9))
        MODULE = Module(name="shop", apps=["shop"], team="Sales", shares=[SHARE])
        """,
    )
    shop.write("stock/migrations/0002_reach.py", HAND_WRITTEN)
    result = shop.manage("makemigrations", "stock")
    assert "operation 1 (RunSQL) alters shop_order, a table of shop (Sales)" in result.stderr
    assert "cross-module-data-change" not in result.stderr
    assert "operation 3 (RunSQL) calls tidy" in result.stderr


def test_mode_for_one_run(shop: Monolith) -> None:
    shop.write("stock/migrations/0002_reach.py", HAND_WRITTEN)
    report = shop.manage("makemigrations", "stock", "--governance", "report")
    assert report.returncode == 0
    assert report.stdout == "No changes detected in app 'stock'\n"
    assert report.stderr.startswith("The migrations on disk would be refused in enforce mode:\n")
    off = shop.manage("makemigrations", "stock", "--governance", "off")
    assert (off.returncode, off.stderr) == (0, "")
    wrong = shop.manage("makemigrations", "stock", "--governance", "enforced")
    assert wrong.returncode == 2
    assert "argument --governance: invalid choice: 'enforced'" in wrong.stderr


def test_applied_history_is_left_alone(shop: Monolith) -> None:
    shop.write("stock/migrations/0002_reach.py", HAND_WRITTEN.replace("CALL tidy()", "SELECT 1"))
    shop.set("GOVERNANCE = {'MODE': 'off'}")
    assert shop.manage("migrate", "-v0").returncode == 0
    shop.set("GOVERNANCE = {'MODE': 'enforce'}")
    assert shop.manage("makemigrations").returncode == 0


def test_migrate_refuses_what_reaches_beyond(shop: Monolith) -> None:
    shop.write("stock/migrations/0002_reach.py", HAND_WRITTEN)
    result = shop.manage("migrate")
    assert result.returncode == 1
    assert result.stderr.startswith(
        "CommandError: Nothing was migrated. Migrations reach beyond their module:\n"
        "\n"
        "error: stock.0002_reach: operation 1 (RunSQL) alters shop_order, a table of shop (Sales). "
        "(governance.E301 cross-module-schema-change)\n"
        "  at stock/migrations/0002_reach.py:10\n"
    )


def test_migrate_reports(shop: Monolith) -> None:
    shop.write("stock/migrations/0002_reach.py", HAND_WRITTEN.replace("CALL tidy()", "SELECT 1"))
    shop.set("GOVERNANCE = {'MODE': 'report'}")
    result = shop.manage("migrate", "-v0")
    assert result.returncode == 0
    assert (
        "stock.0002_reach: operation 1 (RunSQL) alters shop_order, a table of shop (Sales). "
        "stock/migrations/0002_reach.py:10\n" in result.stderr
    )


def test_guard_stops_what_the_gate_can_not_see(shop: Monolith) -> None:
    hidden = HAND_WRITTEN.replace("apps.get_model(", "getattr(apps, 'get_' + 'model')(")
    lines = [line for line in hidden.splitlines() if "RunSQL" not in line]
    shop.write("stock/migrations/0002_reach.py", "\n".join(lines))
    result = shop.manage("migrate")
    assert result.returncode == 1
    assert (
        "governance.exceptions.WriteRefused: stock may not update shop_order: the table belongs to "
        "shop (Sales).\n"
        "  where    stock/migrations/0002_reach.py:5, in stock.migrations.0002_reach.forwards\n"
        "  instead  write it as a migration of shop\n" in result.stderr
    )
    shop.set("GOVERNANCE = {'MODE': {'migrations': 'report', 'writes': 'enforce'}}")
    assert shop.manage("migrate").returncode == 0


def test_plan_is_judged_as_a_whole(shop: Monolith) -> None:
    """References count that no dependency of the migration leads to."""
    text = ORDER + "    code = models.CharField(max_length=5, unique=True, default='')\n"
    shop.write("shop/models.py", "from django.db import models\n" + text)
    other = ITEM + "    by_code = models.ForeignKey('shop.Order', models.CASCADE, to_field='code', "
    other += "related_name='+', null=True)\n"
    shop.write("stock/models.py", "from django.db import models\n" + other)
    shop.set("GOVERNANCE = {'MODE': 'off'}")
    for command in (["makemigrations"], ["migrate", "-v0"]):
        assert shop.manage(*command).returncode == 0
    shop.set("GOVERNANCE = {'MODE': 'enforce'}")
    longer = text.replace("CharField(max_length=5, ", "TextField(")
    shop.write("shop/models.py", "from django.db import models\n" + longer)
    assert shop.manage("makemigrations").returncode == 1
    assert shop.manage("makemigrations", "--governance", "off").returncode == 0
    result = shop.manage("migrate")
    assert result.stderr.startswith("CommandError: Nothing was migrated."), result.stderr
    assert "alters stock_item (its column stock.Item.by_code), a table of stock" in result.stderr


def test_tables_of_the_past_are_no_obstacle(shop: Monolith) -> None:
    """A migration may work on tables that no model and no declaration names any more."""
    text = """
    from django.db import migrations

    class Migration(migrations.Migration):
        dependencies = [("stock", "0001_initial")]
        operations = [
            migrations.RunSQL("CREATE TABLE stock_scratch (a int)", "DROP TABLE stock_scratch"),
            migrations.RunSQL("INSERT INTO stock_scratch VALUES (1)", ""),
        ]
    """
    shop.write("stock/migrations/0002_scratch.py", text)
    for target in ("0002", "0001", "0002"):
        result = shop.manage("migrate", "stock", target)
        assert result.returncode == 0, result.stderr


def test_history_can_be_built_from_nothing(shop: Monolith) -> None:
    """A new environment repeats what was once agreed; test databases are built like this."""
    shop.write("stock/migrations/0002_reach.py", HAND_WRITTEN.replace("CALL tidy()", "SELECT 1"))
    shop.databases["default"] = shop.second_database()
    assert shop.manage("migrate", "-v0").returncode == 0


def test_governance_E303_app_without_module(shop: Monolith) -> None:
    shop.app("loose", "class Thing(models.Model):\n    pass\n")
    result = shop.manage("makemigrations", "loose")
    assert result.returncode == 1
    assert (
        "error: App 'loose' belongs to no module, so nobody owns its tables. "
        "(governance.E303 migration-without-module)\n"
        "  Add 'loose' to a Module, or run: manage.py schema_owners --init\n" in result.stderr
    )
    relaxed = shop.manage("makemigrations", "loose", "--governance", "report")
    assert relaxed.returncode == 0
    assert "loose/migrations/0001_initial.py" in relaxed.stdout


def test_dry_run_and_check_are_judged_too(shop: Monolith) -> None:
    text = ORDER.replace("name =", "id = models.IntegerField(primary_key=True)\n    name =")
    shop.write("shop/models.py", "from django.db import models\n" + text)
    result = shop.manage("makemigrations", "--dry-run")
    assert result.returncode == 1
    assert "E301 cross-module-schema-change" in result.stderr


def test_update_is_judged_too(shop: Monolith) -> None:
    shop.write(
        "shop/models.py",
        "from django.db import models\n" + ORDER + "    x = models.TextField(null=True)\n",
    )
    assert shop.manage("makemigrations", "shop", "-n", "more").returncode == 0
    text = ORDER.replace("name =", "id = models.IntegerField(primary_key=True)\n    name =")
    shop.write("shop/models.py", f"from django.db import models\n{text}")
    result = shop.manage("makemigrations", "shop", "--update")
    assert result.returncode == 1, result.stdout
    assert "E301 cross-module-schema-change" in result.stderr


LINEAR = "django_linear_migrations"


@pytest.mark.parametrize("first", ["governance", LINEAR])
def test_composes_with_another_makemigrations(first: str, shop: Monolith) -> None:
    """Both do their work when governance stands first; if not, a check says so."""
    shop.apps.insert(shop.apps.index("governance") + (first == "governance"), LINEAR)
    assert shop.manage("create_max_migration_files").returncode == 0
    text = ORDER + "    x = models.TextField(null=True)\n"
    shop.write("shop/models.py", "from django.db import models\n" + text)
    result = shop.manage("makemigrations")
    assert result.returncode == 0, result.stderr
    assert (shop.folder / "shop/migrations/max_migration.txt").read_text() == "0002_order_x\n"
    shop.write("stock/migrations/0002_reach.py", HAND_WRITTEN)
    shop.write("stock/migrations/max_migration.txt", "0002_reach\n")
    refused = shop.manage("makemigrations", "stock")
    assert refused.returncode == (1 if first == "governance" else 0)
    bypassed = (
        "?: (governance.W305) makemigrations is provided by django_linear_migrations, so "
        "cross-module changes pass.\n"
        '\tHINT: Put "governance" before "django_linear_migrations" in INSTALLED_APPS.'
    )
    assert (bypassed in shop.manage("check").stderr) is (first != "governance")


def test_demonstration_proposal(db: None) -> None:
    """Asked of the test database, where the demonstration's own migrations are applied."""
    entry = connection.settings_dict
    url = f"postgresql:///{entry['NAME']}?host={entry['HOST']}&user={entry['USER']}"
    url += f"&port={entry['PORT']}&password={entry['PASSWORD']}"
    own = {"DJANGO_SETTINGS_MODULE": "project.settings_proposal", "GOVERNANCE_MODE": "enforce"}
    result = subprocess.run(
        [sys.executable, "manage.py", "makemigrations", "dev"],
        env={**os.environ, **own, "DATABASE_URL": url},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert "operation 1 (RunSQL) alters finance_transaction" in result.stderr
    assert "operation 2 (RunPython) updates finance_transaction" in result.stderr


def test_conflicts_are_left_to_django(shop: Monolith) -> None:
    for name in ("a", "b"):
        shop.write(
            f"shop/migrations/0002_{name}.py",
            "from django.db import migrations\nclass Migration(migrations.Migration):\n"
            "    dependencies = [('shop', '0001_initial')]\n"
            "    operations = [migrations.RemoveField('order', 'name')]\n",
        )
    result = shop.manage("makemigrations")
    assert result.returncode == 1
    assert "CommandError: Conflicting migrations detected" in result.stderr


def test_what_was_applied_can_be_taken_back(shop: Monolith) -> None:
    shop.write(
        "stock/migrations/0002_reach.py",
        "from django.db import migrations\nclass Migration(migrations.Migration):\n"
        "    dependencies = [('stock', '0001_initial'), ('shop', '0001_initial')]\n"
        "    operations = [migrations.RunSQL('ALTER TABLE shop_order ADD COLUMN x int', "
        "'ALTER TABLE shop_order DROP COLUMN x')]\n",
    )
    shop.set("GOVERNANCE = {'MODE': 'report'}")
    assert shop.manage("migrate", "-v0").returncode == 0
    shop.set("GOVERNANCE = {'MODE': 'enforce'}")
    result = shop.manage("migrate", "stock", "0001", "-v0")
    assert result.returncode == 0, result.stderr

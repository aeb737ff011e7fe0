"""New tables are guarded by the migration that makes them, once triggers are installed."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.monolith import Monolith

DECLARED = "MODULE = Module(name='{0}', apps=['{0}']{1})"
ORDER = "class Order(models.Model):\n    name = models.CharField(max_length=9, default='')\n"
ITEM = "class Item(models.Model):\n    order = models.ForeignKey(Order, models.CASCADE)\n"
WATCH = """
from django.db import connection

def guarded():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'governance_guard' "
            "ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]
"""


def ok(result: "subprocess.CompletedProcess[str]") -> str:
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def prepared(new_monolith: Callable[[], Monolith]) -> Monolith:
    """One table, migrated, with triggers installed."""
    monolith = new_monolith()
    monolith.app("shop", ORDER, DECLARED.format("shop", ", tables=['shop_raw']"))
    monolith.app("stock", "", DECLARED.format("stock", ""))
    monolith.set("GOVERNANCE = {'MODE': {'writes': 'enforce', 'migrations': 'report'}}")
    monolith.write("watch.py", WATCH)
    ok(
        monolith.python(
            """
            from django.core.management import call_command
            call_command("makemigrations", verbosity=0)
            call_command("migrate", verbosity=0)
            call_command("schema_enforce", "--install")
            """
        )
    )
    return monolith


@pytest.fixture
def shop(prepared: Monolith, tmp_path: Path) -> Iterator[Monolith]:
    yield (project := prepared.copy(tmp_path))
    project.drop()


def guarded(project: Monolith) -> list[str]:
    return ok(project.python("from watch import guarded\nprint(*guarded())")).split()


def migration(project: Monolith, name: str, after: str, operations: str, more: str = "") -> None:
    project.write(
        f"shop/migrations/{name}.py",
        f"""
        from django.db import migrations, models
        from watch import guarded

        def tell(apps, editor):
            print(*guarded())

        class Migration(migrations.Migration):
            dependencies = [("shop", "{after}")]
            operations = [{operations}]
            {more}
        """,
    )


def test_covered_before_the_next_migration_of_the_same_run(shop: Monolith) -> None:
    shop.write("shop/models.py", "from django.db import models\n" + ORDER + ITEM)
    ok(shop.manage("makemigrations", "shop", "-n", "item", "-v0"))
    migration(shop, "0003_tell", "0002_item", "migrations.RunPython(tell)")
    assert ok(shop.manage("migrate", "-v0")) == "shop_item shop_order\n"
    assert guarded(shop) == ["shop_item", "shop_order"]


def test_covered_in_the_transaction_that_makes_it(shop: Monolith) -> None:
    """A failure later in the same migration takes table and trigger back together."""
    create = "migrations.RunSQL('CREATE TABLE shop_raw (id int)', 'DROP TABLE shop_raw')"
    migration(shop, "0002_raw", "0001_initial", create)
    assert shop.manage("migrate", "-v0").returncode == 0
    assert guarded(shop) == ["shop_order", "shop_raw"]
    ok(shop.manage("migrate", "shop", "0001", "-v0"))
    assert guarded(shop) == ["shop_order"]


def test_rows_and_table_in_one_migration(shop: Monolith) -> None:
    """Deferred foreign keys wait for the end of the transaction, and so would ALTER TABLE."""
    shop.write("shop/models.py", "from django.db import models\n" + ORDER + ITEM)
    ok(shop.manage("makemigrations", "shop", "-n", "item", "-v0"))
    text = (shop.folder / "shop/migrations/0002_item.py").read_text()
    fill = (
        "        migrations.RunPython(lambda apps, editor: apps.get_model('shop', 'Item').objects"
        ".create(order=apps.get_model('shop', 'Order').objects.create())),\n    ]\n"
    )
    head, _, tail = text.rpartition("    ]\n")
    (shop.folder / "shop/migrations/0002_item.py").write_text(head + fill + tail)
    ok(shop.manage("migrate", "-v0"))
    assert guarded(shop) == ["shop_item", "shop_order"]


def test_renamed_table(shop: Monolith) -> None:
    shop.write("shop/models.py", "from django.db import models\n" + ORDER.replace("Order", "Sale"))
    migration(shop, "0002_sale", "0001_initial", "migrations.RenameModel('Order', 'Sale')")
    ok(shop.manage("migrate", "-v0"))
    assert guarded(shop) == ["shop_sale"]
    ok(shop.manage("schema_enforce", "--check"))


def test_not_atomic(shop: Monolith) -> None:
    create = "migrations.RunSQL('CREATE TABLE shop_raw (id int)', '')"
    migration(shop, "0002_raw", "0001_initial", create, "atomic = False")
    ok(shop.manage("migrate", "-v0"))
    assert guarded(shop) == ["shop_order", "shop_raw"]


def test_what_was_made_past_migrate_is_caught_up_with(shop: Monolith) -> None:
    ok(shop.python(MAKE_RAW))
    assert guarded(shop) == ["shop_order"]
    ok(shop.manage("migrate", "-v0"))
    assert guarded(shop) == ["shop_order", "shop_raw"]


MAKE_RAW = """
from governance import acting_as
from django.db import connection
with acting_as("shop"), connection.cursor() as cursor:
    cursor.execute("CREATE TABLE shop_raw (id int)")
"""


def test_nothing_is_covered_while_the_guard_is_off(shop: Monolith) -> None:
    shop.set("GOVERNANCE = {'MODE': {'writes': 'off'}}")
    ok(shop.python(MAKE_RAW))
    ok(shop.manage("migrate", "-v0"))
    assert guarded(shop) == ["shop_order"]


def test_nothing_is_covered_where_no_triggers_were_installed(shop: Monolith) -> None:
    ok(shop.manage("schema_enforce", "--remove"))
    create = "migrations.RunSQL('CREATE TABLE shop_raw (id int)', '')"
    migration(shop, "0002_raw", "0001_initial", create)
    ok(shop.manage("migrate", "-v0"))
    assert guarded(shop) == []


def test_sqlmigrate_and_fakes_run_nothing(shop: Monolith) -> None:
    create = "migrations.RunSQL('CREATE TABLE shop_raw (id int)', '')"
    migration(shop, "0002_raw", "0001_initial", create)
    assert "TRIGGER" not in ok(shop.manage("sqlmigrate", "shop", "0002"))
    ok(shop.manage("migrate", "--fake", "-v0"))
    assert guarded(shop) == ["shop_order"]


def test_the_actor_of_django_reaches_the_trigger(shop: Monolith) -> None:
    """Python and PostgreSQL agree; what Python can't see, PostgreSQL refuses."""
    shop.write(
        "shop/actions.py",
        """
        from django.db import connection
        from shop.models import Order

        def create():
            Order.objects.create(name="x")
            Order.objects.update(name="y")

        def define():
            with connection.cursor() as cursor:
                cursor.execute(
                    "CREATE FUNCTION book() RETURNS void LANGUAGE sql AS "
                    "'INSERT INTO shop_order (name) VALUES (''f'')'")
        """,
    )
    shop.write(
        "stock/actions.py",
        """
        from django.db import connection
        from governance import WriteRefused

        def book():
            with connection.cursor() as cursor:
                try:
                    cursor.execute("SELECT book()")
                except WriteRefused as error:
                    print(error.actor, error.owner, error.table, type(error.__cause__).__name__)
        """,
    )
    result = shop.python(
        """
        from shop.actions import create, define
        from shop.models import Order
        from stock.actions import book
        create()
        define()
        book()
        print(Order.objects.count())
        """
    )
    lines = ok(result).splitlines()
    assert lines == ["stock shop shop_order InsufficientPrivilege", "1"]

"""Declaration files of projects that a user might have, in processes of their own."""

import pytest

from tests.monolith import Monolith

SHOP = """
class Order(models.Model):
    name = models.CharField(max_length=10)
"""
STOCK = """
class Item(models.Model):
    name = models.CharField(max_length=10)
"""


def shop(monolith: Monolith, ownership: str | None) -> Monolith:
    monolith.app("shop", SHOP, ownership)
    monolith.app("stock", STOCK)
    return monolith


def test_declaration_that_raises(monolith: Monolith) -> None:
    shop(monolith, "TEAM = {}\nMODULE = Module(name='shop', team=TEAM['x'])\n")
    result = monolith.manage("check")
    assert result.returncode == 1
    assert "(governance.E101) shop.ownership can't be imported: KeyError: 'x'." in result.stderr
    assert "HINT: Correct shop/ownership.py, line 4." in result.stderr
    assert "Traceback" not in result.stderr


def test_declaration_with_a_syntax_error(monolith: Monolith) -> None:
    shop(monolith, "MODULE = Module(name='shop'\n")
    result = monolith.manage("check")
    assert result.returncode == 1
    assert "(governance.E101) shop.ownership can't be imported: SyntaxError:" in result.stderr
    assert "HINT: Correct shop/ownership.py, line 3." in result.stderr
    assert "Traceback" not in result.stderr


def test_declaration_with_an_unknown_argument(monolith: Monolith) -> None:
    shop(monolith, "MODULE = Module(name='shop', app=['shop'])\n")
    result = monolith.manage("check")
    assert "TypeError: Module.__init__() got an unexpected keyword argument 'app'" in result.stderr
    assert "Traceback" not in result.stderr


def test_text_instead_of_a_list(monolith: Monolith) -> None:
    shop(monolith, "MODULE = Module(name='shop', apps='shop')\n")
    result = monolith.manage("check")
    assert "Module 'shop' has apps='shop', which is not a list." in result.stderr
    assert "HINT: Write apps=['shop']." in result.stderr


def test_declaration_without_a_module(monolith: Monolith) -> None:
    shop(monolith, "")
    result = monolith.manage("check")
    assert "(governance.E101) shop.ownership declares no Module." in result.stderr


@pytest.mark.parametrize(
    ("setting", "message", "hint"),
    [
        (
            {"MODE": "enforced"},
            "GOVERNANCE['MODE'] is 'enforced', so governance stays off.",
            "Did you mean 'enforce'? Choose 'off', 'report' or 'enforce'.",
        ),
        (
            {"MDOE": "enforce"},
            "GOVERNANCE['MDOE'] is not a setting, so governance stays off.",
            "Did you mean 'MODE'?",
        ),
        (
            {"MODE": {"write": "enforce"}},
            "GOVERNANCE['MODE']['write'] is not an area, so governance stays off.",
            "Did you mean 'writes'? The areas are writes, migrations.",
        ),
        (
            {"DATABASE": "defualt"},
            "GOVERNANCE['DATABASE'] names no database: 'defualt', so governance stays off.",
            "Did you mean 'default'?",
        ),
        (
            {"DATABASE": "elsewhere"},
            "GOVERNANCE['DATABASE'] names no database: 'elsewhere', so governance stays off.",
            "DATABASES has 'default'.",
        ),
        (
            {"DISCOVER": 3},
            "GOVERNANCE['DISCOVER'] is 3, not a text, so governance stays off.",
            "See the settings reference for the keys and their values.",
        ),
        (
            "enforce",
            "GOVERNANCE is 'enforce', not a dictionary, so governance stays off.",
            "See the settings reference for the keys and their values.",
        ),
    ],
)
def test_governance_E001_settings(
    setting: object, message: str, hint: str, monolith: Monolith
) -> None:
    monolith.set(f"GOVERNANCE = {setting!r}")
    result = monolith.manage("check")
    assert result.returncode == 1
    assert f"?: (governance.E001) {message}\n\tHINT: {hint}" in result.stderr
    assert result.stderr.count("governance.") == 1
    command = monolith.manage("schema_owners")
    assert command.returncode == 2
    assert command.stderr == f"CommandError: {message} {hint}\n"


def test_project_wide_declarations(monolith: Monolith) -> None:
    shop(monolith, None)
    monolith.write(
        "modules.py",
        """
        from governance import Module
        MODULES = [Module(name="sales", apps=["shop"]), Module(name="logistics", apps=["stock"])]
        """,
    )
    monolith.set("GOVERNANCE = {'DECLARATIONS': 'modules'}")
    result = monolith.python(
        "from governance import owner_of; print(owner_of('shop_order'), owner_of('stock_item'))"
    )
    assert result.stdout == "sales logistics\n"


def test_project_wide_declarations_that_are_missing(monolith: Monolith) -> None:
    monolith.set("GOVERNANCE = {'DECLARATIONS': 'modulse'}")
    result = monolith.manage("check")
    assert "GOVERNANCE['DECLARATIONS'] names 'modulse', which is no Python module." in result.stderr


def test_sqlite_stays_inert_and_says_so_once(monolith: Monolith) -> None:
    shop(monolith, "MODULE = Module(name='shop', apps=['shop'])")
    monolith.databases = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}
    monolith.set("GOVERNANCE = {'MODE': 'enforce'}")
    result = monolith.manage("check")
    assert result.returncode == 0
    assert result.stderr.count("is sqlite, so governance guards nothing.") == 1
    for command in (["makemigrations", "shop", "--governance", "report"], ["migrate"]):
        assert monolith.manage(*command).returncode == 0
    wrote = monolith.python(
        "from shop.models import Order; Order.objects.create(name='x'); "
        "from governance.models import OwnershipRecord as R; print(R.objects.count())"
    )
    assert (wrote.stdout, wrote.stderr) == ("0\n", "")
    owners = monolith.manage("schema_owners")
    assert owners.returncode == 0
    assert "shop_order" in owners.stdout


def test_two_managed_models_on_one_table(monolith: Monolith) -> None:
    monolith.app("shop", SHOP, "MODULE = Module(name='shop', apps=['shop'])")
    model = STOCK.replace("name =", "class Meta:\n        db_table = 'shop_order'\n    name =")
    monolith.app("stock", model, "MODULE = Module(name='stock', apps=['stock'])")
    result = monolith.manage("check")
    assert (
        "(governance.E109) shop.Order and stock.Item of different modules use one table, "
        "shop_order." in result.stderr
    )


def test_model_written_in_another_module(monolith: Monolith) -> None:
    monolith.app("shop", SHOP, "MODULE = Module(name='shop', apps=['shop'])")
    model = STOCK.replace("name =", "class Meta:\n        app_label = 'shop'\n    name =")
    monolith.app("stock", model, "MODULE = Module(name='stock', apps=['stock'])")
    result = monolith.manage("check")
    assert (
        "(governance.W112) shop.Item belongs to shop by its app_label, but its code lies in "
        "stock.models, which is stock's." in result.stderr
    )


def test_parent_in_another_module(monolith: Monolith) -> None:
    monolith.app("shop", SHOP, "MODULE = Module(name='shop', apps=['shop'])")
    model = (
        "from shop.models import Order\nclass Parcel(Order):\n    weight = models.IntegerField()"
    )
    monolith.app("stock", model, "MODULE = Module(name='stock', apps=['stock'])")
    result = monolith.manage("check")
    assert (
        "(governance.W111) stock.Parcel (stock) inherits the table shop_order of shop, so each "
        "insert writes both." in result.stderr
    )


def test_models_registered_late_get_an_owner(monolith: Monolith) -> None:
    shop(monolith, "MODULE = Module(name='shop', apps=['shop'])")
    result = monolith.python(
        """
        from governance import owner_of
        print(owner_of("shop_late"))
        from django.db import models
        class Late(models.Model):
            class Meta:
                app_label = "shop"
        print(owner_of("shop_late"))
        """
    )
    assert result.stdout == "unknown:shop_late\nshop\n"


def test_governance_W114_enforce_without_declarations(monolith: Monolith) -> None:
    """With no declaration at all everything reports and nothing blocks."""
    shop(monolith, None)
    monolith.set("GOVERNANCE = {'MODE': 'enforce'}")
    monolith.write(
        "stock/actions.py",
        "from shop.models import Order\ndef write():\n    Order.objects.create(name='x')\n",
    )
    for command in (["makemigrations"], ["migrate", "-v0"]):
        assert monolith.manage(*command).returncode == 0
    result = monolith.manage("check")
    assert (
        "?: (governance.W114) GOVERNANCE['MODE'] is 'enforce', but no module is declared, so "
        "nothing is refused.\n\tHINT: Write declarations with: manage.py schema_owners --init"
    ) in result.stderr
    wrote = monolith.python("from stock.actions import write; write()")
    assert wrote.returncode == 0
    assert "stock may not insert into shop_order" in wrote.stderr
    monolith.write(
        "shop/ownership.py", "from governance import Module\nM = Module(name='s', apps=['shop'])\n"
    )
    assert "WriteRefused" in monolith.python("from stock.actions import write; write()").stderr


def test_database_that_is_down(monolith: Monolith) -> None:
    shop(monolith, "MODULE = Module(name='shop', apps=['shop'])")
    monolith.databases["default"]["HOST"] = "/nowhere"
    assert monolith.manage("check").returncode == 0
    result = monolith.manage("schema_owners")
    assert result.returncode == 0
    assert "shop_order" in result.stdout
    assert "warning: The database 'default' can't be asked: " in result.stdout
    assert "Start PostgreSQL, or correct DATABASES or DATABASE_URL." in result.stdout
    assert "(not in default)" not in result.stdout
    assert "Traceback" not in result.stderr


def test_declaration_that_runs_a_query(monolith: Monolith) -> None:
    query = "from django.db import connection\nconnection.cursor().execute('select 1')\n"
    shop(monolith, query + "MODULE = Module(name='shop', apps=['shop'])\n")
    result = monolith.manage("check")
    assert (
        "(governance.E101) shop.ownership can't be imported: ConfigurationError: a declaration "
        "may neither run queries nor ask for owners." in result.stderr
    )
    assert "Traceback" not in result.stderr


def test_elements_that_are_no_texts(monolith: Monolith) -> None:
    shop(monolith, "MODULE = Module(name='shop', apps=['shop'], tables=[5])\n")
    result = monolith.manage("check")
    assert "Module 'shop' has tables=[5], which are not all texts." in result.stderr
    assert "Traceback" not in result.stderr


def test_unrelated_file_of_that_name(monolith: Monolith) -> None:
    monolith.app("shop", SHOP)
    monolith.write("shop/ownership.py", "class Owner:\n    pass\n")
    result = monolith.manage("check")
    assert (result.returncode, result.stderr) == (0, "")


def test_legacy_models_block_nothing_while_nothing_is_declared(monolith: Monolith) -> None:
    legacy = "class Old(models.Model):\n    class Meta:\n        managed = False\n"
    legacy += "        db_table = 'old'\n"
    monolith.app("shop", legacy)
    monolith.app("stock", legacy)
    result = monolith.manage("check")
    assert (result.returncode, result.stderr) == (0, "")


def test_app_with_a_reserved_label(monolith: Monolith) -> None:
    monolith.app("shop", SHOP)
    monolith.write(
        "shop/apps.py",
        "from django.apps import AppConfig\n"
        "class ShopConfig(AppConfig):\n    name = 'shop'\n    label = 'platform'\n",
    )
    owners = monolith.manage("schema_owners")
    assert "platform_order (not in default)  platform_app" in owners.stdout, owners.stderr
    assert monolith.manage("schema_owners", "--init").returncode == 0
    assert monolith.manage("check").returncode == 0


def test_declaration_that_is_written_elsewhere(monolith: Monolith) -> None:
    monolith.app("shop", SHOP)
    monolith.write(
        "declared.py", "from governance import Module\nSHOP = Module(name='s', apps=['shop'])\n"
    )
    monolith.write("shop/ownership.py", "from declared import SHOP as MODULE\n")
    result = monolith.python("from governance import owner_of; print(owner_of('shop_order'))")
    assert result.stdout == "s\n", result.stderr

"""A small project with two modules and tests of its own, run by pytest in a process of its own."""

import re
import subprocess

from tests.monolith import Monolith

ITEM = """
class Item(models.Model):
    sku = models.CharField(max_length=20)
    on_hand = models.IntegerField(default=0)
"""
ORDER = """
class Order(models.Model):
    sku = models.CharField(max_length=20)
"""
OWNERSHIP = {
    "stock": """
        MODULE = Module(name="stock", apps=["stock"], interfaces=["stock.services"],
                        team="Warehouse", contact="#warehouse")
    """,
    "orders": 'MODULE = Module(name="orders", apps=["orders"])',
}
STOCK_SERVICES = '''
from stock.models import Item

def reserve(sku, quantity):
    """Take items off the shelf."""
    Item.objects.filter(sku=sku).update(on_hand=0)
'''
ORDERS_SERVICES = """
from governance import WriteRefused
from orders.models import Order
from stock.models import Item
from stock.services import reserve


def order_rightly(sku):
    Order.objects.create(sku=sku)
    reserve(sku, 1)


def order(sku):
    Order.objects.create(sku=sku)
    Item.objects.filter(sku=sku).update(on_hand=0)


def order_quietly(sku):
    try:
        order(sku)
    except WriteRefused:
        pass


async def aorder(sku):
    await Item.objects.filter(sku=sku).aupdate(on_hand=0)
"""
HEADER = """
import pytest
from django.test import TestCase, TransactionTestCase
from orders import services
from orders.models import Order
from stock.models import Item
"""


INI = """
[pytest]
addopts = --nomigrations
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
"""


class Suite:
    """A project of ``orders`` and ``stock``; ``pytest`` runs the tests written so far."""

    def __init__(self, monolith: Monolith, *, mode: str = "report") -> None:
        self.monolith = monolith
        monolith.app("stock", ITEM, OWNERSHIP["stock"])
        monolith.app("orders", ORDER, OWNERSHIP["orders"])
        monolith.write("stock/services.py", STOCK_SERVICES)
        monolith.write("orders/services.py", ORDERS_SERVICES)
        monolith.write("pytest.ini", INI)
        self.mode(mode)

    def mode(self, mode: str) -> None:
        self.monolith.set(f"GOVERNANCE = {{'MODE': {mode!r}}}")

    def test(self, text: str, name: str = "test_orders.py") -> None:
        self.monolith.write(name, HEADER + _dedented(text))

    def pytest(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = ["-m", "pytest", "-p", "no:cacheprovider", *arguments]
        own = {"PYTEST_ADDOPTS": "", "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "80"}
        return self.monolith.run(*command, **(own | environment))


def outcome(result: subprocess.CompletedProcess[str]) -> str:
    """Return the line that counts, without the time: ``1 failed, 2 passed``."""
    lines = [line for line in result.stdout.splitlines() if re.search(r" in [\d.]+s", line)]
    assert lines, result.stdout + result.stderr
    return re.sub(r" in [\d.]+s.*", "", lines[-1]).strip("= ")


def outcomes(result: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Return name of the test → ``passed`` and the like; run with ``-rA``."""
    found = re.findall(r"^([A-Z]+) [\w/]+\.py::(\S+)", result.stdout, re.MULTILINE)
    assert found, result.stdout + result.stderr
    return {name: word.lower() for word, name in found}


def settled(text: str) -> str:
    """Return output without what changes: dates, times, fingerprints."""
    text = re.sub(r"date\(\d+, \d+, \d+\)", "…", text)
    text = re.sub(r"fingerprint [0-9a-f]{16}", "fingerprint …", text)
    return re.sub(r"in [\d.]+s", "in …s", text)


def _dedented(text: str) -> str:
    import textwrap

    return textwrap.dedent(text)

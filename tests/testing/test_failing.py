"""The test that causes a new violation fails, and says what to do."""

import pytest

from tests.monolith import Monolith
from tests.testing.suite import Suite, outcome, settled

ONE = """
@pytest.mark.django_db
def test_order():
    Item.objects.create(sku="lamp", on_hand=3)
    services.order("lamp")
"""
OUTPUT = """\
F                                                                        [100%]
=================================== FAILURES ===================================
__________________________________ test_order __________________________________
orders may not update stock_item: the table belongs to stock (Warehouse, #warehouse).
  where    orders/services.py:15, in orders.services.order
  instead  call stock.services.reserve(sku, quantity)
  or       ask stock to declare Share(table="stock_item", module="orders", reason="…", until=date(…))
  (governance.E201 cross-module-write, fingerprint …)

This write is new: it is neither in the baseline nor waived.
If the test provokes it on purpose: @pytest.mark.governance("off")
"""


@pytest.fixture
def suite(monolith: Monolith) -> Suite:
    return Suite(monolith)


def test_message(suite: Suite) -> None:
    suite.test(ONE)
    result = suite.pytest("-q", "--governance=fail")
    assert settled(result.stdout) == OUTPUT, result.stdout + result.stderr
    assert result.returncode == 1

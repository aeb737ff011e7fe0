"""The fixture ``governance_writes``: which tables does this code write, and as whom?"""

import pytest

from tests.monolith import Monolith
from tests.testing.suite import Suite, outcome


@pytest.mark.parametrize("choice", ["fail", "off"])
def test_fixture(monolith: Monolith, choice: str) -> None:
    suite = Suite(monolith)
    suite.test(
        """
        @pytest.mark.django_db
        def test_order(governance_writes):
            Item.objects.create(sku="lamp")
            with governance_writes() as writes:
                services.order_rightly("lamp")
            Order.objects.create(sku="chair")
            assert writes.tables_of("orders") == {"orders_order"}
            assert writes.tables_of("stock") == {"stock_item"}
            assert [(e.table, e.operation, e.permitted) for e in writes] == [
                ("orders_order", "insert", True), ("stock_item", "update", True)
            ]
            assert len(writes) == 2
            assert writes.not_permitted == []
            assert repr(writes) == (
                "<Writes: orders insert orders_order (orders); stock update stock_item (stock)>"
            )

        @pytest.mark.django_db
        @pytest.mark.governance("off")
        def test_not_permitted(governance_writes):
            with governance_writes() as writes:
                services.order("lamp")
            assert [entry.table for entry in writes.not_permitted] == ["stock_item"]

        def test_nothing(governance_writes):
            with governance_writes() as writes:
                pass
            assert not list(writes)
            assert repr(writes) == "<Writes: none>"
        """
    )
    result = suite.pytest("-q", f"--governance={choice}")
    assert outcome(result) == "3 passed", result.stdout

"""--governance-report: who writes whose tables, what was not permitted, and which test shows it."""

import json
import re

import pytest

from tests.monolith import Monolith
from tests.testing.suite import Suite, outcome, settled

TESTS = """
@pytest.mark.django_db
@pytest.mark.parametrize("sku", ["lamp", "chair", "desk"])
def test_order(sku):
    Item.objects.create(sku=sku)
    services.order(sku)

@pytest.mark.django_db
def test_rightly():
    services.order_rightly("lamp")
"""
SECTION = """\
================================== governance ==================================
writes  orders  stock
orders       4     3!
stock               1

1 new violation, 0 in the baseline or waived.

orders may not update stock_item: the table belongs to stock (Warehouse, #warehouse).
  where    orders/services.py:15, in orders.services.order
  instead  call stock.services.reserve(sku, quantity)
  or       ask stock to declare Share(table="stock_item", module="orders", reason="…", until=…)
  3 times, in test_orders.py::test_order[chair] and 2 more tests
  (governance.E201 cross-module-write, fingerprint …)
4 passed in …s
"""
MARKDOWN = """\
# Writes of the test run

| writes | orders | stock |
|---|---|---|
| orders | 4 | 3! |
| stock |  | 1 |

1 new violation, 0 in the baseline or waived.

## orders may not update stock_item: the table belongs to stock (Warehouse, #warehouse).

- orders/services.py:15, in `orders.services.order`
- instead call stock.services.reserve(sku, quantity)
- or ask stock to declare Share(table="stock_item", module="orders", reason="…", until=…)
- 3 times
- `test_orders.py::test_order[chair]`
- `test_orders.py::test_order[desk]`
- `test_orders.py::test_order[lamp]`
"""


@pytest.fixture
def suite(monolith: Monolith) -> Suite:
    suite = Suite(monolith)
    suite.test(TESTS)
    return suite


def test_section(suite: Suite) -> None:
    result = suite.pytest("-q", "--governance-report")
    section = settled(result.stdout)
    assert section[section.index("=") :] == SECTION, result.stderr
    assert result.returncode == 0


def test_section_of_a_selection_says_so(suite: Suite) -> None:
    for arguments in (["-k", "lamp"], ["test_orders.py"], ["-x", "--maxfail=1", "--deselect=a"]):
        result = suite.pytest("-q", *arguments, "--governance-report")
        assert "Not all tests have run" in result.stdout, arguments


def test_files(suite: Suite) -> None:
    for name in ("run.md", "run.json", "deep/run.sarif"):
        result = suite.pytest(f"--governance-report={name}")
        assert outcome(result) == "4 passed", result.stdout + result.stderr
        assert f"governance: written to {name}\n" in result.stdout
    folder = suite.monolith.folder
    assert settled((folder / "run.md").read_text()) == MARKDOWN
    document = json.loads((folder / "run.json").read_text())
    assert document["command"] == "pytest"
    assert [finding["actor"] for finding in document["findings"]] == ["orders"]
    assert document["runs"] == [
        {
            "fingerprint": document["findings"][0]["fingerprint"],
            "status": "new",
            "count": 3,
            "tests": [f"test_orders.py::test_order[{sku}]" for sku in ("chair", "desk", "lamp")],
        }
    ]
    assert {
        "actor": "orders",
        "owner": "stock",
        "table": "stock_item",
        "operation": "update",
        "permitted": False,
        "count": 3,
    } in document["writes"]
    sarif = json.loads((folder / "deep/run.sarif").read_text())
    assert [result["ruleId"] for result in sarif["runs"][0]["results"]] == ["governance.E201"]


def test_file_of_another_kind(suite: Suite) -> None:
    result = suite.pytest("--governance-report", "test_orders.py")
    assert result.returncode == 4
    assert "the name must end in .json, .md, .sarif" in result.stderr
    assert "Without a file, put the option behind the paths." in result.stderr


def test_nothing_written(suite: Suite) -> None:
    suite.test("def test_a(): pass")
    result = suite.pytest("-q", "--governance-report", "--governance=fail")
    assert "0 new violations, 0 in the baseline or waived." in result.stdout
    assert not re.search("Traceback|Error", result.stdout)

"""pytest-xdist: what the workers saw is told once, by the process that started them."""

import json

import pytest

from tests.monolith import Monolith
from tests.testing.suite import Suite, outcome, settled

TESTS = """
@pytest.mark.django_db
@pytest.mark.parametrize("number", range(6))
def test_order(number):
    services.order(f"lamp {number}")

@pytest.mark.django_db
def test_rightly():
    services.order_rightly("lamp")
"""


@pytest.fixture
def suite(monolith: Monolith) -> Suite:
    suite = Suite(monolith)
    suite.test(TESTS)
    return suite


def test_fails_once_for_each_test_and_sums_up(suite: Suite) -> None:
    result = suite.pytest("-n2", "--governance=fail")
    assert outcome(result) == "6 failed, 1 passed", result.stdout + result.stderr
    section = settled(result.stdout).split(" governance ==")[1]
    assert section.count("orders may not update stock_item: the table") == 1
    cause = "orders/services.py:15, 6 times, in test_orders.py::test_order[0] and 5 more tests\n"
    assert cause in section
    assert result.returncode == 1


def test_same_report_as_of_one_process(suite: Suite) -> None:
    reports = []
    for arguments in (["-n0"], ["-n2"]):
        result = suite.pytest("-q", *arguments, "--governance-report=out/run.json")
        assert result.returncode == 0, result.stdout
        reports.append(json.loads((suite.monolith.folder / "out/run.json").read_text()))
    assert reports[0] == reports[1]
    assert reports[0]["findings"][0]["slug"] == "cross-module-write"


def test_worker_that_crashes(suite: Suite) -> None:
    suite.test("import os\n@pytest.mark.django_db\ndef test_a(): os._exit(1)", "test_crash.py")
    result = suite.pytest("-n2", "--governance-report")
    assert result.returncode == 1
    assert "Not all tests have run and passed, so this may not be all" in result.stdout
    assert "INTERNALERROR" not in result.stdout

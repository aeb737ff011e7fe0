"""Tests and the baseline: what is in it passes, what is new fails, what is gone is told."""

import pytest

from tests.monolith import Monolith
from tests.testing.suite import Suite, outcome

ORDER = """
@pytest.mark.django_db
def test_order():
    services.order("lamp")
"""
RIGHTLY = """
@pytest.mark.django_db
def test_order():
    services.order_rightly("lamp")
"""
ADOPT = (
    "--governance-baseline=adopt",
    "--governance-reason=before the split",
    "--governance-until=2126-06-30",
)
ADOPTED = "governance: 1 new in governance-baseline.toml, accepted until 2126-06-30.\n"
STALE = (
    "error: cross-module-write of stock_item (write) by orders.services.order is accepted, but the "
    "tests no longer find it. (governance.E222 stale-baseline)\n"
    "  at governance-baseline.toml:"
)


@pytest.fixture
def suite(monolith: Monolith) -> Suite:
    suite = Suite(monolith)
    suite.test(ORDER)
    return suite


def test_adopted_passes_and_new_fails(suite: Suite) -> None:
    adopting = suite.pytest(*ADOPT)
    assert (outcome(adopting), adopting.returncode) == ("1 passed", 0), adopting.stdout
    assert ADOPTED in adopting.stdout
    text = (suite.monolith.folder / "governance-baseline.toml").read_text()
    assert 'reason = "before the split"' in text
    assert 'seen_by = [\n    "tests",\n]' in text
    assert outcome(suite.pytest("--governance=fail")) == "1 passed"
    suite.test("@pytest.mark.django_db\ndef test_new(): Order(); services.order_again('lamp')")
    suite.monolith.write("orders/services.py", AGAIN)
    result = suite.pytest("-rA")
    assert outcome(result) == "1 failed"
    assert "in orders.services.order_again" in result.stdout


AGAIN = """
from stock.models import Item

def order(sku):
    Item.objects.filter(sku=sku).update(on_hand=0)
    Item.objects.filter(sku=sku).update(on_hand=1)

def order_again(sku):
    Item.objects.filter(sku=sku).update(on_hand=2)

def order_rightly(sku):
    pass
"""


def test_more_places_in_an_accepted_function(suite: Suite) -> None:
    """No test alone can tell; the run as a whole fails."""
    suite.pytest(*ADOPT)
    suite.monolith.write("orders/services.py", AGAIN)
    result = suite.pytest("-q")
    assert (outcome(result), result.returncode) == ("1 passed", 1)
    assert (
        "  at orders/services.py:5, orders/services.py:6: more places than the baseline accepts\n"
    ) in result.stdout
    assert suite.pytest("-q", "--governance=report").returncode == 0


def test_stale_entry_on_complete_runs_only(suite: Suite) -> None:
    suite.pytest(*ADOPT)
    suite.test(RIGHTLY)
    suite.test("def test_other(): pass", "test_other.py")
    for partial in (["test_other.py"], ["-k", "order"], ["--deselect", "test_other.py"]):
        assert "stale-baseline" not in suite.pytest("-q", *partial).stdout, partial
    suite.test("def test_other(): assert 0", "test_other.py")
    assert "stale-baseline" not in suite.pytest("-q").stdout
    suite.test("def test_other(): pass", "test_other.py")
    for arguments in ([], ["-n2"]):
        result = suite.pytest("-q", *arguments)
        assert (outcome(result), result.returncode) == ("2 passed", 1)
        assert STALE in result.stdout
    assert suite.pytest("-q", "--governance=report").returncode == 0


def test_shrinks_on_complete_runs_only(suite: Suite) -> None:
    suite.pytest(*ADOPT)
    suite.test(RIGHTLY)
    baseline = suite.monolith.folder / "governance-baseline.toml"
    shrink = "--governance-baseline=shrink"
    assert "is as it was: only a run of all tests" in suite.pytest(shrink, "test_orders.py").stdout
    assert "orders.services.order" in baseline.read_text()
    shrinking = suite.pytest("-q", shrink)
    assert (
        "governance: governance-baseline.toml accepts 0 places now, 1 before.\n" in shrinking.stdout
    )
    assert shrinking.returncode == 0
    assert "orders.services.order" not in baseline.read_text()
    assert suite.pytest("-q").returncode == 0


def test_ci_does_not_adopt(suite: Suite) -> None:
    result = suite.pytest(*ADOPT, CI="true")
    assert "governance-baseline.toml is not written in CI (CI is set)" in result.stdout
    assert result.returncode == 4
    assert not (suite.monolith.folder / "governance-baseline.toml").exists()


def test_terms(suite: Suite) -> None:
    result = suite.pytest("--governance-baseline=adopt")
    assert result.returncode == 4
    assert "add --governance-reason=" in result.stderr
    result = suite.pytest(*ADOPT[:2], "--governance-until=june")
    assert "--governance-until=june: write a day like 2027-06-30." in result.stderr


def test_waiver(suite: Suite) -> None:
    suite.monolith.write(
        "stock/ownership.py",
        """
        from datetime import date
        from governance import Module, Waiver
        MODULE = Module(name="stock", apps=["stock"], waivers=[Waiver(
            slug="cross-module-write", subject="stock_item", reason="until the split",
            until=date(2126, 6, 30), actor="orders",
        )])
        """,
    )
    result = suite.pytest("-q", "--governance=fail", "--governance-report")
    assert outcome(result) == "1 passed", result.stdout
    assert "0 new violations, 1 in the baseline or waived." in result.stdout


def test_baseline_that_cannot_be_read(suite: Suite) -> None:
    suite.monolith.write("governance-baseline.toml", "version = 1\nentry = 5\n")
    result = suite.pytest("-q")
    assert result.returncode == 1
    assert "unreadable-baseline" in result.stdout

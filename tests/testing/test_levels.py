"""What happens when nobody chooses: nothing breaks on the first day."""

import pytest

from tests.monolith import Monolith
from tests.testing.suite import Suite, outcome

TWO = """
@pytest.mark.django_db
@pytest.mark.parametrize("sku", ["lamp", "chair"])
def test_order(sku):
    services.order(sku)
"""
NOTICE = "governance: 1 write that its module may not do (see them: --governance-report)\n"


@pytest.fixture
def suite(monolith: Monolith) -> Suite:
    suite = Suite(monolith)
    suite.test(TWO)
    return suite


def test_report_mode_tells_one_line(suite: Suite) -> None:
    result = suite.pytest()
    assert (outcome(result), result.returncode) == ("2 passed", 0)
    assert result.stdout.count(NOTICE) == 1
    assert "governance" not in suite.pytest("-q").stdout


def test_nothing_declared(suite: Suite) -> None:
    """Each app counts as a module then, and enforce only reports."""
    for app in ("stock", "orders"):
        (suite.monolith.folder / app / "ownership.py").unlink()
    suite.mode("enforce")
    result = suite.pytest()
    assert (outcome(result), result.returncode) == ("2 passed", 0)
    assert NOTICE in result.stdout


def test_enforce_mode_fails(suite: Suite) -> None:
    suite.mode("enforce")
    suite.test("@pytest.mark.django_db\ndef test_a(): services.order_quietly('lamp')")
    assert outcome(suite.pytest()) == "1 failed"
    assert outcome(suite.pytest("--governance=report")) == "1 passed"
    assert outcome(suite.pytest("--governance=off", "-q")) == "1 passed"


def test_module_in_enforce_mode(suite: Suite) -> None:
    suite.monolith.set("GOVERNANCE = {'MODULES': {'stock': 'enforce'}}")
    suite.test("@pytest.mark.django_db\ndef test_a(): services.order_quietly('lamp')")
    assert outcome(suite.pytest()) == "1 failed"
    suite.monolith.set("GOVERNANCE = {'MODULES': {'orders': 'enforce'}}")
    assert outcome(suite.pytest()) == "1 passed"


def test_mode_off(suite: Suite) -> None:
    """Nothing is looked at, and who asks is told why the report is empty."""
    suite.mode("off")
    plain = suite.pytest("--governance=fail")
    assert (outcome(plain), plain.returncode) == ("2 passed", 0)
    asked = suite.pytest("--governance-report").stdout
    assert "GOVERNANCE['MODE'] is 'off' for writes, so nothing was recorded." in asked


def test_mistake_in_the_setting(suite: Suite) -> None:
    suite.mode("enforced")
    told = (
        "GOVERNANCE['MODE'] is 'enforced', so governance stays off. Did you mean 'enforce'? "
        "Choose 'off', 'report' or 'enforce'.\n"
    )
    assert told in suite.pytest("--governance-report").stdout
    assert f"\ngovernance: {told}" in suite.pytest().stdout
    refused = suite.pytest("--governance=fail")
    assert refused.returncode == 4
    assert f"--governance=fail: {told}" in refused.stderr + refused.stdout


def test_choice_in_the_configuration(suite: Suite) -> None:
    ini = suite.monolith.folder / "pytest.ini"
    written = ini.read_text()
    ini.write_text(written + "governance = fail\n")
    assert outcome(suite.pytest("--strict-config")) == "2 failed"
    assert outcome(suite.pytest("--governance=report")) == "2 passed"
    ini.write_text(written + "governance = off\n")
    assert "governance:" not in suite.pytest().stdout
    ini.write_text(written + "governance = on\n")
    result = suite.pytest()
    assert result.returncode == 4
    assert result.stderr == (
        f"ERROR: governance = 'on' in {ini}: choose one of off, report, fail.\n\n"
    )

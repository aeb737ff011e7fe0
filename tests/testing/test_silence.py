"""Wherever the package is installed, pytest loads the plugin: nobody else may notice."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.monolith import CHECKOUT, Monolith
from tests.testing.suite import Suite, outcome

PLAIN = """
import sys

def test_no_django():
    loaded = [name for name in sys.modules if name.partition(".")[0] in {"django", "asgiref"}]
    assert loaded == []
    ours = [name for name in sys.modules if name.startswith("governance.")]
    assert not any("writes" in name or "testing" in name for name in ours)
"""


def run(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(CHECKOUT), "COLUMNS": "80"} | more,
        capture_output=True,
        text=True,
        check=False,
    )


def test_project_without_django(tmp_path: Path) -> None:
    (tmp_path / "test_plain.py").write_text(PLAIN)
    for plugins in (["-p", "no:django"], ["-p", "no:django", "--governance=fail"]):
        result = run(tmp_path, "-q", "-p", "no:asyncio", "-p", "no:model_bakery", *plugins)
        assert (result.returncode, result.stderr) == (0, ""), result.stdout
        assert outcome(result) == "1 passed"
        assert "governance" not in result.stdout


@pytest.mark.parametrize("option", ["--version", "--help", "--markers", "--fixtures"])
def test_questions_to_pytest(tmp_path: Path, option: str) -> None:
    result = run(tmp_path, option, "-p", "no:asyncio")
    assert result.returncode == 0, result.stderr


def test_settings_module_that_does_not_exist(tmp_path: Path) -> None:
    """pytest-django says so as always; we are not the first to touch the settings."""
    results = [
        run(tmp_path, "-q", "-p", plugin, DJANGO_SETTINGS_MODULE="nowhere.settings")
        for plugin in ("no:asyncio", "no:governance")
    ]
    assert "pytest-django could not find a Django project" in results[0].stderr
    assert results[0].stderr == results[1].stderr


def test_app_is_not_installed(monolith: Monolith) -> None:
    monolith.apps.remove("governance")
    monolith.write("pytest.ini", "[pytest]\n")
    monolith.write(
        "test_users.py",
        """
        import sys
        import pytest

        @pytest.mark.django_db
        def test_user(django_user_model, django_assert_num_queries):
            with django_assert_num_queries(1):
                django_user_model.objects.create(username="a")
            assert not any(name.startswith("governance.testing") for name in sys.modules)
        """,
    )
    arguments = ["-m", "pytest", "-q", "-p", "no:asyncio", "--nomigrations"]
    result = monolith.run(*arguments, "--governance=fail", "--governance-report")
    assert (outcome(result), result.returncode) == ("1 passed", 0), result.stdout
    assert "governance" not in result.stdout


def test_switched_off(monolith: Monolith) -> None:
    suite = Suite(monolith, mode="enforce")
    suite.test("@pytest.mark.django_db\ndef test_a(): services.order_quietly('lamp')")
    result = suite.pytest("-p", "no:governance")
    assert (outcome(result), result.returncode) == ("1 passed", 0)
    assert "governance" not in result.stdout


def test_django_without_pytest_django(monolith: Monolith) -> None:
    """Whoever sets Django up in a conftest is seen as well; without a database nothing happens."""
    suite = Suite(monolith, mode="enforce")
    monolith.write("pytest.ini", "[pytest]\n")
    monolith.write(
        "conftest.py",
        """
        import django
        from django.test.utils import setup_databases, setup_test_environment, teardown_databases

        def pytest_configure(config):
            django.setup()
            setup_test_environment()

        def pytest_sessionstart(session):
            session.config.made = setup_databases(verbosity=0, interactive=False)

        def pytest_sessionfinish(session):
            teardown_databases(session.config.made, verbosity=0)
        """,
    )
    monolith.manage("makemigrations")
    suite.test(
        """
        class CaseTests(TestCase):
            def test_order(self):
                services.order_quietly("lamp")
        """
    )
    result = suite.pytest("-q", "-p", "no:django")
    assert outcome(result) == "1 failed", result.stdout + result.stderr


def test_collecting_only(monolith: Monolith) -> None:
    suite = Suite(monolith)
    suite.test("def test_a(): pass")
    result = suite.pytest("--collect-only", "-q", "--governance-report")
    assert result.returncode == 0
    assert "governance" not in result.stdout

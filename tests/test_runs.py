"""What holds for a whole run of these tests, in one process or in several."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import LazySettings

from governance.postgres.statements import READ
from project.core.models import Person
from tests import oracle
from tests.monolith import CHECKOUT

PROCESSES = ["-n2"], ["-n0"]
AGREEING = """
from tests.oracle import ORACLE

def test_agreeing():
    ORACLE.compare("SELECT 1", set(), None)
"""
DIFFERING = """
from tests.oracle import ORACLE

def test_differing():
    ORACLE.compare("SELECT 1", {("core_person", "write")}, None)
"""


def run(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the tests in a folder with the plugins of this one, without Django and a database."""
    plugins = ["-p", "tests.oracle_report", "-p", "no:django", "-p", "no:cacheprovider"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a", "b"):
        (tmp_path / f"test_{name}.py").write_text(AGREEING)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return tmp_path


@pytest.mark.parametrize("processes", PROCESSES, ids=" ".join)
def test_a_run_without_differences_passes(folder: Path, processes: list[str]) -> None:
    result = run(folder, *processes)
    told = "Oracle: 2 statements compared with PostgreSQL, 0 wrote; 0 differences.\n"
    assert told in result.stdout, result.stdout + result.stderr
    assert result.returncode == 0


@pytest.mark.parametrize("processes", PROCESSES, ids=" ".join)
def test_a_difference_fails_the_run(folder: Path, processes: list[str]) -> None:
    (folder / "test_c.py").write_text(DIFFERING)
    result = run(folder, *processes)
    assert "3 passed" in result.stdout, result.stdout + result.stderr
    assert (
        "Oracle: 3 statements compared with PostgreSQL, 1 wrote; 1 differences.\n"
        "  not read: [('core_person', 'write')], not written: []\n"
        "    SELECT 1\n"
    ) in result.stdout
    assert result.returncode == 1


def test_a_worker_that_tells_nothing_fails_the_run(folder: Path) -> None:
    (folder / "conftest.py").write_text(
        "import pytest\n\n@pytest.hookimpl(trylast=True)\ndef pytest_sessionfinish(session):\n"
        "    getattr(session.config, 'workeroutput', {}).pop('oracle', None)\n"
    )
    result = run(folder, "-n2")
    assert "2 passed" in result.stdout, result.stdout + result.stderr
    assert (
        "ended without telling what it compared: no reason given\n    worker gw0" in result.stdout
    )
    assert result.returncode == 1


def test_what_is_sent_is_compared(
    db: None, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    settings.GOVERNANCE = {"MODE": "report"}
    mine = oracle.Oracle(database=oracle.ORACLE.database)
    monkeypatch.setattr(oracle, "ORACLE", mine)
    Person.objects.update(name="Ada")
    assert (mine.statements, mine.writes, mine.differences) == (1, 1, {})
    monkeypatch.setattr(oracle, "classify", lambda text: READ)
    Person.objects.update(name="Ada")
    told = ["not read: [('core_person', 'write')], not written: []"]
    assert list(mine.differences.values()) == told


def test_a_second_run_in_one_checkout_is_refused() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", "tests/test_public.py"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (result.returncode, result.stderr) == (
        4,
        f"ERROR: Another run of the tests goes on in {CHECKOUT}, and both would use one test "
        "database. Wait for it, or run these in a worktree of their own.\n\n",
    )

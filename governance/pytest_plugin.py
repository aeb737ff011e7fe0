"""The pytest plugin: which code wrote which table while tests ran, and was it permitted?

pytest loads this file wherever the package is installed, so it imports neither Django nor
models. Everything else is imported once tests begin, if ``governance`` is an installed app.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from datetime import date
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from governance.testing.written import Writes

_LEVELS = ("off", "report", "fail")
_SUFFIXES = (".json", ".md", ".sarif")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("governance", "ownership of tables (django-schema-governance)")
    group.addoption(
        "--governance",
        choices=_LEVELS,
        help="What to do when code under test writes a table of another module: off: do not "
        "look; report: tell at the end; fail: fail the test that caused it.",
    )
    group.addoption(
        "--governance-report",
        nargs="?",
        const="",
        metavar="FILE",
        help="Show who wrote which tables, and what was not permitted; or write it to a file "
        f"({', '.join(_SUFFIXES)}).",
    )
    group.addoption(
        "--governance-baseline",
        choices=("check", "adopt", "shrink"),
        default="check",
        help="adopt: accept what is new; needs a reason and an end. shrink: take out what a run "
        "of all tests no longer sees.",
    )
    group.addoption("--governance-reason", metavar="TEXT", default="", help="Why it is adopted.")
    group.addoption("--governance-until", metavar="DATE", help="Last day on which it is accepted.")
    group.addoption("--governance-issue", metavar="LINK", default="", help="Where it is followed.")
    parser.addini("governance", "Default of --governance: off, report or fail.", default="")


def pytest_configure(config: pytest.Config) -> None:
    text = 'governance(level): "off", "report" or "fail" instead of --governance, for this test.'
    config.addinivalue_line("markers", text)
    ini = config.getini("governance")
    if ini and ini not in _LEVELS:
        raise pytest.UsageError(f"governance = {ini!r} in {config.inipath}: {_choice()}")
    _check_terms(config)
    report = config.getoption("governance_report")
    if report and PurePath(report).suffix not in _SUFFIXES:
        raise pytest.UsageError(
            f"--governance-report={report}: the name must end in {', '.join(_SUFFIXES)}. "
            "Without a file, put the option behind the paths."
        )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, Any, Any]:
    """Begin to watch: whoever sets Django up has done so by now."""
    config = session.config
    level = config.getoption("governance") or config.getini("governance") or None
    if level != "off" and not config.option.collectonly and _is_installed():
        _check_markers(getattr(session, "items", []))  # xdist's controller has none
        config.pluginmanager.register(_watch(config, level), "governance-watch")
    return (yield)


@pytest.fixture
def governance_writes() -> Callable[[], Writes]:
    """Record writes: ``with governance_writes() as writes: …``, then ask ``writes``."""
    from governance.testing.written import Writes

    return Writes


def _watch(config: pytest.Config, level: str | None) -> object:
    from governance import conf
    from governance.testing.levels import Level
    from governance.testing.watch import Choices, Watch

    for finding in conf.settings().findings if level == "fail" else ():
        raise pytest.UsageError(f"--governance=fail: {finding.message} {finding.hint}")
    baseline = config.getoption("governance_baseline")
    adopts = baseline == "adopt"
    until = config.getoption("governance_until")
    choices = Choices(
        level=Level.REPORT if adopts else Level(level) if level else None,
        report=config.getoption("governance_report"),
        baseline=baseline,
        reason=config.getoption("governance_reason"),
        until=date.fromisoformat(until) if until else date.max,
        issue=config.getoption("governance_issue"),
    )
    return Watch(config, choices)


def _is_installed() -> bool:
    django_apps = sys.modules.get("django.apps")
    if django_apps is None or not django_apps.apps.ready:
        return False
    return bool(django_apps.apps.is_installed("governance"))


def _check_terms(config: pytest.Config) -> None:
    if config.getoption("governance_baseline") != "adopt":
        return
    until = config.getoption("governance_until")
    if not config.getoption("governance_reason").strip() or not until:
        raise pytest.UsageError(
            '--governance-baseline=adopt: add --governance-reason="…" --governance-until=2027-06-30'
        )
    try:
        date.fromisoformat(until)
    except ValueError:
        raise pytest.UsageError(
            f"--governance-until={until}: write a day like 2027-06-30."
        ) from None


def _check_markers(items: list[pytest.Item]) -> None:
    for item in items:
        for marker in item.iter_markers("governance"):
            if len(marker.args) != 1 or marker.args[0] not in _LEVELS:
                raise pytest.UsageError(f"{item.nodeid}: @pytest.mark.governance(…): {_choice()}")


def _choice() -> str:
    return f"choose one of {', '.join(_LEVELS)}."

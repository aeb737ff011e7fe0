"""Hooks of pytest for a run in which writes are watched."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import pytest

from governance.exceptions import BaselineRefused
from governance.findings import Finding
from governance.testing import levels, output
from governance.testing.closing import Balance, adopt, close, shrink
from governance.testing.completeness import is_complete
from governance.testing.levels import Level
from governance.testing.messages import told
from governance.testing.recording import Recording

Hook: TypeAlias = Generator[None, Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The options of a run."""

    level: Level | None
    """None lets the project decide."""
    report: str | None
    """Name of a file; empty for a section in the terminal, None for no report."""
    baseline: str
    """check, adopt or shrink."""
    reason: str = ""
    until: date = date.max
    issue: str = ""


class Watch:
    """Registered once tests begin, in each process of the run."""

    def __init__(self, config: pytest.Config, choices: Choices) -> None:
        self.recording = Recording(with_writes=choices.report is not None)
        self._choices = choices
        self._config = config
        self._is_worker = hasattr(config, "workeroutput")
        self._lost = False
        """Whether a worker of pytest-xdist has ended without telling what it saw."""
        self._deselected = 0
        self._balance: Balance | None = None
        self._change = ""
        """What became of the baseline."""
        self.recording.start()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Hook:
        self._settle(self._choices.level)
        self.recording.test = item.nodeid
        self.recording.muted = self._level_of(item) is Level.OFF
        try:
            return (yield)
        finally:
            self.recording.test = ""
            self.recording.muted = False

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Hook:
        """What fixtures caused is told by the test itself, so that it still runs."""
        try:
            return (yield)
        except BaseException as error:
            self._add_section(item, "setup", error)
            raise

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Hook:
        return (yield from self._failing_after(item, "call"))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Hook:
        return (yield from self._failing_after(item, "teardown"))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Take what a worker of pytest-xdist has recorded; one that crashed has nothing."""
        sent = getattr(node, "workeroutput", {}).get("governance")
        if sent is None or error:
            self._lost = True
        if sent is not None:
            self.recording.join(sent["seen"])
            self._deselected += sent["deselected"]

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self._deselected += len(items)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self._settle(self._choices.level)
        self.recording.stop()
        if self._is_worker:
            sent = {"seen": self.recording.packed(), "deselected": self._deselected}
            self._config.workeroutput["governance"] = sent  # type: ignore[attr-defined]
            return
        complete = is_complete(session) and not self._lost and not self._deselected
        balance = close(self.recording, complete=complete)
        if self._choices.baseline != "check" and self._change_baseline(session, balance):
            balance = close(self.recording, complete=complete)
        self._blame_growth(balance)
        if session.exitstatus == pytest.ExitCode.OK and self._fails(balance):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if self._choices.report:
            output.save(self._choices.report, balance)
        self._balance = balance

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        balance, report = self._balance, self._choices.report
        if balance is None:
            return
        loud = self._config.option.verbose >= 0
        if report == "" or self._fails(balance):
            terminalreporter.section("governance")
            text = output.full(balance) if report == "" else output.short(balance)
            terminalreporter.write(text)
        elif loud and self._choices.baseline == "check":
            terminalreporter.write(output.notice(balance))
        if self._change:
            terminalreporter.write_line(f"governance: {self._change}")
        if report and loud:
            terminalreporter.write_line(f"governance: written to {report}")

    def _failing_after(self, item: pytest.Item, phase: str) -> Hook:
        """Fail a test that passes otherwise; one that fails already gets a section more."""
        try:
            result = yield
        except BaseException as error:
            self._add_section(item, phase, error)
            raise
        kept = getattr(item, "_excinfo", None)  # a unittest.TestCase keeps its errors there
        if kept:
            self._add_section(item, phase, kept[0].value)
            return result
        findings = self._settle(self._level_of(item))
        if findings:
            pytest.fail(told(findings), pytrace=False)
        return result

    def _settle(self, level: Level | None) -> list[Finding]:
        """Return what was seen since the last time, and fails."""
        failing = [found for found in self.recording.take() if levels.fails(found, level)]
        self.recording.blame(failing)
        return failing

    def _add_section(self, item: pytest.Item, phase: str, error: BaseException) -> None:
        findings = self._settle(self._level_of(item))
        untold = [finding for finding in findings if finding.message not in str(error)]
        if untold:
            item.add_report_section(phase, "governance", told(untold))

    def _level_of(self, item: pytest.Item) -> Level | None:
        marker = item.get_closest_marker("governance")
        return Level(marker.args[0]) if marker else self._choices.level

    def _blame_growth(self, balance: Balance) -> None:
        """No test alone can tell that there are more places than before."""
        for violation in balance.grown:
            violation.fails = levels.counts(violation.finding, self._choices.level)

    def _fails(self, balance: Balance) -> bool:
        wrong = balance.remarks and self._choices.level is not Level.REPORT
        return bool(balance.blamed or wrong)

    def _change_baseline(self, session: pytest.Session, balance: Balance) -> bool:
        """Adopt or shrink; tell whether that was possible."""
        chosen = self._choices
        try:
            if chosen.baseline == "shrink":
                self._change = shrink(balance, self.recording)
            else:
                terms = {"reason": chosen.reason, "until": chosen.until, "issue": chosen.issue}
                self._change = adopt(balance, **terms)  # type: ignore[arg-type]
        except BaselineRefused as error:
            self._change = str(error)
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
            return False
        return True

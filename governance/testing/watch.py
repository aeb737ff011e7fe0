"""Hooks of pytest for a run in which writes are watched."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeAlias

import pytest

from governance.findings import Finding
from governance.testing import levels, output
from governance.testing.completeness import is_complete
from governance.testing.levels import Level
from governance.testing.messages import told
from governance.testing.recording import Recording

Hook: TypeAlias = Generator[None, Any, Any]


class Watch:
    """Registered once tests begin, in each process of the run."""

    def __init__(self, config: pytest.Config, *, level: Level | None, report: str | None) -> None:
        self.recording = Recording(with_writes=report is not None)
        self._level = level
        self._report = report
        self._config = config
        self._is_worker = hasattr(config, "workeroutput")
        self._deselected = 0
        self._lost = False
        self.recording.start()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Hook:
        self._settle(self._level)
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
            self.recording.join(sent)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self._settle(self._level)
        self.recording.stop()
        if self._is_worker:
            self._config.workeroutput["governance"] = self.recording.packed()  # type: ignore[attr-defined]
            return
        if session.exitstatus == pytest.ExitCode.OK and self._blamed():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if self._report:
            output.save(self._report, self.recording)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self._report == "":
            complete = is_complete(terminalreporter) and not self._lost
            terminalreporter.section("governance")
            terminalreporter.write(output.full(self.recording, complete=complete))
        elif self._blamed():
            terminalreporter.section("governance")
            terminalreporter.write(output.short(self._blamed()))
        elif self._config.option.verbose >= 0:
            terminalreporter.write(output.notice(self.recording))
        if self._report and self._config.option.verbose >= 0:
            terminalreporter.write_line(f"governance: written to {self._report}")

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
        return Level(marker.args[0]) if marker else self._level

    def _blamed(self) -> list[Any]:
        return [v for v in self.recording.violations.values() if v.fails]

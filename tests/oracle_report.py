"""What the oracle found, told and judged once for all processes of a run.

A worker of pytest-xdist hands over what it compared; the process that started it sums up. A
difference in any of them fails the run, and so does a worker that tells nothing.
"""

from typing import Any

import pytest

from tests.oracle import ORACLE


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    sent = getattr(node, "workeroutput", {}).get("oracle")
    if sent is None:
        lost = f"ended without telling what it compared: {error or 'no reason given'}"
        ORACLE.differences[f"worker {node.gateway.id}"] = lost
        return
    ORACLE.statements += sent["statements"]
    ORACLE.writes += sent["writes"]
    ORACLE.differences.update(sent["differences"])


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["oracle"] = {
            "statements": ORACLE.statements,
            "writes": ORACLE.writes,
            "differences": ORACLE.differences,
        }
    elif ORACLE.differences and not session.exitstatus:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(
        f"Oracle: {ORACLE.statements:,} statements compared with PostgreSQL, "
        f"{ORACLE.writes:,} wrote; {len(ORACLE.differences)} differences."
    )
    for text, difference in ORACLE.differences.items():
        terminalreporter.write_line(f"  {difference}\n    {text}")

"""What a test run tells at its end: a line, a section, a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from governance import conf
from governance.findings import Finding
from governance.ownership import current
from governance.report.json import json
from governance.report.sarif import sarif
from governance.report.text import listing
from governance.testing.closing import Balance
from governance.testing.matrix import matrix
from governance.testing.violations import Violation

_MOST_TESTS = 3


def notice(balance: Balance) -> str:
    """Return one line, or nothing when nothing new was seen, and nothing kept us from looking."""
    if conf.settings().findings:
        return f"governance: {_why_nothing()}\n"
    number = len(balance.fresh)
    if not number:
        return ""
    what = "write that its module" if number == 1 else "writes that their modules"
    return f"governance: {number} {what} may not do (see them: --governance-report)\n"


def short(balance: Balance) -> str:
    """Return what makes the run fail: the failed tests have told the rest."""
    parts = [_line(violation, balance) for violation in balance.blamed]
    if balance.remarks:
        parts.append(listing(balance.remarks))
    return "\n".join(parts) + "\n"


def full(balance: Balance) -> str:
    """Return the section of ``--governance-report``."""
    parts = [reason] if (reason := _why_nothing()) else []
    if balance.writes:
        parts.append(matrix(balance.writes).text())
    parts.append(_summary(balance))
    parts += [_block(violation, balance) for violation in balance.fresh]
    if balance.remarks:
        parts.append(listing(balance.remarks))
    if not balance.complete:
        parts.append("Not all tests have run and passed, so this may not be all that they write.")
    return "\n\n".join(parts) + "\n"


def save(path: str, balance: Balance) -> None:
    """Write the report; the end of the name tells the format."""
    match Path(path).suffix:
        case ".sarif":
            text = sarif([*_findings(balance.fresh), *balance.remarks])
        case ".json":
            text = _json(balance)
        case _:
            text = _markdown(balance)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text + "\n", encoding="utf-8")


def _why_nothing() -> str:
    """Return why nothing can have been recorded; empty when it could."""
    for finding in conf.settings().findings:
        return f"{finding.message} {finding.hint}"
    if current.mode("writes") is conf.Mode.OFF and not conf.settings().MODULES:
        return "GOVERNANCE['MODE'] is 'off' for writes, so nothing was recorded."
    return ""


def _summary(balance: Balance) -> str:
    new = _counted(len(balance.fresh), "new violation", "new violations")
    return f"{new}, {len(balance.accepted)} in the baseline or waived."


def _line(violation: Violation, balance: Balance) -> str:
    finding = violation.finding
    place = f"{finding.location}, " if finding.location else ""
    return f"{finding.message}\n  {place}{_cause(violation)}{_growth(violation, balance)}"


def _block(violation: Violation, balance: Balance) -> str:
    finding = violation.finding
    hint = "".join(f"\n  {line}" for line in finding.hint.splitlines())
    caller = f", in {finding.location.function}" if finding.location else ""
    place = f"\n  where    {finding.location}{caller}" if finding.location else ""
    cause = f"{_cause(violation)}{_growth(violation, balance)}"
    return f"{finding.message}{place}{hint}\n  {cause}\n  {_names(violation)}"


def _cause(violation: Violation) -> str:
    times = _counted(violation.count, "time", "times")
    tests = sorted(violation.tests)
    if not tests:
        return f"{times}, outside of tests"
    more = len(tests) - 1
    others = f" and {_counted(more, 'more test', 'more tests')}" if more else ""
    return f"{times}, in {tests[0]}{others}"


def _growth(violation: Violation, balance: Balance) -> str:
    if violation not in balance.grown:
        return ""
    return f"\n  at {', '.join(sorted(violation.places))}: more places than the baseline accepts"


def _names(violation: Violation) -> str:
    finding = violation.finding
    return f"({finding.rule.id} {finding.rule.slug}, fingerprint {finding.fingerprint})"


def _json(balance: Balance) -> str:
    runs = [_run(violation, status="new") for violation in balance.fresh]
    runs += [_run(violation, status="accepted") for violation in balance.accepted]
    writes = [asdict(written) | {"count": n} for written, n in sorted(balance.writes.items())]
    extra = {"runs": runs, "writes": writes, "complete": balance.complete}
    return json([*_findings(balance.fresh), *balance.remarks], command="pytest", extra=extra)


def _run(violation: Violation, *, status: str) -> dict[str, object]:
    return {
        "fingerprint": violation.finding.fingerprint,
        "status": status,
        "count": violation.count,
        "tests": sorted(violation.tests),
    }


def _markdown(balance: Balance) -> str:
    parts = ["# Writes of the test run", matrix(balance.writes).markdown(), _summary(balance)]
    return "\n\n".join([*parts, *(_section(violation) for violation in balance.fresh)])


def _section(violation: Violation) -> str:
    finding = violation.finding
    tests = sorted(violation.tests)[:_MOST_TESTS]
    lines = [f"- {finding.location}, in `{finding.location.function}`"] if finding.location else []
    lines += [f"- {' '.join(line.split())}" for line in finding.hint.splitlines()]
    lines += [f"- {_counted(violation.count, 'time', 'times')}"]
    lines += [f"- `{test}`" for test in tests]
    return f"## {finding.message}\n\n" + "\n".join(lines)


def _findings(violations: Sequence[Violation]) -> list[Finding]:
    return [violation.finding for violation in violations]


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"

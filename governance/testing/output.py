"""What a test run tells at its end: a line, a section, a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from governance import conf
from governance.ownership import current
from governance.report.json import json
from governance.report.sarif import sarif
from governance.testing.levels import is_accepted
from governance.testing.matrix import Matrix, matrix
from governance.testing.recording import Recording
from governance.testing.violations import Violation, Written

_MOST_TESTS = 3


def notice(recording: Recording) -> str:
    """Return one line, or nothing when nothing new was seen."""
    fresh, _ = _sorted_out(recording)
    if not fresh:
        return ""
    counted = _counted(len(fresh), "write that its module may not do", "writes that their modules")
    counted = counted if len(fresh) == 1 else f"{counted} may not do"
    return f"governance: {counted} (see them: --governance-report)\n"


def short(violations: Sequence[Violation]) -> str:
    """Return what made the run fail: the failed tests have told the rest."""
    blocks = (_line(violation) for violation in _in_order(violations))
    return "\n".join(blocks) + "\n"


def full(recording: Recording, *, complete: bool) -> str:
    """Return the section of ``--governance-report``."""
    fresh, accepted = _sorted_out(recording)
    parts = [reason] if (reason := why_nothing()) else []
    if recording.writes:
        parts.append(matrix(recording.writes).text())
    parts.append(_summary(fresh, accepted))
    parts += [_block(violation) for violation in fresh]
    if not complete:
        parts.append("Not all tests have run, so this is not all that they write.")
    return "\n\n".join(parts) + "\n"


def save(path: str, recording: Recording) -> None:
    """Write the report; the end of the name tells the format."""
    fresh, accepted = _sorted_out(recording)
    match Path(path).suffix:
        case ".sarif":
            text = sarif([violation.finding for violation in fresh])
        case ".json":
            text = _json(fresh, accepted, recording)
        case _:
            text = _markdown(fresh, accepted, recording)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text + "\n", encoding="utf-8")


def why_nothing() -> str:
    """Return why nothing can have been recorded; empty when it could."""
    for finding in conf.settings().findings:
        return f"{finding.message} {finding.hint}"
    if current.mode("writes") is conf.Mode.OFF and not conf.settings().MODULES:
        return "GOVERNANCE['MODE'] is 'off' for writes, so nothing was recorded."
    return ""


def _sorted_out(recording: Recording) -> tuple[list[Violation], list[Violation]]:
    """Return what is new, and what is in the baseline or waived."""
    every = _in_order(recording.violations.values())
    accepted = [violation for violation in every if is_accepted(violation.finding)]
    return [violation for violation in every if violation not in accepted], accepted


def _in_order(violations: Iterable[Violation]) -> list[Violation]:
    """The same order whichever worker saw what first."""
    return sorted(violations, key=lambda v: (v.finding.owner, v.finding.actor, v.finding.message))


def _summary(fresh: Sequence[Violation], accepted: Sequence[Violation]) -> str:
    new = _counted(len(fresh), "new violation", "new violations")
    return f"{new}, {len(accepted)} in the baseline or waived."


def _line(violation: Violation) -> str:
    finding = violation.finding
    place = f"{finding.location}, " if finding.location else ""
    return f"{finding.message}\n  {place}{_cause(violation)}"


def _block(violation: Violation) -> str:
    finding = violation.finding
    hint = "".join(f"\n  {line}" for line in finding.hint.splitlines())
    caller = f", in {finding.location.function}" if finding.location else ""
    place = f"\n  where    {finding.location}{caller}" if finding.location else ""
    return f"{finding.message}{place}{hint}\n  {_cause(violation)}\n  {_names(violation)}"


def _cause(violation: Violation) -> str:
    times = _counted(violation.count, "time", "times")
    tests = sorted(violation.tests)
    if not tests:
        return f"{times}, outside of tests"
    more = len(tests) - 1
    others = f" and {_counted(more, 'more test', 'more tests')}" if more else ""
    return f"{times}, in {tests[0]}{others}"


def _names(violation: Violation) -> str:
    finding = violation.finding
    return f"({finding.rule.id} {finding.rule.slug}, fingerprint {finding.fingerprint})"


def _json(fresh: Sequence[Violation], accepted: Sequence[Violation], recording: Recording) -> str:
    runs = [_run(violation, status="new") for violation in fresh]
    runs += [_run(violation, status="accepted") for violation in accepted]
    extra = {"runs": runs, "writes": [_entry(*pair) for pair in _by_place(recording)]}
    return json([violation.finding for violation in fresh], command="pytest", extra=extra)


def _run(violation: Violation, *, status: str) -> dict[str, object]:
    return {
        "fingerprint": violation.finding.fingerprint,
        "status": status,
        "count": violation.count,
        "tests": sorted(violation.tests),
    }


def _entry(written: Written, count: int) -> dict[str, object]:
    return asdict(written) | {"count": count}


def _by_place(recording: Recording) -> list[tuple[Written, int]]:
    return sorted(recording.writes.items())


def _markdown(
    fresh: Sequence[Violation], accepted: Sequence[Violation], recording: Recording
) -> str:
    shown: Matrix = matrix(recording.writes)
    parts = ["# Writes of the test run", shown.markdown(), _summary(fresh, accepted)]
    parts += [_section(violation) for violation in fresh]
    return "\n\n".join(parts)


def _section(violation: Violation) -> str:
    finding = violation.finding
    tests = sorted(violation.tests)[:_MOST_TESTS]
    lines = [f"- {finding.location}, in `{finding.location.function}`"] if finding.location else []
    lines += [f"- {' '.join(line.split())}" for line in finding.hint.splitlines()]
    lines += [f"- {_counted(violation.count, 'time', 'times')}"]
    lines += [f"- `{test}`" for test in tests]
    return f"## {finding.message}\n\n" + "\n".join(lines)


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"

"""How right is the review of migrations, beside other people's tools, on other people's projects?

    python benchmarks/review_corpora.py --peers VENV --truth TRUTH.json PATH…

Each PATH is a checkout or an unpacked sdist (see ``review_subjects``). TRUTH says what each
migration really does, ``{"app.0002_x": "unsafe" | "safe" | "grey"}``: unsafe fails on rows, reads
or writes a table as a whole under a lock that stops writers, breaks a statement of the old or the
new release, loses data, or can't be undone with rows. Grey ones are left out. Where TRUTH is
silent, the author's own verdict counts, and where there is none, the migration is left out.

Needs a PostgreSQL (PGHOST, PGDATABASE, PGUSER) that may be empty.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parent))

from review_subjects import Subject, find
from review_tools import TOOLS, Absent, Alarms


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--peers", type=Path, help="virtual environment of the other tools")
    parser.add_argument("--truth", type=Path, action="append", default=[])
    parser.add_argument("--only", action="append", choices=TOOLS, help="tools to run (all)")
    options = parser.parse_args()
    if "PGDATABASE" not in os.environ or "PGHOST" not in os.environ:
        parser.error("set PGHOST and PGDATABASE to a PostgreSQL that the tools may connect to")
    truth: dict[str, str] = {}
    for file in options.truth:
        truth |= json.loads(file.read_text())
    for path in options.paths:
        _judge(path, truth, options.peers, options.only or list(TOOLS))
    return 0


def _judge(path: Path, truth: dict[str, str], peers: Path | None, tools: list[str]) -> None:
    console = Console(soft_wrap=True)
    with tempfile.TemporaryDirectory() as folder:
        subject = find(path, Path(folder) / "apps")
        verdicts = _verdicts(subject, truth)
        unsafe = sum(verdict == "unsafe" for verdict in verdicts.values())
        title = f"{subject.name}: {unsafe} unsafe, {len(verdicts) - unsafe} safe"
        table = Table("tool", "found", "recall", "false alarms", "rate", title=title)
        lists = []
        for tool in tools:
            try:
                alarms = TOOLS[tool](subject, Path(folder), peers)
            except Absent as reason:
                table.add_row(tool, "absent", "", "", "")
                lists.append(f"{tool} is absent: {reason}")
                continue
            missed, false = _compare(subject, verdicts, alarms)
            table.add_row(tool, *_row(len(missed), unsafe, len(false), len(verdicts) - unsafe))
            if tool.startswith("ours"):
                lists += [f"{tool} missed {case}" for case in missed]
                lists += [f"{tool} alarms: {c} ({_said(subject, c, alarms)})" for c in false]
    console.print(table)
    for line in lists:
        console.print(f"  {line}", markup=False, highlight=False)


def _verdicts(subject: Subject, truth: dict[str, str]) -> dict[str, str]:
    """Return the verdicts to measure by: the truth, else the author's."""
    found = {}
    for case in subject.cases:
        verdict = truth.get(case) or subject.author.get(case, "")
        if verdict in ("unsafe", "safe"):
            found[case] = verdict
    return found


def _compare(
    subject: Subject, verdicts: dict[str, str], alarms: Alarms
) -> tuple[list[str], list[str]]:
    alarmed = {case for case in verdicts if any(alarms.get(m) for m in subject.cases[case])}
    missed = [c for c, verdict in verdicts.items() if verdict == "unsafe" and c not in alarmed]
    false = [c for c, verdict in verdicts.items() if verdict == "safe" and c in alarmed]
    return missed, false


def _row(missed: int, unsafe: int, false: int, safe: int) -> tuple[str, str, str, str]:
    found = unsafe - missed
    recall = f"{found / unsafe:.3f}" if unsafe else "–"
    rate = f"{false / safe:.3f}" if safe else "–"
    return f"{found}/{unsafe}", recall, f"{false}/{safe}", rate


def _said(subject: Subject, case: str, alarms: Alarms) -> str:
    return ", ".join(sorted({a for m in subject.cases[case] for a in alarms.get(m, ())}))


if __name__ == "__main__":
    sys.exit(main())

"""Show which code writes tables of another module, read from the source."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from governance.management.options import GovernanceCommand
from governance.ownership import current
from governance.scan.judging import low_resolution
from governance.scan.project import scan
from governance.scan.results import Scan


class Command(GovernanceCommand):
    help = "Find code that writes tables of another module, without running it."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        self.add_report_arguments(parser)
        parser.add_argument("paths", nargs="*", help="Look only at these files and folders.")
        parser.add_argument(
            "--min-resolution",
            type=_percent,
            default=0.0,
            metavar="PERCENT",
            help="Fail when less than this share of the calls that look like writes is resolved.",
        )
        parser.add_argument(
            "--unresolved", action="store_true", help="List the calls that were not resolved."
        )
        parser.add_argument(
            "--reads", action="store_true", help="Add what each module reads to the JSON output."
        )
        parser.add_argument(
            "--jobs", type=_positive, default=None, metavar="N", help="Number of processes."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        self.check_settings()
        for path in options["paths"]:
            if not Path(path).exists():
                raise CommandError(f"There is no file or folder {path!r}.", returncode=2)
        result = self._scan(options)
        findings = list(result.findings)
        if result.resolution.percent < options["min_resolution"]:
            findings.append(
                low_resolution(
                    result.resolution.percent, options["min_resolution"], len(result.unresolved)
                )
            )
        if options["format"] == "text":
            self._show_unresolved(result, wanted=options["unresolved"])
        try:
            self.finish(findings, options, extra=_extra(result, reads=options["reads"]))
        finally:
            if options["format"] == "text":
                self.stdout.write(closing(result))

    def _scan(self, options: dict[str, Any]) -> Scan:
        registry = current.ownership().registry
        wanted = {"paths": options["paths"] or None, "reads": options["reads"]}
        if not sys.stderr.isatty():
            return scan(registry, jobs=options["jobs"], **wanted)
        columns = TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TextColumn("files")
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("files", total=None)

            def show(done: int, total: int) -> None:
                bar.update(task, completed=done, total=total)

            return scan(registry, jobs=options["jobs"], progress=show, **wanted)

    def _show_unresolved(self, result: Scan, *, wanted: bool) -> None:
        for entry in result.unresolved if wanted else ():
            self.stdout.write(f"unresolved: {entry.text}\n  at {entry.location}")


def closing(result: Scan) -> str:
    """Return the last line: what was looked at, and how much of it was understood."""
    rate = result.resolution
    scope = "" if result.complete else " (not the whole project)"
    return (
        f"{_counted(result.files, 'file')}{scope}, {_counted(len(result.writes), 'write')}, "
        f"resolution {rate.percent:.1f} % ({rate.resolved} of {rate.total})."
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _extra(result: Scan, *, reads: bool) -> dict[str, Any]:
    rate = result.resolution
    extra: dict[str, Any] = {
        "files": result.files,
        "complete": result.complete,
        "resolution": {
            "resolved": rate.resolved,
            "total": rate.total,
            "percent": round(rate.percent, 1),
        },
        "writes": [asdict(access) for access in result.writes],
        "unresolved": [asdict(entry) for entry in result.unresolved],
    }
    return extra | ({"reads": [asdict(access) for access in result.reads]} if reads else {})


def _percent(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError(f"{text} is no percentage between 0 and 100")
    return value


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number of processes")
    return value

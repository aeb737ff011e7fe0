"""Everything at once: what is wrong, what is accepted, and whether it becomes less."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from governance.acceptance import history, judging
from governance.acceptance.baseline import path_in_force, read
from governance.acceptance.entries import SCAN, Baseline, one_layer
from governance.acceptance.settling import Settled, settle
from governance.exceptions import BaselineRefused
from governance.findings import Finding
from governance.management.adoption import (
    add_baseline_arguments,
    adopt,
    check_combination,
    check_writable,
    shrink,
    terms,
)
from governance.management.options import GovernanceCommand
from governance.management.survey import Survey, of_production, survey
from governance.ownership import current
from governance.report.review import review
from governance.report.review_html import html
from governance.report.review_markdown import markdown

_HTML = (".html", ".htm")


class Command(GovernanceCommand):
    help = "Check declarations, code and database against what is accepted so far."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        self.add_report_arguments(parser)
        parser.add_argument("paths", nargs="*", help="Scan these files and folders only.")
        parser.add_argument(
            "--observed", action="store_true", help="Include what was seen at run time."
        )
        parser.add_argument(
            "--tests", metavar="FILE", help="Include what a run of the tests reported as json."
        )
        parser.add_argument(
            "--since", metavar="REF", help="Show what the baseline accepts beyond that commit."
        )
        parser.add_argument(
            "--report",
            metavar="FILE",
            help="Write the data ownership review: .md, .html, or - for the terminal.",
        )
        add_baseline_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        self.check_settings()
        check_combination(options, "since", "report")
        _check_ending(options["report"])
        path = path_in_force()
        baseline = read(path)
        try:
            if options["adopt"]:
                self._adopt(path, baseline, options)
            elif options["shrink"]:
                self._shrink(path, baseline, options)
            else:
                self._check(path, baseline, options)
        except BaselineRefused as error:
            raise CommandError(str(error), returncode=2) from error

    def _adopt(self, path: Path, baseline: Baseline, options: dict[str, Any]) -> None:
        check_writable(path, baseline)
        fresh = _settled(self._survey(options), baseline).fresh
        adopt(self, path, baseline, fresh, terms(options))

    def _shrink(self, path: Path, baseline: Baseline, options: dict[str, Any]) -> None:
        check_writable(path, baseline)
        found = self._survey(options)
        shrink(self, path, baseline, found.findings, found.complete)

    def _check(self, path: Path, baseline: Baseline, options: dict[str, Any]) -> None:
        found = self._survey(options)
        settled = _settled(found, baseline)
        about = [
            *baseline.findings,
            *judging.ended(settled, path),
            *judging.stale(baseline, found.findings, found.complete, path),
            *self._about_waivers(found, options),
            *_grown(path, baseline, options["since"]),
        ]
        if options["report"]:
            self._write_review(found, settled, options["report"])
        findings = replace(
            settled,
            fresh=(*one_layer(settled.fresh), *about),
            baselined=one_layer(settled.baselined),
            waived=one_layer(settled.waived),
        )
        if options["report"] == "-":
            self.leave(findings.fresh, options)
            return
        trend = history.trend(baseline, history.past(path)) if baseline.entries else ""
        kept = {"entries": len(baseline.entries), "places": baseline.places, "trend": trend}
        self.finish(findings, options, extra={"baseline": kept}, closing=trend)

    def _survey(self, options: dict[str, Any]) -> Survey:
        return survey(
            alias=self.alias(options),
            paths=options["paths"],
            observed=options["observed"],
            tests=options["tests"],
        )

    def _about_waivers(self, found: Survey, options: dict[str, Any]) -> list[Finding]:
        """What only a running program shows may be waived too, so production is asked as well."""
        if SCAN not in found.complete:
            return []
        try:
            seen = [*found.findings, *of_production(self.alias(options))]
        except CommandError:
            return []
        return judging.unmatched(current.ownership().registry, seen)

    def _write_review(self, found: Survey, settled: Settled, name: str) -> None:
        reviewed = review(settled, found.scan, current.ownership().registry)
        if name == "-":
            self.stdout.write(markdown(reviewed))
            return
        path = Path(name)
        text = html(reviewed) if path.suffix.lower() in _HTML else markdown(reviewed)
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(
                f"{name} can't be written: {error.strerror}.", returncode=2
            ) from error
        self.stderr.write(f"wrote {name}")


def _check_ending(name: str | None) -> None:
    if name and name != "-" and Path(name).suffix.lower() not in {".md", *_HTML}:
        raise CommandError(
            f"--report {name}: the name ends with .md or .html, or is - for the terminal.",
            returncode=2,
        )


def _settled(found: Survey, baseline: Baseline) -> Settled:
    return settle(found.findings, registry=current.ownership().registry, baseline=baseline)


def _grown(path: Path, baseline: Baseline, since: str | None) -> list[Finding]:
    if since is None or baseline.findings:
        return []
    return judging.grown(history.at(path, since), baseline, path, since=since)

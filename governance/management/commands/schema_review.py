"""Show what migrations do, what is risky about it, and whether somebody has looked at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError, connections

from governance.acceptance import judging
from governance.acceptance.baseline import path_in_force, read
from governance.acceptance.entries import REVIEW
from governance.acceptance.settling import Settled, settle_in_force
from governance.exceptions import BaselineRefused, ConfigurationError
from governance.findings import Finding, Severity
from governance.gate.carded import judge_cards
from governance.gate.reviewing import Review, review_all
from governance.gate.selecting import Selection
from governance.management import carding, scope
from governance.management.adoption import (
    add_baseline_arguments,
    adopt,
    check_combination,
    check_writable,
    shrink,
    terms,
)
from governance.management.options import GovernanceCommand
from governance.ownership import current
from governance.report.migrations import migration as block
from governance.review import stats
from governance.review.details import details, title
from governance.review.loading import TolerantLoader
from governance.review.sizes import NO_SIZES, Sizes


class Command(GovernanceCommand):
    help = "Review migrations: phases, locks, what breaks, how to go back, and their cards."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        self.add_report_arguments(parser)
        scope.add_arguments(parser)
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--card", action="store_true", help="Write or renew review cards.")
        what.add_argument("--check", action="store_true", help="Judge the review cards only.")
        what.add_argument("--sql", action="store_true", help="Show the SQL as well.")
        what.add_argument(
            "--write-stats",
            metavar="FILE",
            help="Write the sizes of the tables of a database, for --stats; - for the terminal.",
        )
        parser.add_argument(
            "--stats", metavar="FILE", help="Sizes of tables: rules are silent about small ones."
        )
        add_baseline_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        self.check_settings()
        self.require_postgresql(self.alias(options))
        check_combination(options, "card", "check", "sql", "write_stats")
        try:
            if options["write_stats"]:
                self._write_stats(options)
            elif options["card"]:
                self._write_cards(options)
            elif options["adopt"] or options["shrink"]:
                self._change_baseline(options)
            else:
                self._review(options)
        except (ConfigurationError, BaselineRefused) as error:
            raise CommandError(str(error), returncode=2) from error

    def _write_stats(self, options: dict[str, Any]) -> None:
        alias, name = self.alias(options), options["write_stats"]
        try:
            text = stats.dumps(stats.of_database(connections[alias]))
        except DatabaseError as error:
            raise scope.unreachable(alias, error) from error
        if name == "-":
            self.stdout.write(text, ending="")
            return
        try:
            Path(name).write_text(text, encoding="utf-8")
        except OSError as error:
            raise ConfigurationError(f"{name} can't be written: {error.strerror}.") from error
        self.stderr.write(f"wrote {name}", style_func=str)

    def _write_cards(self, options: dict[str, Any]) -> None:
        carding.refuse_in_ci()
        seen = _seen(self.alias(options), options)
        try:
            written = carding.write_cards(seen.reviews, seen.alias, every=bool(options["name"]))
        except OSError as error:
            reason = f"{error.filename} can't be written: {error.strerror}."
            raise ConfigurationError(reason) from error
        for each in written:
            self.stdout.write(str(each))
        if not written:
            self.stdout.write(f"No migration needs a review card ({seen.chosen.how}).")

    def _change_baseline(self, options: dict[str, Any]) -> None:
        path = path_in_force()
        baseline = read(path)
        check_writable(path, baseline)
        seen = _seen(self.alias(options), options)
        if options["shrink"]:
            if not seen.is_complete:
                raise ConfigurationError(
                    f"Only a review of everything can say what is gone, and this one is of "
                    f"{seen.chosen.how}. Run: manage.py schema_review --all --shrink"
                )
            shrink(self, path, baseline, seen.for_baseline, {REVIEW})
        else:
            fresh = settle_in_force(seen.for_baseline).fresh
            adopt(self, path, baseline, fresh, terms(options))

    def _review(self, options: dict[str, Any]) -> None:
        seen = _seen(self.alias(options), options)
        reviews, chosen = seen.reviews, seen.chosen
        settled = settle_in_force(seen.findings)
        if options["format"] == "text" and not options["check"]:
            whole = scope.is_whole(chosen)
            self._show(reviews, settled.fresh if whole else None, seen.sizes, options)
        extra = {
            "scope": chosen.how,
            "migrations": [_as_data(r, seen.alias, sql=options["sql"]) for r in reviews],
        }
        settled = replace(settled, fresh=(*settled.fresh, *_of_baseline(seen, settled, options)))
        self.finish(settled, options, extra=extra, closing=chosen.told(len(reviews), "reviewed"))

    def _show(
        self,
        reviews: Sequence[Review],
        told: Sequence[Finding] | None,
        sizes: Sizes,
        options: dict[str, Any],
    ) -> None:
        """Show a block for each; of a whole history those only that something is told about."""
        loud = (finding for finding in told or () if finding.severity > Severity.INFO)
        about = {finding.subject.partition("#")[0] for finding in loud}
        for review in reviews:
            if told is not None and review.reviewed.name not in about:
                continue
            self.stdout.write(block(review.reviewed, review.standing.words, sizes))
            if options["sql"]:
                self.stdout.write(f"\n{carding.preview(review, self.alias(options))}")
            self.stdout.write("")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What a run has looked at."""

    alias: str
    chosen: Selection
    sizes: Sizes
    reviews: Sequence[Review]
    findings: Sequence[Finding]

    @property
    def is_complete(self) -> bool:
        """Whether what was not found is gone: nothing was left out, and no size kept us silent."""
        return self.chosen.complete and self.sizes is NO_SIZES

    @property
    def for_baseline(self) -> list[Finding]:
        """The findings, saying who has seen them."""
        return [replace(f, details={**f.details, "layer": REVIEW}) for f in self.findings]


def _seen(alias: str, options: dict[str, Any]) -> _Seen:
    loader = scope.loader_for(alias, options)
    chosen = scope.selection(loader, options)
    sizes = scope.sizes(alias, options)
    reviews = review_all(loader, chosen.keys, sizes=sizes, alias=alias, together=chosen.together)
    found = _of(options["app_label"], _general(loader, reviews, cards=options["check"]))
    for review in reviews:
        found += review.standing.findings if options["check"] else review.everything
    once = list({_identity(f): f for f in found}.values())
    return _Seen(alias=alias, chosen=chosen, sizes=sizes, reviews=reviews, findings=once)


def _of_baseline(seen: _Seen, settled: Settled, options: dict[str, Any]) -> list[Finding]:
    """What is wrong with the baseline, as far as a review can say."""
    path = path_in_force()
    about = judging.ended(settled, path)
    if seen.is_complete and not options["check"]:
        about += judging.stale(read(path), seen.for_baseline, {REVIEW}, path)
    return about


def _general(loader: TolerantLoader, reviews: Sequence[Review], *, cards: bool) -> list[Finding]:
    """What is not about one of the migrations reviewed."""
    about_cards = judge_cards(loader, [review.key for review in reviews])
    if cards:
        return about_cards
    return [*loader.findings, *loader.conflicts(), *loader.unapplied_parents(), *about_cards]


def _of(label: str | None, findings: Sequence[Finding]) -> list[Finding]:
    return [f for f in findings if label is None or f.subject.partition(".")[0] == label]


def _identity(finding: Finding) -> tuple[str, str, str]:
    return finding.rule.slug, finding.subject, finding.message


def _as_data(review: Review, alias: str, *, sql: bool) -> dict[str, Any]:
    reviewed, standing = review.reviewed, review.standing
    registry = current.ownership().registry
    card = standing.card
    data: dict[str, Any] = {
        "migration": reviewed.name,
        "phase": reviewed.phase.value,
        "reversible": reviewed.reversal.value,
        "atomic": reviewed.atomic,
        "risks": list(standing.subject.risks),
        "card": {
            "needed": standing.subject.needs_card,
            "state": standing.words,
            "reviewer": card.reviewer if card else "",
            "acknowledged": sorted(standing.acknowledged),
        },
        "operations": [
            {"number": o.number, "operation": title(o), **details(o, registry.owner_of_table)}
            for o in reviewed.operations
        ],
    }
    return data | ({"sql": carding.preview(review, alias)} if sql else {})

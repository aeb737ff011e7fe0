"""What is wrong with what was accepted: stale, ended, grown, matching nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from governance.acceptance.baseline import lines_of
from governance.acceptance.changes import growth, shrunk_entry
from governance.acceptance.entries import (
    DATABASE,
    OBSERVED,
    REVIEW,
    SCAN,
    TESTS,
    Baseline,
    Entry,
    places_of,
)
from governance.acceptance.settling import Settled
from governance.acceptance.waivers import matches
from governance.findings import Finding, Location
from governance.ownership.declarations import Waiver
from governance.ownership.places import shown
from governance.ownership.registry import Registry
from governance.rules import rule

_SEERS = {
    SCAN: "the scan",
    TESTS: "the tests",
    DATABASE: "the database",
    OBSERVED: "production",
    REVIEW: "the review",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    name: str
    lines: dict[str, int]
    """Fingerprint → line."""


def stale(
    baseline: Baseline, seen: Iterable[Finding], complete: Collection[str], path: Path
) -> list[Finding]:
    """Find entries that accept more than is there.

    ``complete`` names the layers (``entries.SEERS``) that looked at everything; a partial run of
    the tests, or a scan of some paths, can't say that anything is gone.
    """
    places, file = places_of(seen), _file(path)
    findings = []
    for entry in baseline.entries:
        left = shrunk_entry(entry, places.get(entry.fingerprint, {}), complete)
        if left != entry:
            remedy = _remedy(complete)
            fact, hint = _staleness(entry, left, remedy)
            findings.append(_about(entry, "stale-baseline", fact, hint, file))
    return findings


def ended(settled: Settled, path: Path) -> list[Finding]:
    """Say of each entry whose day has passed that this is why its finding is back."""
    file = _file(path)
    return [
        _about(
            entry,
            "baseline-ended",
            f"{_named(entry)} was accepted until {entry.until} ({entry.reason}).",
            f"{_way_out(entry)}, or agree on a new day: "
            f'{_command(entry.seen_by)} --adopt --reason "…" --until DATE',
            file,
        )
        for entry in settled.ended
    ]


def grown(old: Baseline, new: Baseline, path: Path, *, since: str) -> list[Finding]:
    """Say what the baseline accepts now and did not at a commit, with the reason given."""
    before, file = old.by_fingerprint(), _file(path)
    return [
        _about(
            entry,
            "baseline-grown",
            _growth(entry, before.get(entry.fingerprint), since),
            f"Until {entry.until}, because: {entry.reason}"
            + (f"\n{entry.issue}" if entry.issue else ""),
            file,
        )
        for entry in growth(old, new)
    ]


def unmatched(
    registry: Registry, seen: Sequence[Finding], *, today: date | None = None
) -> list[Finding]:
    """Find waivers that accept nothing of what is there; for complete runs only."""
    day = today or date.today()
    return [
        _unmatched(module.name, waiver)
        for module in registry.modules.values()
        for waiver in module.waivers
        if waiver.until >= day and not _is_needed(waiver, module.name, seen, registry)
    ]


def _file(path: Path) -> _File:
    return _File(name=shown(str(path)), lines=lines_of(path))


def _is_needed(waiver: Waiver, owner: str, seen: Sequence[Finding], registry: Registry) -> bool:
    about = (finding for finding in seen if owner == (finding.owner or finding.actor))
    return any(matches(waiver, finding, registry) for finding in about)


def _way_out(entry: Entry) -> str:
    if entry.seen_by == (REVIEW,):
        return "Write what the rule's page says"
    return f"Use the interface of {entry.owner or 'the owner'}"


def _command(seers: Collection[str]) -> str:
    return "schema_review --all" if set(seers) == {REVIEW} else "schema_check"


def _remedy(complete: Collection[str]) -> str:
    """Who says that it is gone can also take it out."""
    if set(complete) == {TESTS}:
        return "Run: pytest --governance-baseline=shrink"
    return f"Run: manage.py {_command(complete)} --shrink"


def _staleness(entry: Entry, left: Entry | None, remedy: str) -> tuple[str, str]:
    if left is not None and left.seen_by == entry.seen_by:
        fact = f"{_named(entry)} is accepted at {_places(entry.count)} and found at {left.count}."
        return fact, remedy
    gone = [_SEERS[seer] for seer in entry.seen_by if left is None or seer not in left.seen_by]
    fact = f"{_named(entry)} is accepted, but {' and '.join(gone)} no longer "
    fact += f"find{'s' if len(gone) == 1 and gone != ['the tests'] else ''} it."
    if left is None:
        return fact, remedy
    rest = " and ".join(_SEERS[seer] for seer in left.seen_by)
    return fact, f"{remedy}. What {rest} found stays accepted."


def _growth(entry: Entry, known: Entry | None, since: str) -> str:
    if known is None:
        return f"{_named(entry)} is accepted now and was not at {since}."
    if entry.count > known.count:
        more = f"{_places(entry.count)} now, {known.count} at {since}"
        return f"{_named(entry)} is accepted at more places: {more}."
    return f"{_named(entry)} is accepted for longer: until {known.until} at {since}."


def _named(entry: Entry) -> str:
    """Name the accepted finding by what it is about, since its message is not kept."""
    who = entry.caller or entry.actor
    act = f" ({entry.operation})" if entry.operation else ""
    return f"{entry.slug} of {entry.subject}{act}" + (f" by {who}" if who else "")


def _places(count: int) -> str:
    return f"{count} place{'' if count == 1 else 's'}"


def _about(entry: Entry, slug: str, message: str, hint: str, file: _File) -> Finding:
    return Finding(
        rule=rule(slug),
        message=message,
        hint=hint,
        subject=entry.subject,
        actor=entry.actor,
        owner=entry.owner,
        location=Location(
            file=file.name, line=file.lines.get(entry.fingerprint, 1), function=entry.caller
        ),
        details={"operation": entry.operation or None, "accepted": entry.slug},
    )


def _unmatched(owner: str, waiver: Waiver) -> Finding:
    by = waiver.caller or waiver.actor
    return Finding(
        rule=rule("unmatched-waiver"),
        message=f"Module {owner!r} waives {waiver.slug} of {waiver.subject}"
        + (f" by {by}" if by else "")
        + ", and there is no such finding.",
        hint=f"Remove it from Module {owner!r}, or correct its names.",
        subject=waiver.subject,
        actor=waiver.actor,
        owner=owner,
        details={"accepted": waiver.slug},
    )

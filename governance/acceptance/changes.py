"""How the baseline changes: it grows with a reason and an end, and shrinks by itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date

from governance.acceptance.entries import SEERS, Baseline, Entry, places_of
from governance.exceptions import BaselineRefused
from governance.findings import Finding, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On which terms findings are adopted."""

    reason: str
    until: date
    issue: str = ""
    owner: str = ""
    """Adopt what is about this module's tables only; everything when empty."""


def adopted(
    baseline: Baseline, fresh: Iterable[Finding], terms: Terms, *, today: date | None = None
) -> Baseline:
    """Return the baseline with the fresh findings in it.

    Raises ``BaselineRefused`` for terms that nobody could review. What is only told (severity
    info), and mistakes in settings and declarations, are never adopted.
    """
    _check(terms, today or date.today())
    chosen = [
        f
        for f in fresh
        if f.rule.acceptable and f.severity > Severity.INFO and terms.owner in {"", f.owner}
    ]
    new = {finding.fingerprint: finding for finding in chosen}
    places, known = places_of(chosen), baseline.by_fingerprint()
    for mark, finding in new.items():
        known[mark] = _adopted(finding, places[mark], known.get(mark), terms)
    return Baseline.of(known.values())


def shrunk(baseline: Baseline, seen: Iterable[Finding], complete: Collection[str]) -> Baseline:
    """Return the baseline without what the layers in ``complete`` no longer see.

    A layer that was not run completely can't say that something is gone, so its word stands.
    """
    places = places_of(seen)
    kept = (shrunk_entry(e, places.get(e.fingerprint, {}), complete) for e in baseline.entries)
    return Baseline.of(entry for entry in kept if entry is not None)


def shrunk_entry(entry: Entry, places: dict[str, int], complete: Collection[str]) -> Entry | None:
    """Return what is left of an entry; None when nobody sees it any more."""
    seen = tuple(s for s in entry.seen_by if s in places or s not in complete)
    if not seen:
        return None
    if not set(seen) <= set(complete):
        return replace(entry, seen_by=seen)
    most = max(places[seer] for seer in seen)
    return replace(entry, seen_by=seen, count=min(entry.count, most))


def growth(old: Baseline, new: Baseline) -> list[Entry]:
    """Return the entries that are new, or accept more places or a later day than before."""
    before = old.by_fingerprint()
    return [
        entry
        for entry in new.entries
        if (known := before.get(entry.fingerprint)) is None
        or entry.count > known.count
        or entry.until > known.until
    ]


def _check(terms: Terms, day: date) -> None:
    if not terms.reason.strip():
        raise BaselineRefused('Say why it is accepted for now: --reason "…".')
    if terms.until < day:
        raise BaselineRefused(f"--until {terms.until} has passed; name a day to come.")


def _adopted(finding: Finding, places: dict[str, int], known: Entry | None, terms: Terms) -> Entry:
    count = max(places.values())
    seen = {*places, *(known.seen_by if known else ())}
    return Entry(
        slug=finding.rule.slug,
        subject=finding.subject,
        actor=finding.actor,
        caller=finding.caller,
        operation=finding.kind,
        owner=finding.owner,
        count=max(count, known.count) if known else count,
        reason=terms.reason.strip(),
        issue=terms.issue.strip(),
        until=terms.until,
        seen_by=tuple(seer for seer in SEERS if seer in seen),
    )

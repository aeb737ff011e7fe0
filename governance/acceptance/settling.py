"""What is fresh, and what is accepted?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from governance.acceptance.baseline import path_in_force, read
from governance.acceptance.entries import Baseline, Entry, places_of
from governance.acceptance.waivers import waiver_for
from governance.findings import Finding
from governance.ownership import current
from governance.ownership.declarations import Waiver
from governance.ownership.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Findings, told apart."""

    fresh: tuple[Finding, ...]
    """What nobody has accepted, or accepted for fewer places."""
    baselined: tuple[Finding, ...] = ()
    waived: tuple[Finding, ...] = ()
    ended: tuple[Entry, ...] = ()
    """Entries whose day has passed while their finding is still there."""
    used: tuple[Waiver, ...] = ()
    """Waivers that accepted something."""


class _State:
    """What the running process accepts: read once, until the declarations change."""

    __slots__ = ("ends",)

    def __init__(self) -> None:
        self.ends: dict[str, date] | None = None


_state = _State()


def settle(
    findings: Iterable[Finding],
    *,
    registry: Registry,
    baseline: Baseline,
    today: date | None = None,
) -> Settled:
    """Tell fresh findings from accepted ones; a waiver comes before the baseline."""
    given, day = list(findings), today or date.today()
    entries, places = baseline.by_fingerprint(), places_of(given)
    fresh, baselined, waived = [], [], []
    ended: dict[str, Entry] = {}
    used: dict[int, Waiver] = {}
    for finding in given:
        waiver = waiver_for(finding, registry, day)
        entry = entries.get(finding.fingerprint) if finding.rule.acceptable else None
        found = max(places[finding.fingerprint].values())
        if waiver is not None:
            used[id(waiver)] = waiver
            waived.append(finding)
        elif entry is None:
            fresh.append(finding)
        elif entry.has_ended(day):
            ended[entry.fingerprint] = entry
            fresh.append(finding)
        elif found > entry.count:
            fresh.append(_grown(finding, found, entry))
        else:
            baselined.append(finding)
    return Settled(
        fresh=tuple(fresh),
        baselined=tuple(baselined),
        waived=tuple(waived),
        ended=tuple(ended.values()),
        used=tuple(used.values()),
    )


def settle_in_force(findings: Sequence[Finding]) -> Settled:
    """Settle with the declarations and the baseline file in force."""
    return settle(findings, registry=current.ownership().registry, baseline=read(path_in_force()))


def is_accepted(finding: Finding) -> bool:
    """Tell whether a running process lets a finding pass, whatever the mode.

    Line numbers move, so here an accepted function stays accepted however often it writes; the
    places are counted by the scan and the tests. A baseline that can't be read accepts nothing.
    """
    if not finding.rule.acceptable:
        return False
    ends = _state.ends
    if ends is None:
        ends = _state.ends = {e.fingerprint: e.until for e in read(path_in_force()).entries}
    day = date.today()
    until = ends.get(finding.fingerprint)
    if until is not None and until >= day:
        return True
    return waiver_for(finding, current.ownership().registry, day) is not None


def forget() -> None:
    """Read the baseline anew at the next question."""
    _state.ends = None


def _grown(finding: Finding, found: int, entry: Entry) -> Finding:
    places = f"{found} place{'s' if found != 1 else ''}"
    return replace(
        finding,
        message=f"{finding.message} There are {places}, the baseline accepts {entry.count}.",
    )

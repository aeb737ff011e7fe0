"""The end of a run: what is new, what is accepted, and what the baseline lists for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from governance.acceptance import baseline as baseline_file
from governance.acceptance.changes import Terms, adopted, shrunk
from governance.acceptance.entries import TESTS
from governance.acceptance.judging import stale
from governance.acceptance.settling import settle
from governance.findings import Finding
from governance.ownership import current
from governance.ownership.places import shown
from governance.testing.recording import Recording
from governance.testing.violations import Violation, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What a run has shown."""

    fresh: tuple[Violation, ...]
    """In the order of owner, actor and message, whichever worker saw what first."""
    accepted: tuple[Violation, ...]
    grown: tuple[Violation, ...]
    """Those of the fresh ones that the baseline accepts at fewer places."""
    remarks: tuple[Finding, ...]
    """What is wrong with the baseline: not readable, or stale after a complete run."""
    writes: Mapping[Written, int]
    complete: bool
    """Whether all tests have run and passed."""

    @property
    def blamed(self) -> list[Violation]:
        """What the run fails for."""
        return [violation for violation in self.fresh if violation.fails]


def close(recording: Recording, *, complete: bool) -> Balance:
    """Compare what was seen with the baseline and the waivers in force."""
    baseline = baseline_file.read(baseline_file.path_in_force())
    findings = _all_places(recording)
    settled = settle(findings, registry=current.ownership().registry, baseline=baseline)
    fresh = {finding.fingerprint: finding for finding in settled.fresh}
    ended = {entry.fingerprint for entry in settled.ended}
    listed = baseline.by_fingerprint()
    gone = stale(baseline, findings, {TESTS}, baseline_file.path_in_force()) if complete else ()
    violations = sorted(recording.violations.values(), key=_order)
    by_mark = [(violation.finding.fingerprint, violation) for violation in violations]
    return Balance(
        fresh=tuple(v for mark, v in by_mark if mark in fresh),
        accepted=tuple(v for mark, v in by_mark if mark not in fresh),
        grown=tuple(v for mark, v in by_mark if mark in fresh.keys() & listed.keys() - ended),
        remarks=(*baseline.findings, *gone),
        writes=recording.writes,
        complete=complete,
    )


def adopt(balance: Balance, *, reason: str, until: date, issue: str = "") -> str:
    """Put what is new into the baseline; return what was done.

    Raises ``BaselineRefused`` in CI, and for terms that nobody could review.
    """
    path = baseline_file.path_in_force()
    findings = [finding for v in balance.fresh for finding in v.places.values()]
    terms = Terms(reason=reason, until=until, issue=issue)
    baseline_file.write(path, adopted(baseline_file.read(path), findings, terms))
    return f"{len(balance.fresh)} new in {shown(str(path))}, accepted until {until}."


def shrink(balance: Balance, recording: Recording) -> str:
    """Take out of the baseline what the tests no longer see; return what was done."""
    path = baseline_file.path_in_force()
    if not balance.complete:
        return f"{shown(str(path))} is as it was: only a run of all tests, all passed, can tell."
    before = baseline_file.read(path)
    after = shrunk(before, _all_places(recording), {TESTS})
    if after == before:
        return f"{shown(str(path))} is as it was: nothing in it is stale."
    baseline_file.write(path, after)
    return f"{shown(str(path))} accepts {after.places} places now, {before.places} before."


def _all_places(recording: Recording) -> list[Finding]:
    return [f for violation in recording.violations.values() for f in violation.places.values()]


def _order(violation: Violation) -> tuple[str, str, str]:
    finding = violation.finding
    return finding.owner, finding.actor, finding.message

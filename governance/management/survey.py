"""Everything that can be said about a project at once, and who looked at all of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import DatabaseError

from governance.acceptance.entries import DATABASE, OBSERVED, SCAN
from governance.checks import database_findings
from governance.findings import Finding, Location
from governance.idempotency import checking
from governance.models import Violation
from governance.ownership import current
from governance.ownership.cascades import judge_references
from governance.ownership.registry import Registry
from governance.ownership.remedies import ways_on, ways_on_unknown_actor
from governance.rules import RULES, rule
from governance.scan.project import scan as static_scan
from governance.scan.results import Scan

_RULES = {entry.slug for entry in RULES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Findings of all layers that were asked, and what the static scan knows beside them."""

    findings: tuple[Finding, ...]
    complete: frozenset[str]
    """Layers that looked at everything, so that what they don't see is gone."""
    scan: Scan


def survey(
    *,
    alias: str,
    paths: Sequence[str] = (),
    observed: bool = False,
    tests: str | None = None,
) -> Survey:
    """Ask every layer that is there. A database that can't be reached is a finding."""
    ownership = current.ownership()
    scan = static_scan(ownership.registry, paths=paths or None)
    of_database = database_findings(alias)
    complete = {SCAN} if scan.complete else set()
    if not any(f.rule.slug == "database-unreachable" for f in of_database):
        complete.add(DATABASE)
    references = [] if paths else judge_references(ownership.registry)
    endpoints = [] if paths else checking.findings(ownership.registry)
    findings = [*ownership.findings, *references, *endpoints, *scan.findings, *of_database]
    if tests is not None:
        findings += of_tests(Path(tests))
    if observed:
        findings += of_production(alias)
    return Survey(findings=tuple(findings), complete=frozenset(complete), scan=scan)


def of_production(alias: str) -> list[Finding]:
    """Return what was seen at run time and is kept in the database."""
    registry = current.ownership().registry
    try:
        rows = list(Violation.objects.using(alias).order_by("owner", "table", "caller"))
    except (DatabaseError, ImproperlyConfigured) as error:
        reason = str(error).strip().splitlines()[0].rstrip(".")
        raise CommandError(
            f"Observed violations can't be read: {reason}. Run migrate, or leave out --observed.",
            returncode=2,
        ) from error
    return [_of_row(row, registry) for row in rows if row.slug in _RULES]


def of_tests(path: Path) -> list[Finding]:
    """Return the writes that a run of the tests found fault with.

    The file has the JSON shape of every command with findings. It lists what is new, so it can't
    say what is gone: ``pytest --governance-baseline=shrink`` does.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        findings = [_of_document(entry) for entry in document["findings"]]
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise CommandError(f"{path} can't be read: {reason}.", returncode=2) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        hint = "Write it with: pytest --governance-report=FILE.json"
        raise CommandError(f"{path} is no report of a test run. {hint}", returncode=2) from error
    return [finding for finding in findings if finding.rule.acceptable]


def _of_document(entry: Mapping[str, Any]) -> Finding:
    place, details = entry["location"], entry["details"]
    caller = str(details.get("caller", ""))
    location = None
    if place is not None:
        location = Location(file=str(place["file"]), line=int(place["line"]), function=caller)
    return Finding(
        rule=rule(entry["slug"]),
        message=str(entry["message"]),
        hint=str(entry["hint"]),
        subject=str(entry["subject"]),
        actor=str(entry["actor"]),
        owner=str(entry["owner"]),
        location=location,
        details={**details, "layer": details.get("layer") or "statement"},
    )


def _of_row(row: Violation, registry: Registry) -> Finding:
    file, _, line = row.location.rpartition(":")
    location = None
    if file and line.isdigit():
        location = Location(file=file, line=int(line), function=row.caller)
    times = f"{row.count:,} time{'' if row.count == 1 else 's'}"
    finding = Finding(
        rule=rule(row.slug),
        message=f"{row.message} Seen {times}, last on {row.last_seen:%Y-%m-%d}.",
        hint=rule(row.slug).remedy,
        subject=row.table,
        actor=row.actor,
        owner=row.owner,
        location=location,
        details={
            "operation": row.operation or None,
            "caller": row.caller,
            "layer": OBSERVED,
            "count": row.count,
        },
    )
    return replace(finding, hint=_way_on(finding, registry) or finding.hint)


def _way_on(finding: Finding, registry: Registry) -> str:
    """The hint that the guard gave is not kept; what the owner publishes may have changed."""
    place = finding.subject, str(finding.details["operation"])
    match finding.rule.slug:
        case "cross-module-write":
            return ways_on(*place, finding.actor, finding.owner, registry)
        case "unknown-actor":
            return ways_on_unknown_actor(*place, finding.owner, registry)
    return ""

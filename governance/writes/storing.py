"""Add observed violations to their table. Runs in the thread of ``observations`` only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from time import time
from typing import Any

from django.db import connections, transaction

from governance import conf
from governance.acceptance.settling import is_accepted
from governance.findings import Finding
from governance.models import Violation
from governance.rules import rule
from governance.writes.tally import Sighting

_BATCH = 1_000
"""Rows in one statement."""
_LIMITS = """
    SELECT set_config('lock_timeout', '2s', true), set_config('statement_timeout', '5s', true)
"""


def is_ready() -> bool:
    """Tell whether there is a table to write to: not before the first ``migrate``."""
    connection = connections[conf.settings().DATABASE]
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [Violation._meta.db_table])
        return cursor.fetchone()[0] is not None


def store(sightings: Iterable[Sighting], lost: int) -> None:
    """Add counts, all or none. Raises what the database raises."""
    if lost:
        now = time()
        sightings = [*sightings, Sighting(finding=_lost(), count=lost, first=now, last=now)]
    rows = sorted(_row(sighting) for sighting in sightings)
    alias = conf.settings().DATABASE
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(_LIMITS)
        for batch in _batches(rows):
            cursor.execute(_statement(), [list(column) for column in zip(*batch, strict=True)])


def close() -> None:
    """Close the connection of this thread; the next batch opens it anew."""
    connections[conf.settings().DATABASE].close()


@cache
def _statement() -> str:
    return files("governance.writes").joinpath("queries", "count_violations.sql").read_text("utf-8")


def _batches(rows: list[Any]) -> Iterator[list[Any]]:
    return (rows[start : start + _BATCH] for start in range(0, len(rows), _BATCH))


def _row(sighting: Sighting) -> tuple[Any, ...]:
    finding = sighting.finding
    texts = {
        "slug": finding.rule.slug,
        "actor": finding.actor,
        "caller": finding.caller,
        "owner": finding.owner,
        "table": finding.subject,
        "operation": str(finding.details.get("operation") or ""),
        "message": finding.message,
        "location": str(finding.location or ""),
    }
    return (
        finding.fingerprint,
        *(_storable(text, _longest(name)) for name, text in texts.items()),
        is_accepted(finding),
        sighting.count,
        datetime.fromtimestamp(sighting.first, UTC),
        datetime.fromtimestamp(sighting.last, UTC),
    )


@cache
def _longest(name: str) -> int | None:
    return getattr(Violation._meta.get_field(name), "max_length", None)


def _storable(text: str, length: int | None) -> str:
    """PostgreSQL's texts have no NUL and no half of a surrogate pair."""
    return text.replace("\x00", "").encode(errors="replace").decode()[:length]


def _lost() -> Finding:
    return Finding(
        rule=rule("observations-lost"),
        message="Violations were seen and could not be counted, because there were too many kinds "
        "of them in one process.",
        hint="The number is how many; which ones is not known.",
        subject="governance_violation",
    )

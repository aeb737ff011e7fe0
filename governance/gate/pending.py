"""Migrations that wait to be applied."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import DatabaseError, connections

from governance.gate.selecting import waiting
from governance.review.loading import Key, TolerantLoader


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """What waits on a database."""

    loader: TolerantLoader
    keys: frozenset[Key]


def pending(alias: str, app_labels: Collection[str] = ()) -> Pending | None:
    """Return what waits; None on a database that can't be asked.

    Conflicts are left for Django to tell: then nothing waits.
    """
    try:
        loader = TolerantLoader(connections[alias])
    except DatabaseError:
        return None
    keys = frozenset() if loader.detect_conflicts() else waiting(loader, app_labels).keys
    return Pending(loader=loader, keys=keys)

"""Removing answers that have expired, a few thousand at a time, past what others hold."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connections

BATCH = 5_000
_PRUNE = """
DELETE FROM governance_idempotencykey WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM governance_idempotencykey
    WHERE expires_at <= now() AND outcome NOT IN ('staged', 'unknown')
    ORDER BY expires_at
    LIMIT %s
    FOR UPDATE SKIP LOCKED
))
"""
_EXPIRED = """
SELECT count(*), min(expires_at) FROM governance_idempotencykey
WHERE expires_at <= now() AND outcome NOT IN ('staged', 'unknown')
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """What there is to prune."""

    rows: int
    oldest: datetime | None
    """When the longest overdue row expired."""


def expired(alias: str) -> Expired:
    with connections[alias].cursor() as cursor:
        cursor.execute(_EXPIRED)
        rows, oldest = cursor.fetchone()
    return Expired(rows=rows, oldest=oldest)


def prune(
    alias: str,
    *,
    batch: int = BATCH,
    max_seconds: float | None = None,
    pause: float = 0,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[int]:
    """Delete batch after batch, each its own transaction, and yield how many rows each had.

    Rows that somebody holds are left for the next time. Ends when a batch is not full, or when
    the time is up.
    """
    deadline = None if max_seconds is None else time.monotonic() + max_seconds
    while True:
        with connections[alias].cursor() as cursor:
            cursor.execute(_PRUNE, [batch])
            deleted = cursor.rowcount
        yield deleted
        if deleted < batch or (deadline is not None and time.monotonic() >= deadline):
            return
        sleep(pause)

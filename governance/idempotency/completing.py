"""Operations in phases that were cut short, continued without their client.

No request is kept, so this is for endpoints that say how to go on from what their phases returned:
``@staged(resume=…)``.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connections

from governance.idempotency import leases, staged
from governance.idempotency.calls import Call
from governance.idempotency.context import in_use
from governance.idempotency.endpoints import endpoints
from governance.idempotency.identity import Identity
from governance.idempotency.outcomes import tell
from governance.idempotency.protection import Protection

MOST_ATTEMPTS = 10
_CUT_SHORT = """
SELECT id, scope_hash, key_hash, key_suffix, fingerprint, route, method, actor
FROM governance_idempotencykey
WHERE outcome = 'staged' AND leased_until <= clock_timestamp()
  AND expires_at > clock_timestamp() AND attempt < %s
  AND jsonb_path_exists(results, '$.* ? (@.state == "done")')
ORDER BY leased_until
"""
_log = logging.getLogger("governance.idempotency")


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """What became of the operations that were cut short after a phase was done."""

    completed: int = 0
    failed: int = 0
    """Tried, and left for the next time; the log says why."""
    unknown: int = 0
    """Cut short in a call that must not be repeated."""
    left: int = 0
    """Of endpoints that don't say how to go on, or taken up by somebody else meanwhile."""


def complete(alias: str, *, most_attempts: int = MOST_ATTEMPTS) -> Completed:
    """Go on with each from its last recovery point, as a request of its client would."""
    known = dict(_resumable(alias))
    counts = {"completed": 0, "failed": 0, "unknown": 0, "left": 0}
    with connections[alias].cursor() as cursor:
        cursor.execute(_CUT_SHORT, [most_attempts])
        rows = cursor.fetchall()
    for row in rows:
        protection = known.get((row[5], row[6]))
        counts["left" if protection is None else _go_on(alias, row, protection)] += 1
    return Completed(**counts)


def _resumable(alias: str) -> Iterator[tuple[tuple[str, str], Protection]]:
    for endpoint in endpoints():
        for protection in endpoint.protections:
            if protection.resume is not None and protection.options.alias == alias:
                for method in protection.options.methods:
                    yield (endpoint.route[:200], method), protection


def _go_on(alias: str, row: tuple[Any, ...], protection: Protection) -> str:
    call, begun = _call_of(alias, row, protection), time.perf_counter()
    resume = protection.resume
    assert resume is not None
    taken = leases.reclaim(call, protection.lease)
    if taken is None:
        return "left"
    try:
        with in_use(call.in_use()):
            answer = staged.work(call, *taken, resume)
    except Exception:
        _log.exception("%s %s could not be completed.", call.method, call.route)
        return "failed"
    tell(call, answer.outcome, begun)
    if answer.outcome in {"executed", "tombstone"}:
        return "completed"
    return "unknown" if answer.outcome == "unknown" else "failed"


def _call_of(alias: str, row: tuple[Any, ...], protection: Protection) -> Call:
    id, scope_hash, key_hash, suffix, fingerprint, route, method, actor = row  # noqa: A001
    return Call(
        options=protection.options,
        alias=alias,
        identity=Identity(
            id=UUID(str(id)),
            scope_hash=bytes(scope_hash),
            key_hash=bytes(key_hash),
            key_suffix=suffix,
        ),
        payload=b"",
        fingerprint=bytes(fingerprint),
        route=route,
        method=method,
        actor=actor,
        lifetime=protection.options.lifetime,
    )

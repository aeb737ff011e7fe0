"""Who works on an operation in phases, until when: by the clock of the database only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread
from typing import Any
from uuid import UUID, uuid4

from django.db import Error, connections

from governance.idempotency.calls import Call
from governance.idempotency.fingerprints import VERSION

_CLAIM = """
INSERT INTO governance_idempotencykey AS kept (
    id, scope_hash, key_hash, key_suffix, fingerprint, fingerprint_version, route, method,
    module, actor, outcome, headers, created_at, expires_at, owner, leased_until, attempt
) VALUES (
    %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'staged', '{}', clock_timestamp(),
    clock_timestamp() + make_interval(secs => %s), %s,
    clock_timestamp() + make_interval(secs => %s), 1
)
ON CONFLICT (id) DO UPDATE SET
    fingerprint = excluded.fingerprint, fingerprint_version = excluded.fingerprint_version,
    route = excluded.route, method = excluded.method, module = excluded.module,
    outcome = 'staged', status = NULL, headers = '{}', body = NULL, phase = '', results = '{}',
    owner = excluded.owner, leased_until = excluded.leased_until, attempt = 1,
    created_at = excluded.created_at, expires_at = excluded.expires_at
WHERE kept.outcome = 'open'
   OR (kept.expires_at <= clock_timestamp() AND kept.outcome NOT IN ('staged', 'unknown'))
RETURNING '{}'::text
"""
_RECLAIM = """
UPDATE governance_idempotencykey
SET owner = %s, attempt = attempt + 1,
    leased_until = clock_timestamp() + make_interval(secs => %s)
WHERE id = %s AND outcome = 'staged' AND leased_until <= clock_timestamp()
RETURNING results::text
"""
_RENEW = """
UPDATE governance_idempotencykey
SET leased_until = clock_timestamp() + make_interval(secs => %s), phase = %s, results = %s::jsonb
WHERE id = %s AND owner = %s
"""
_BEAT = """
UPDATE governance_idempotencykey
SET leased_until = clock_timestamp() + make_interval(secs => %s)
WHERE id = %s AND owner = %s
"""
_HOLD = "SELECT 1 FROM governance_idempotencykey WHERE id = %s AND owner = %s FOR UPDATE"
_RELEASE = """
UPDATE governance_idempotencykey SET leased_until = clock_timestamp() WHERE id = %s AND owner = %s
"""
_UNKNOWN = """
UPDATE governance_idempotencykey SET outcome = 'unknown', owner = NULL WHERE id = %s AND owner = %s
"""
_FINISH = """
UPDATE governance_idempotencykey
SET outcome = %s, status = %s, headers = %s::jsonb, body = %s, encrypted = %s,
    owner = NULL, leased_until = NULL, expires_at = clock_timestamp() + make_interval(secs => %s)
WHERE id = %s AND owner = %s
"""
_REMAINING = """
SELECT ceil(extract(epoch FROM leased_until - clock_timestamp()))
FROM governance_idempotencykey WHERE id = %s
"""


class LeaseLost(Exception):
    """Somebody else works on the operation now; nothing of what was being done is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to work on one operation."""

    alias: str
    id: UUID
    owner: UUID
    seconds: float

    def hold(self) -> None:
        """Keep others away until the transaction ends; raises ``LeaseLost``."""
        if self._change(_HOLD, [self.id, self.owner]) == 0:
            raise LeaseLost

    def renew(self, phase: str, results: dict[str, Any]) -> None:
        """Move the recovery point; raises ``LeaseLost``."""
        values = [self.seconds, phase, json.dumps(results), self.id, self.owner]
        if self._change(_RENEW, values) == 0:
            raise LeaseLost

    def finish(self, values: list[Any], lifetime: timedelta) -> None:
        """Keep the answer; raises ``LeaseLost``."""
        if self._change(_FINISH, [*values, lifetime.total_seconds(), self.id, self.owner]) == 0:
            raise LeaseLost

    def release(self) -> None:
        """Let the next request go on from here."""
        self._change(_RELEASE, [self.id, self.owner])

    def give_up(self) -> None:
        """Say that nobody knows how it ended."""
        self._change(_UNKNOWN, [self.id, self.owner])

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Renew the lease from a thread of its own for the length of a block."""
        ended = Event()
        thread = Thread(target=self._beat, args=(ended,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _beat(self, ended: Event) -> None:
        try:
            while not ended.wait(self.seconds / 3):
                self._change(_BEAT, [self.seconds, self.id, self.owner])
        except Error:
            pass  # the lease then ends, and whoever comes next finds that out
        finally:
            connections[self.alias].close()

    def _change(self, text: str, values: list[Any]) -> int:
        with connections[self.alias].cursor() as cursor:
            cursor.execute(text, values)
            return int(cursor.rowcount)


def claim(call: Call, seconds: float) -> tuple[Lease, dict[str, Any]] | None:
    """Begin a new operation; None when there is one with this key already."""
    own, owner = call.identity, uuid4()
    about = [own.id, own.scope_hash, own.key_hash, own.key_suffix, call.fingerprint, VERSION]
    about += [call.route, call.method, call.options.module, call.actor]
    times = [call.lifetime.total_seconds(), owner, seconds]
    return _leased(call, seconds, owner, _CLAIM, [*about, *times])


def reclaim(call: Call, seconds: float) -> tuple[Lease, dict[str, Any]] | None:
    """Take over an operation whose lease is over; None while it is not."""
    owner = uuid4()
    return _leased(call, seconds, owner, _RECLAIM, [owner, seconds, call.identity.id])


def remaining(call: Call) -> int:
    """Return the seconds until the lease is over, at least 1."""
    with connections[call.alias].cursor() as cursor:
        cursor.execute(_REMAINING, [call.identity.id])
        row = cursor.fetchone()
    return max(1, int(row[0])) if row and row[0] is not None else 1


def _leased(
    call: Call, seconds: float, owner: UUID, text: str, values: list[Any]
) -> tuple[Lease, dict[str, Any]] | None:
    with connections[call.alias].cursor() as cursor:
        cursor.execute(text, values)
        row = cursor.fetchone()
    if row is None:
        return None
    lease = Lease(alias=call.alias, id=call.identity.id, owner=owner, seconds=seconds)
    return lease, json.loads(row[0])

"""The statements of a protected request. They do nothing that outlives the transaction."""

from __future__ import annotations

import json
from typing import Any

from django.db import connections
from django.db.backends.postgresql.psycopg_any import is_psycopg3

from governance.idempotency.calls import Call
from governance.idempotency.fingerprints import VERSION
from governance.idempotency.recording import Kept

TRY_LOCK = "SELECT pg_try_advisory_xact_lock(%s)"
LOCK = "SELECT pg_advisory_xact_lock(%s)"
FIND = """
SELECT outcome, status, headers, body, encrypted, fingerprint, fingerprint_version, scope_hash
FROM governance_idempotencykey
WHERE id = %s
  AND outcome <> 'open'
  AND (expires_at > clock_timestamp() OR outcome IN ('staged', 'unknown'))
"""
LOCK_AND_FIND = f"{TRY_LOCK};{FIND}"
_HOLDS_NOTHING = """
kept.outcome = 'open'
    OR (kept.expires_at <= clock_timestamp() AND kept.outcome NOT IN ('staged', 'unknown'))
"""
KEEP = f"""
INSERT INTO governance_idempotencykey AS kept (
    id, scope_hash, key_hash, key_suffix, fingerprint, fingerprint_version, route, method,
    module, actor, outcome, status, headers, body, encrypted, created_at, expires_at
) VALUES (
    %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s,
    clock_timestamp(), clock_timestamp() + make_interval(secs => %s)
)
ON CONFLICT (id) DO UPDATE SET
    outcome = CASE WHEN {_HOLDS_NOTHING} THEN excluded.outcome END,
    fingerprint = excluded.fingerprint, fingerprint_version = excluded.fingerprint_version,
    route = excluded.route, method = excluded.method, module = excluded.module,
    status = excluded.status, headers = excluded.headers,
    body = excluded.body, encrypted = excluded.encrypted,
    created_at = excluded.created_at, expires_at = excluded.expires_at
"""
"""An answer that holds makes the outcome NULL, which the table refuses: then others were first."""
KEEP_AND_COMMIT = f"{KEEP}; COMMIT"
CLAIM = """
INSERT INTO governance_idempotencykey (
    id, scope_hash, key_hash, key_suffix, fingerprint, fingerprint_version, route, method,
    module, actor, outcome, headers, created_at, expires_at
) VALUES (
    %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'open', '{}',
    clock_timestamp(), clock_timestamp() + make_interval(secs => %s)
)
ON CONFLICT (id) DO NOTHING
"""
LOCK_CLAIM = """
SELECT 1 FROM governance_idempotencykey
WHERE id = %s
  AND (outcome = 'open'
       OR (expires_at <= clock_timestamp() AND outcome NOT IN ('staged', 'unknown')))
FOR UPDATE SKIP LOCKED
"""
_TIMEOUT = "SELECT current_setting('lock_timeout'), set_config('lock_timeout', %s, true)"
_RESET = "SELECT set_config('lock_timeout', %s, true)"


def try_lock(call: Call) -> bool:
    """Take the lock of the key until the transaction ends, unless somebody has it."""
    if call.options.lock == "row":
        return _one(call, LOCK_CLAIM, [call.identity.id]) is not None
    return bool(_one(call, TRY_LOCK, [call.identity.lock])[0])


def lock_and_find(call: Call) -> tuple[bool, Kept | None]:
    """Do both, in one message where the driver can: two statements, so that the second one sees
    what was committed before the first one got the lock."""
    if call.options.lock == "row" or not takes_two(call.alias):
        return try_lock(call), find(call)
    with connections[call.alias].cursor() as cursor:
        cursor.execute(LOCK_AND_FIND, [call.identity.lock, call.identity.id])
        (locked,) = cursor.fetchone()
        cursor.nextset()
        return locked, _kept(cursor.fetchone())


def claim(call: Call) -> None:
    """Write a row that says nothing yet, so that it can be locked; one that is there, and may be
    locked by who is at work, is not waited for."""
    with connections[call.alias].cursor() as cursor:
        cursor.execute(CLAIM, [*_about(call), call.lifetime.total_seconds()])


def wait_for_lock(call: Call) -> None:
    """Take the lock, waiting for it; PostgreSQL raises 55P03 when that takes too long."""
    milliseconds = max(1, round(call.options.wait_seconds * 1000))
    before, _ = _one(call, _TIMEOUT, [str(milliseconds)])
    _one(call, LOCK, [call.identity.lock])
    _one(call, _RESET, [before])


def find(call: Call) -> Kept | None:
    """Return what is known of the key. What has expired is not known any more."""
    return _kept(_one(call, FIND, [call.identity.id]))


def keep(call: Call, kept: Kept, *, last: bool = False) -> None:
    """Write the answer; raises an error when another transaction has written one already.

    ``last`` lets COMMIT travel in the same message. Whoever commits after that has nothing to do.
    """
    text = KEEP_AND_COMMIT if last and takes_two(call.alias) else KEEP
    with connections[call.alias].cursor() as cursor:
        cursor.execute(text, [*_about(call), *values_of(kept), call.lifetime.total_seconds()])


def takes_two(alias: str) -> bool:
    """Tell whether two statements may be one message: if the driver puts the values in, and gives
    the rows of both, which psycopg 2 does not."""
    if not is_psycopg3:
        return False
    from psycopg import ClientCursor

    connection = connections[alias]
    connection.ensure_connection()
    return issubclass(connection.connection.cursor_factory, ClientCursor)


def _about(call: Call) -> list[Any]:
    own = call.identity
    hashes = [own.id, own.scope_hash, own.key_hash, own.key_suffix, call.fingerprint, VERSION]
    return [*hashes, call.route, call.method, call.options.module, call.actor]


def values_of(kept: Kept) -> list[Any]:
    """Return the values of an answer, in the order of their columns."""
    return [kept.outcome, kept.status, json.dumps(kept.headers), kept.body, kept.encrypted]


def _one(call: Call, text: str, values: list[Any]) -> Any:
    with connections[call.alias].cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchone()


def _kept(row: Any) -> Kept | None:
    if row is None:
        return None
    outcome, status, headers, body, encrypted, fingerprint, version, scope_hash = row
    return Kept(
        outcome=outcome,
        status=status,
        headers=json.loads(headers) if isinstance(headers, str) else headers,
        body=None if body is None else bytes(body),
        encrypted=encrypted,
        fingerprint=bytes(fingerprint),
        version=version,
        scope_hash=bytes(scope_hash),
    )

"""Is this write permitted? A pure answer from statement, actor and registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import FrameType

from governance.findings import Finding
from governance.ownership import discovery
from governance.ownership.names import is_unknown
from governance.ownership.registry import Registry
from governance.postgres.statements import Statement, TableWrite
from governance.rules import rule
from governance.writes.attribution import Actor, actor_at
from governance.writes.frames import is_migrating
from governance.writes.refusal import ways_on, ways_on_unknown_actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A statement about to be sent."""

    statement: Statement
    sql: str
    frame: FrameType | None
    """Where to look for the actor, outwards."""
    temporary: frozenset[str] = frozenset()
    """Temporary tables of the connection: they belong to whoever made them."""
    partitions: Mapping[str, str] = field(default_factory=dict)
    """Partitions that PostgreSQL told of, with their roots."""


def judge(attempt: Attempt) -> list[Finding]:
    """Return one finding for each table that the actor may not write."""
    registry = discovery.ownership().registry.including(attempt.partitions)
    actor = actor_at(attempt.frame)
    if actor.is_system:
        return []
    findings = [
        finding
        for write in attempt.statement.writes
        if write.table not in attempt.temporary
        for finding in _judge_table(write, actor, registry, attempt)
    ]
    if attempt.statement.unreadable and not findings:
        findings += _judge_unreadable(attempt, actor)
    return findings


def _judge_table(
    write: TableWrite, actor: Actor, registry: Registry, attempt: Attempt
) -> list[Finding]:
    if registry.may_write(actor.module, write.table):
        return []
    owner = registry.owner_of_table(write.table)
    if registry.table(write.table) is None:
        return [] if is_migrating(attempt.frame) else [_unowned(write, actor, owner)]
    if not actor.is_known:
        return [_unknown_actor(write, actor, owner, registry)]
    return [_cross_module(write, actor, owner, registry)]


def _judge_unreadable(attempt: Attempt, actor: Actor) -> list[Finding]:
    """A scope with a reason answers for what can't be read; so does the review of a migration."""
    if actor.reason or is_migrating(attempt.frame):
        return []
    return [
        Finding(
            rule=rule("unknown-write"),
            message=f"A statement of {actor.module} {attempt.statement.unreadable}, so nobody "
            "knows which tables it writes.",
            hint="Write it as plain SQL, or answer for it: "
            f'with acting_as("{_name(actor)}", reason="…").',
            subject=" ".join(attempt.sql.split())[:80],
            actor=actor.module,
            location=actor.location,
            details={"operation": "unknown", "caller": _caller(actor), "layer": "statement"},
        )
    ]


def _cross_module(write: TableWrite, actor: Actor, owner: str, registry: Registry) -> Finding:
    return _finding(
        "cross-module-write",
        f"{actor.module} may not {write.operation} {_table(write, registry)}: "
        f"the table belongs to {_described(owner, registry)}.",
        ways_on(write, actor.module, owner, registry),
        write,
        actor,
        registry,
    )


def _unknown_actor(write: TableWrite, actor: Actor, owner: str, registry: Registry) -> Finding:
    return _finding(
        "unknown-actor",
        f"Code of no module may not {write.operation} {_table(write, registry)}: "
        f"the table belongs to {_described(owner, registry)}.",
        ways_on_unknown_actor(write, owner, registry),
        write,
        actor,
        registry,
    )


def _unowned(write: TableWrite, actor: Actor, owner: str) -> Finding:
    registry = discovery.ownership().registry
    return _finding(
        "unowned-write",
        f"{actor.module} may not {write.operation} {write.table}: nobody owns the table.",
        f'Name it in the module that writes it: Module("…", tables=["{write.table}"]).',
        write,
        actor,
        registry,
        owner=owner,
    )


def _finding(
    slug: str,
    message: str,
    hint: str,
    write: TableWrite,
    actor: Actor,
    registry: Registry,
    *,
    owner: str = "",
) -> Finding:
    return Finding(
        rule=rule(slug),
        message=message,
        hint=hint,
        subject=_table(write, registry),
        actor=actor.module,
        owner=owner or registry.owner_of_table(write.table),
        location=actor.location,
        details={
            "operation": write.operation,
            "caller": _caller(actor),
            "layer": "statement",
        },
    )


def _table(write: TableWrite, registry: Registry) -> str:
    known = registry.table(write.table)
    return known.name if known else write.table


def _described(owner: str, registry: Registry) -> str:
    """Name an owner with its team and where to ask."""
    module = registry.modules.get(owner)
    if module is None or is_unknown(owner):
        return owner
    about = ", ".join(part for part in (module.team, module.contact) if part)
    return f"{owner} ({about})" if about else owner


def _name(actor: Actor) -> str:
    return actor.module if actor.is_known else "module"


def _caller(actor: Actor) -> str:
    return actor.location.function if actor.location else ""

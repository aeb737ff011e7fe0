"""Is this write permitted? A pure answer from statement, actor and registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import FrameType

from governance.findings import Finding
from governance.ownership import current
from governance.ownership.places import shown
from governance.ownership.registry import Registry
from governance.postgres.grammar import normalized
from governance.postgres.statements import Statement, TableWrite
from governance.rules import rule
from governance.writes.attribution import Actor, actor_at
from governance.writes.framework import is_building, is_migrating, is_undoing
from governance.writes.refusal import ways_on, ways_on_unknown_actor
from governance.writes.scopes import SCOPE, Scope


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One table of a statement, and who writes it."""

    write: TableWrite
    actor: Actor
    registry: Registry

    @property
    def table(self) -> str:
        """The registered name; that of the partitioned table for a partition."""
        known = self.registry.table(self.write.table)
        return known.name if known else self.write.table

    @property
    def owner(self) -> str:
        return self.registry.owner_of_table(self.write.table)

    def finding(self, slug: str, who: str, fact: str, hint: str) -> Finding:
        return Finding(
            rule=rule(slug),
            message=f"{who} may not {self.write.phrase} {self.table}: {fact}.",
            hint=hint,
            subject=self.table,
            actor=self.actor.module,
            owner=self.owner,
            location=self.actor.location,
            details=_details(self.write.operation, self.actor),
        )


def judge(attempt: Attempt) -> list[Finding]:
    """Return one finding for each table that the actor may not write."""
    registry = current.ownership().registry
    if attempt.partitions:
        registry = registry.including(attempt.partitions)
    actor = actor_at(attempt.frame)
    if actor.is_system:
        return []
    cases = [
        _Case(write=write, actor=actor, registry=registry)
        for write in attempt.statement.writes
        if write.table not in attempt.temporary
    ]
    findings = [finding for case in cases for finding in _judge_table(case, attempt)]
    if attempt.statement.unreadable and not findings:
        findings += _judge_unreadable(attempt, actor)
    return findings


def borrowed(scope: Scope, opener: str) -> Finding:
    """Return the finding about a scope that a module opens in another's name without a reason."""
    return Finding(
        rule=rule("borrowed-scope"),
        message=f"{opener} acts as {scope.module} in {shown(scope.file)} without saying why.",
        hint=f'Say why: acting_as("{scope.module}", reason="…"), or call the interface of '
        f"{scope.module}.",
        subject=shown(scope.file),
        actor=opener,
        owner=scope.module,
        details={"operation": "scope", "caller": "", "layer": "statement"},
    )


def _judge_table(case: _Case, attempt: Attempt) -> list[Finding]:
    registry, actor, write = case.registry, case.actor, case.write
    scope = SCOPE.get()
    speaking = {actor.module, actor.bearer, scope.module if scope is not None else ""} - {""}
    if any(registry.may_write(module, write.table) for module in speaking):
        return []
    if is_building(attempt.frame) or is_undoing(attempt.frame):
        return []
    if registry.table(write.table) is None:
        return [] if is_migrating(attempt.frame) else [_unowned(case)]
    fact = f"the table belongs to {registry.described(case.owner)}"
    if actor.is_known:
        hint = _way_on(case, attempt)
        return [case.finding("cross-module-write", actor.module, fact, hint)]
    hint = ways_on_unknown_actor(write, case.owner, registry)
    return [case.finding("unknown-actor", "Code of no module", fact, hint)]


def _way_on(case: _Case, attempt: Attempt) -> str:
    if is_migrating(attempt.frame) or case.write.operation in {"create", "alter", "drop"}:
        return f"instead  write it as a migration of {case.owner}"
    return ways_on(case.write, case.actor.module, case.owner, case.registry)


def _unowned(case: _Case) -> Finding:
    who = case.actor.module if case.actor.is_known else "Code of no module"
    hint = f'Name it in the module that writes it: Module(name=…, tables=["{case.table}"]).'
    return case.finding("unowned-write", who, "nobody owns the table", hint)


def _judge_unreadable(attempt: Attempt, actor: Actor) -> list[Finding]:
    """A scope with a reason answers for what can't be read; so does the review of a migration."""
    if actor.reason or is_migrating(attempt.frame):
        return []
    module = actor.module if actor.is_known else "module"
    return [
        Finding(
            rule=rule("unknown-write"),
            message=f"A statement of {actor.module} {attempt.statement.unreadable}, so nobody "
            "knows which tables it writes.",
            hint="Write it as plain SQL, or answer for it: "
            f'with acting_as("{module}", reason="…"):',
            subject=normalized(attempt.sql)[:80],
            actor=actor.module,
            location=actor.location,
            details=_details("unknown", actor),
        )
    ]


def _details(operation: str, actor: Actor) -> dict[str, str]:
    caller = actor.location.function if actor.location else ""
    return {"operation": operation, "caller": caller, "layer": "statement"}

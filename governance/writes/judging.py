"""Is this write permitted? A pure answer from statement, actor and registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import FrameType

from governance.findings import Finding
from governance.ownership import current
from governance.ownership.cascades import may_follow
from governance.ownership.places import shown
from governance.ownership.registry import Registry
from governance.ownership.remedies import ways_on, ways_on_cascade, ways_on_unknown_actor
from governance.postgres.grammar import normalized
from governance.postgres.statements import Statement, TableWrite
from governance.rules import rule
from governance.writes.attribution import Actor, actor_at
from governance.writes.framework import cascade_origin, is_building, is_migrating, is_undoing
from governance.writes.scopes import SCOPE, Scope
from governance.writes.sites import SYSTEM

MIGRATE = f"{SYSTEM}:migrate"
ACCEPTED = f"{SYSTEM}:accepted"
"""Signs what PostgreSQL alone could not permit: by the baseline, or by several modules at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A statement about to be sent."""

    statement: Statement
    sql: str
    frame: FrameType | None
    """Where to look for the actor, outwards."""
    layer: str = "statement"
    temporary: frozenset[str] = frozenset()
    """Temporary tables of the connection: they belong to whoever made them."""
    partitions: Mapping[str, str] = field(default_factory=dict)
    """Partitions that PostgreSQL told of, with their roots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is to be said about an attempt."""

    actor: Actor
    findings: tuple[Finding, ...]
    speaker: str
    """In whose name PostgreSQL is told that it happens: the actor, or who permits it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One table of a statement, and who writes it."""

    write: TableWrite
    actor: Actor
    registry: Registry
    layer: str

    @property
    def table(self) -> str:
        """The registered name; that of the partitioned table for a partition."""
        known = self.registry.table(self.write.table)
        return known.name if known else self.write.table

    @property
    def owner(self) -> str:
        return self.registry.owner_of_table(self.write.table)

    @property
    def place(self) -> tuple[str, str]:
        """Table and operation."""
        return self.table, self.write.operation

    def finding(self, slug: str, who: str, fact: str, hint: str) -> Finding:
        return Finding(
            rule=rule(slug),
            message=f"{who} may not {self.write.phrase} {self.table}: {fact}.",
            hint=hint,
            subject=self.table,
            actor=self.actor.module,
            owner=self.owner,
            location=self.actor.location,
            details=_details(self.write.operation, self.actor, self.layer),
        )


def judge(attempt: Attempt) -> Judgement:
    """Return one finding for each table that the actor may not write."""
    actor = actor_at(attempt.frame)
    if actor.is_system:
        return Judgement(actor=actor, findings=(), speaker=actor.module)
    registry = current.ownership().registry
    if attempt.partitions:
        registry = registry.including(attempt.partitions)
    cases = [
        Case(write=write, actor=actor, registry=registry, layer=attempt.layer)
        for write in attempt.statement.writes
        if write.table not in attempt.temporary
    ]
    speakers = [_speaker(case, attempt) for case in cases]
    findings = [
        _finding(case, attempt)
        for case, speaker in zip(cases, speakers, strict=True)
        if not speaker
    ]
    if attempt.statement.unreadable and not findings:
        findings += _judge_unreadable(attempt, actor)
    speaker = actor.module if findings else _spokesman(speakers, actor)
    return Judgement(actor=actor, findings=tuple(findings), speaker=speaker)


def _spokesman(speakers: list[str], actor: Actor) -> str:
    """Return the one name that a signature has room for, when several permit parts of it."""
    several = set(speakers)
    return ACCEPTED if len(several) > 1 else next(iter(several), actor.module)


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


def foreign(case: Case, *, hint: str = "") -> Finding:
    """Return the finding about a write of a table that belongs to somebody else."""
    fact = f"the table belongs to {case.registry.described(case.owner)}"
    if case.actor.is_known:
        ways = hint or ways_on(*case.place, case.actor.module, case.owner, case.registry)
        return case.finding("cross-module-write", case.actor.module, fact, ways)
    ways = ways_on_unknown_actor(*case.place, case.owner, case.registry)
    return case.finding("unknown-actor", "Code of no module", fact, ways)


def cascading(case: Case, origin: str) -> Finding:
    """Return the finding about rows that go along with rows of ``origin``; it may be unknown."""
    along = f"its rows go with those of {origin}" if origin else "its rows go with others"
    fact = f"{along}, and the table belongs to {case.registry.described(case.owner)}"
    ways = ways_on_cascade(*case.place, case.owner, origin, case.registry)
    who = case.actor.module if case.actor.is_known else "Code of no module"
    return case.finding("cross-module-cascade", who, fact, ways)


def _speaker(case: Case, attempt: Attempt) -> str:
    """Return in whose name the write is permitted; empty when it is not."""
    registry, actor, table = case.registry, case.actor, case.write.table
    scope = SCOPE.get()
    speaking = (actor.module, actor.bearer, scope.module if scope is not None else "")
    for module in speaking:
        if module and registry.may_write(module, table):
            return module
    if is_building(attempt.frame) or is_undoing(attempt.frame):
        return MIGRATE
    if registry.table(table) is None:
        return MIGRATE if is_migrating(attempt.frame) else ""
    origin = cascade_origin(attempt.frame)
    follows = case.table not in origin and may_follow(case.table, origin, registry)
    return case.owner if follows else ""


def _finding(case: Case, attempt: Attempt) -> Finding:
    if case.registry.table(case.write.table) is None:
        return _unowned(case)
    if is_migrating(attempt.frame) or case.write.operation in {"create", "alter", "drop"}:
        return foreign(case, hint=f"instead  write it as a migration of {case.owner}")
    origin = cascade_origin(attempt.frame)
    if origin and case.table not in origin:
        return cascading(case, origin[0])
    return foreign(case)


def _unowned(case: Case) -> Finding:
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
            details=_details("unknown", actor, attempt.layer),
        )
    ]


def _details(operation: str, actor: Actor, layer: str) -> dict[str, str]:
    caller = actor.location.function if actor.location else ""
    return {"operation": operation, "caller": caller, "layer": layer}

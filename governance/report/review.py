"""The data ownership review: who writes whose tables, and what to do about each write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from governance.acceptance.entries import one_layer
from governance.acceptance.settling import Settled
from governance.findings import Finding
from governance.ownership.names import PLATFORM, UNKNOWN, is_unknown
from governance.ownership.registry import Registry
from governance.report.fixes import Fix, fix_for

NEW, BASELINE, WAIVED = "new", "baseline", "waived"
_ABOUT_WRITES = {"cross-module-write", "cross-module-cascade", "unknown-actor", "unowned-write"}


class Access(Protocol):
    """One read or write that the static scan made out; see ``governance.scan``."""

    @property
    def actor(self) -> str: ...
    @property
    def caller(self) -> str: ...
    @property
    def table(self) -> str: ...
    @property
    def column(self) -> str: ...
    @property
    def owner(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One function that does one thing to one table of another module."""

    caller: str
    table: str
    operation: str
    places: tuple[str, ...]
    states: tuple[str, ...]
    """Of ``new``, ``baseline``, ``waived``: usually one."""
    fix: Fix


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What one module does to the tables of another."""

    actor: str
    owner: str
    cases: tuple[Case, ...]
    sentence: str
    """To be pasted into an issue."""

    @property
    def suggestions(self) -> dict[str, list[str]]:
        """Module → signatures of the functions that the owner would have to publish."""
        found: dict[str, list[str]] = {}
        for fix in (case.fix for case in self.cases if case.fix.signature):
            known = found.setdefault(fix.module, [])
            known += [] if fix.signature in known else [fix.signature]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One owner, and everybody who writes its tables."""

    owner: str
    described: str
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """How many accesses of each module go to the tables of each."""

    actors: tuple[str, ...]
    owners: tuple[str, ...]
    counts: Mapping[tuple[str, str], int]

    def rows(self) -> list[tuple[str, list[tuple[str, int]]]]:
        """Return (actor, (owner, count) for each owner)."""
        return [(a, [(o, self.counts.get((a, o), 0)) for o in self.owners]) for a in self.actors]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Everything that the page shows."""

    day: date
    parts: tuple[Part, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    """State → number of violations."""
    writes: Matrix
    reads: Matrix | None
    """None without a scan: nothing else sees reads."""
    resolution: tuple[int, int] | None
    """Accesses that the scan made out, of all that it met."""


def review(settled: Settled, scan: Any, registry: Registry, *, today: date | None = None) -> Review:
    """Group violations by owner and by caller, each with the owner's way to do it."""
    states = [
        *((finding, NEW) for finding in one_layer(settled.fresh)),
        *((finding, BASELINE) for finding in one_layer(settled.baselined)),
        *((finding, WAIVED) for finding in one_layer(settled.waived)),
    ]
    about = [(f, state) for f, state in states if f.rule.slug in _ABOUT_WRITES]
    writes = scan.writes if scan is not None else [f for f, _ in about]
    return Review(
        day=today or date.today(),
        parts=_parts(about, _columns(scan), registry),
        counts=Counter(state for _, state in about),
        writes=matrix([(w.actor, w.owner) for w in writes], registry),
        reads=matrix([(r.actor, r.owner) for r in scan.reads], registry) if scan else None,
        resolution=(scan.resolution.resolved, scan.resolution.total) if scan else None,
    )


def matrix(accesses: Iterable[tuple[str, str]], registry: Registry) -> Matrix:
    """Count (actor, owner); tables of the platform are everybody's, and left out."""
    named = ((_named(actor), _named(owner)) for actor, owner in accesses)
    counts = Counter((a, o) for a, o in named if PLATFORM not in (a, o))
    modules = list(registry.modules)
    actors = [*modules, *sorted({a for a, _ in counts} - set(modules))]
    owners = [*modules, *sorted({o for _, o in counts} - set(modules))]
    return Matrix(actors=tuple(actors), owners=tuple(owners), counts=counts)


def _named(module: str) -> str:
    return UNKNOWN if is_unknown(module) or not module else module


def _columns(scan: Any) -> dict[tuple[str, str], set[str]]:
    """(caller, table) → columns that are written there."""
    found: dict[tuple[str, str], set[str]] = {}
    for write in scan.writes if scan is not None else ():
        if write.column:
            found.setdefault((write.caller, write.table), set()).add(write.column)
    return found


def _parts(
    about: Sequence[tuple[Finding, str]],
    columns: Mapping[tuple[str, str], set[str]],
    registry: Registry,
) -> tuple[Part, ...]:
    by_owner: dict[str, dict[str, list[tuple[Finding, str]]]] = {}
    for finding, state in about:
        owner, actor = _named(finding.owner), _named(finding.actor)
        by_owner.setdefault(owner, {}).setdefault(actor, []).append((finding, state))
    return tuple(
        Part(
            owner=owner,
            described=registry.described(owner),
            pairs=tuple(
                _pair(actor, owner, found, columns, registry)
                for actor, found in sorted(by_actor.items())
            ),
        )
        for owner, by_actor in sorted(by_owner.items())
    )


def _pair(
    actor: str,
    owner: str,
    found: list[tuple[Finding, str]],
    columns: Mapping[tuple[str, str], set[str]],
    registry: Registry,
) -> Pair:
    grouped: dict[tuple[str, str, str], list[tuple[Finding, str]]] = {}
    for finding, state in found:
        operation = str(finding.details.get("operation") or "")
        grouped.setdefault((finding.caller, finding.subject, operation), []).append(
            (finding, state)
        )
    cases = tuple(
        Case(
            caller=caller,
            table=table,
            operation=operation,
            places=tuple(dict.fromkeys(str(f.location) for f, _ in same if f.location)),
            states=tuple(dict.fromkeys(state for _, state in same)),
            fix=fix_for(table, operation, owner, registry, columns.get((caller, table), ())),
        )
        for (caller, table, operation), same in sorted(grouped.items())
    )
    return Pair(actor=actor, owner=owner, cases=cases, sentence=_sentence(actor, owner, cases))


def _sentence(actor: str, owner: str, cases: Sequence[Case]) -> str:
    """Say in one sentence what one module does to another's tables, and what would end it."""
    tables = sorted({case.table for case in cases})
    places = sum(max(len(case.places), 1) for case in cases)
    who = "Code of no module" if actor == UNKNOWN else actor
    whose = "that nobody owns" if owner == UNKNOWN else f"of {owner}"
    fact = f"{who} writes {_some(tables)} {whose} at {_many(places, 'place')}"
    if owner == UNKNOWN:
        return f"{fact}; a module has to declare that it owns {_it(len(tables))}."
    return f"{fact}; {_way(owner, cases)}."


def _way(owner: str, cases: Sequence[Case]) -> str:
    able = {function for case in cases for function in case.fix.functions[:1]}
    missing = [signature for case in cases if (signature := case.fix.signature)]
    parts = []
    if able:
        names = sorted(function.partition("(")[0] for function in able)
        parts.append(f"it can call {_some(names)}, which {owner} publishes")
    if missing:
        new = _many(len(set(missing)), "function")
        parts.append(f"{owner} has to publish {new} for {'the rest' if able else 'it'}")
    if not parts:
        parts.append(f"it belongs into a migration of {owner}")
    return ", and ".join(parts)


def _some(names: Sequence[str]) -> str:
    """Name up to three, and how many more there are."""
    shown = [*names[:3], *([f"{len(names) - 3} more"] if len(names) > 3 else [])]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _it(number: int) -> str:
    return "it" if number == 1 else "them"

"""One rehearsal, from the state before a migration to its findings.

A trial without rows shows which tables are touched. Then, on a database of its own: rows, the old
release, forwards, both releases, backwards, a comparison, forwards again, rows of the new release,
backwards. What fails on rows of every kind is tried on plain rows, and then without any.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.state import ProjectState

from governance.postgres.identifiers import quoted
from governance.postgres.tracing import Trace
from governance.rehearsal import verdicts
from governance.rehearsal.comparison import Kept, differences, dropped, keep, lost
from governance.rehearsal.probes import Probe, Refusal, probes, refusals
from governance.rehearsal.releases import choices, release
from governance.rehearsal.result import Kind, Rehearsal, Statement, Verdict
from governance.rehearsal.rows import Filled, Variety, closure, fill
from governance.rehearsal.server import Server
from governance.rehearsal.stage import backwards, forwards, on_stage, traced
from governance.rehearsal.structure import Structure, structures

Tell = Callable[[str], None]
"""Called with the name of each stage when it begins."""
_SAVEPOINTS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "SET CONSTRAINTS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a rehearsal is about, and where it takes place."""

    server: Server
    template: str
    alias: str
    like: dict[str, Any]
    """The entry of the alias in ``DATABASES``."""
    migration: Migration
    before: ProjectState
    rows: int = 20
    keep: bool = False
    tell: Tell = lambda stage: None

    @property
    def name(self) -> str:
        return f"{self.migration.app_label}.{self.migration.name}"


@dataclass(slots=True)
class _Notes:
    """What has been seen so far."""

    verdicts: list[Verdict] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    stages: dict[str, bool] = field(default_factory=dict)
    filled: Filled = field(default_factory=Filled)
    existing: frozenset[str] = frozenset()

    def add(self, direction: str, traces: list[Trace]) -> None:
        own = [trace for trace in traces if not trace.sql.startswith(_SAVEPOINTS)]
        self.statements += [Statement(direction=direction, trace=trace) for trace in own]


class _Failed(Exception):
    """Going one way failed; holds the statement, where it was one, and the error."""

    def __init__(self, trace: Trace | None, error: Exception) -> None:
        super().__init__(str(error))
        self.trace = trace
        self.error = error


class _TrialIsOver(Exception):
    """Takes back what the trial has done."""


def rehearse(scene: Scene) -> Rehearsal:
    """Rehearse one migration; what goes wrong is a verdict, never an error."""
    begun, notes, kept = time.perf_counter(), _Notes(), ""
    try:
        touched = _touched(scene, notes)
    except _Failed as failed:
        notes.stages["forwards"] = False
        notes.verdicts.append(verdicts.failure(scene.name, failed.trace, failed.error, how="empty"))
        touched = None
    if touched is not None:
        kept = _with_rows(scene, notes, touched)
    return Rehearsal(
        app_label=scene.migration.app_label,
        name=scene.migration.name,
        postgres=scene.server.version,
        verdicts=tuple(notes.verdicts),
        statements=tuple(notes.statements),
        rows=dict(sorted(notes.filled.rows.items())),
        stages=notes.stages,
        tables=notes.existing,
        seconds=time.perf_counter() - begun,
        database=kept,
    )


def _with_rows(scene: Scene, notes: _Notes, touched: set[str]) -> str:
    """Act with rows of every kind, then with less until it goes forwards."""
    refused: list[tuple[Variety, _Failed]] = []
    for variety in Variety:
        attempt = _Notes(verdicts=list(notes.verdicts))
        with _database(scene) as (stage, url):
            try:
                _act(scene, stage, attempt, touched, variety)
            except _Failed as failed:
                refused.append((variety, failed))
                attempt.stages["forwards"] = False
        notes.stages, notes.filled = attempt.stages, attempt.filled
        notes.statements, notes.existing = attempt.statements, attempt.existing
        if attempt.stages["forwards"]:
            break
    notes.verdicts = [*_on_rows(scene, refused), *attempt.verdicts]
    return url


def _on_rows(scene: Scene, refused: list[tuple[Variety, _Failed]]) -> Iterator[Verdict]:
    if refused:
        variety, failed = refused[-1]
        how = {Variety.ALL: "some rows", Variety.PLAIN: "rows", Variety.NONE: "empty"}[variety]
        yield verdicts.failure(scene.name, failed.trace, failed.error, how=how)


def _touched(scene: Scene, notes: _Notes) -> set[str]:
    """Return the tables that a trial without rows has locked, or read."""
    scene.tell("trial")
    with _database(scene, scratch=True) as (stage, _):
        known = structures(stage.connection)
        notes.existing = frozenset(known)
        with traced(stage) as traces:
            try:
                with transaction.atomic(using=scene.alias, durable=False):
                    _forwards(scene, stage, traces)
                    raise _TrialIsOver
            except _TrialIsOver:
                pass
            except _Failed:
                notes.add("forwards", traces)
                raise
    return {name for trace in traces for name in trace.locks if name in known}


def _act(
    scene: Scene, stage: BaseDatabaseWrapper, notes: _Notes, touched: set[str], variety: Variety
) -> None:
    driver, name, tell = stage.connection, scene.name, scene.tell
    before = scene.before.clone()
    known = structures(driver)
    notes.existing = frozenset(known)
    allowed = choices(before.apps)
    tell("rows")
    notes.filled = fill(driver, known, touched, number=scene.rows, choices=allowed, variety=variety)
    _analyze(stage, notes.filled)
    kept = keep(driver, known, closure(known, touched))
    old = release(before.apps, stage)
    asked = probes(driver, old, known, touched, choices=allowed)
    refused_before = refusals(driver, asked)
    tell("forwards")
    after = _go(notes, stage, "forwards", lambda traces: _forwards(scene, stage, traces))
    notes.verdicts += verdicts.work(name, _traces(notes), dict.fromkeys(known, 0))
    changed = structures(driver)
    tell("releases")
    notes.verdicts += _old_release(scene, notes, stage, asked, refused_before)
    notes.verdicts += _new_release(
        scene, notes, stage, after, (known, changed), touched, refused_before
    )
    _and_back(scene, notes, stage, kept, (known, changed), touched, after)
    if variety is not Variety.NONE:
        missing = {t: r for t, r in notes.filled.reasons.items() if not notes.filled.rows.get(t)}
        notes.verdicts += verdicts.without_rows(name, missing)


def _old_release(
    scene: Scene,
    notes: _Notes,
    stage: BaseDatabaseWrapper,
    asked: list[Probe],
    refused_before: list[Refusal],
) -> list[Verdict]:
    """What worked before and is refused now."""
    bad = {id(refusal.probe) for refusal in refused_before}
    fine = [probe for probe in asked if id(probe) not in bad]
    refused = refusals(stage.connection, fine)
    plain: dict[tuple[str, str], int] = {}
    for probe in fine:
        plain.setdefault((probe.table, probe.verb), id(probe))
    found = list(verdicts.old_release(scene.name, refused, set(plain.values())))
    kinds = {verdict.kind for verdict in found}
    notes.stages["old release reads"] = Kind.BREAKS_OLD_READ not in kinds
    notes.stages["old release writes"] = Kind.BREAKS_OLD_WRITE not in kinds
    return found


def _new_release(
    scene: Scene,
    notes: _Notes,
    stage: BaseDatabaseWrapper,
    after: ProjectState,
    structure: tuple[dict[str, Structure], dict[str, Structure]],
    touched: set[str],
    refused_before: list[Refusal],
) -> list[Verdict]:
    """What is refused, and was not refused to the old release for the same reason."""
    known, changed = structure
    new = release(after.apps, stage)
    tables = touched | (changed.keys() - known.keys()) | _renamed(scene, after, stage)
    asked = probes(stage.connection, new, changed, tables, choices=choices(after.apps))
    same = {(r.probe.table, r.probe.verb, r.message) for r in refused_before}
    refused = [
        r
        for r in refusals(stage.connection, asked)
        if (r.probe.table, r.probe.verb, r.message) not in same
    ]
    found = list(verdicts.new_release(scene.name, refused, new))
    notes.stages["new release"] = not found
    return found


def _renamed(scene: Scene, after: ProjectState, stage: BaseDatabaseWrapper) -> set[str]:
    """Tables that the new models have and the old ones had not, or not so."""
    old, new = release(scene.before.apps, stage), release(after.apps, stage)
    return {name for name, table in new.items() if old.get(name) != table}


def _and_back(
    scene: Scene,
    notes: _Notes,
    stage: BaseDatabaseWrapper,
    kept: dict[str, Kept],
    structure: tuple[dict[str, Structure], dict[str, Structure]],
    touched: set[str],
    after: ProjectState,
) -> None:
    (known, changed), name, driver = structure, scene.name, stage.connection
    blocking = next(
        (pair for pair in enumerate(scene.migration.operations, 1) if not pair[1].reversible), None
    )
    scene.tell("backwards")
    if blocking is not None:
        number, operation = blocking
        notes.verdicts.append(verdicts.irreversible(name, number, type(operation).__name__))
        gone = list(dropped(kept, changed))
        notes.verdicts += verdicts.losses(name, gone, undone=False)
        if not gone:
            now = keep(driver, changed, kept.keys())
            notes.verdicts += verdicts.losses(name, lost(_in_both(kept, now), now), undone=False)
        notes.stages["backwards"] = False
        return
    if not _backwards(scene, notes, stage, after_use=False):
        notes.verdicts += verdicts.losses(name, dropped(kept, changed), undone=False)
        return
    restored = structures(driver)
    gone = list(lost(kept, keep(driver, restored, kept.keys())))
    notes.verdicts += verdicts.losses(name, gone, undone=True)
    differing = list(differences(known, restored))
    notes.verdicts += verdicts.differences(name, differing)
    notes.stages["all is as before"] = not (gone or differing)
    scene.tell("forwards again")
    try:
        _go(notes, stage, "forwards again", lambda traces: _forwards(scene, stage, traces))
    except _Failed as failed:
        notes.verdicts.append(verdicts.failure(name, failed.trace, failed.error, how="again"))
        return
    if notes.filled.rows or changed.keys() - known.keys():
        tables = {t for t in (*touched, *(changed.keys() - known.keys())) if t in changed}
        allowed = choices(after.apps)
        fill(
            driver,
            structures(driver),
            tables,
            number=scene.rows,
            choices=allowed,
            variety=Variety.ALL,
        )
        _backwards(scene, notes, stage, after_use=True)


def _in_both(kept: dict[str, Kept], now: dict[str, Kept]) -> dict[str, Kept]:
    """A table that was renamed is not lost."""
    return {name: table for name, table in kept.items() if name in now}


def _backwards(scene: Scene, notes: _Notes, stage: BaseDatabaseWrapper, *, after_use: bool) -> bool:
    label = "backwards after use" if after_use else "backwards"

    def back(traces: list[Trace]) -> None:
        try:
            backwards(stage, scene.migration, scene.before.clone())
        except Exception as error:
            raise _Failed(_last(traces), error) from error

    try:
        _go(notes, stage, label, back)
    except _Failed as failed:
        found = verdicts.reverse_failure(
            scene.name, failed.trace, failed.error, after_use=after_use
        )
        notes.verdicts.append(found)
        return False
    return True


def _go(
    notes: _Notes, stage: BaseDatabaseWrapper, label: str, act: Callable[[list[Trace]], Any]
) -> Any:
    """Act with every statement traced; note how it went."""
    with traced(stage) as traces:
        try:
            result = act(traces)
        except _Failed:
            notes.stages[label] = False
            raise
        finally:
            notes.add(label, traces)
    notes.stages[label] = True
    return result


def _forwards(scene: Scene, stage: BaseDatabaseWrapper, traces: list[Trace]) -> ProjectState:
    try:
        return forwards(stage, scene.migration, scene.before.clone())
    except Exception as error:
        raise _Failed(_last(traces), error) from error


def _last(traces: list[Trace]) -> Trace | None:
    """The statement that failed; None where it was Python that failed."""
    return traces[-1] if traces and traces[-1].error else None


def _traces(notes: _Notes) -> list[Trace]:
    return [s.trace for s in notes.statements if s.direction == "forwards"]


def _analyze(stage: BaseDatabaseWrapper, filled: Filled) -> None:
    if filled.rows:
        stage.connection.execute(f"ANALYZE {', '.join(map(quoted, filled.rows))}")


@contextmanager
def _database(scene: Scene, *, scratch: bool = False) -> Iterator[tuple[BaseDatabaseWrapper, str]]:
    """Copy the template, and take it away again unless it shall be kept."""
    name = scene.server.create(template=scene.template)
    keep_it = scene.keep and not scratch
    try:
        with on_stage(scene.alias, scene.server.settings_for(name, scene.like)) as stage:
            yield stage, scene.server.url(name) if keep_it else ""
    except BaseException:
        keep_it = False
        raise
    finally:
        if not keep_it:
            scene.server.drop(name)

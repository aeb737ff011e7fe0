"""One rehearsal, from the state before a migration to its verdicts.

A trial without rows shows which tables are touched. Then come the acts, with rows of every kind.
What fails on those is tried on plain rows, and then without any.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from governance.exceptions import MigrationBeforeFails
from governance.rehearsal import verdicts
from governance.rehearsal.acts import Failed, Play, go_forwards
from governance.rehearsal.releases import release
from governance.rehearsal.result import Rehearsal, Verdict
from governance.rehearsal.rows import Variety
from governance.rehearsal.scene import Scene
from governance.rehearsal.stage import traced
from governance.rehearsal.steps import Steps

_HOW = {Variety.ALL: "some rows", Variety.PLAIN: "rows", Variety.NONE: "empty"}


class _TrialIsOver(Exception):
    """Takes back what the trial has done."""


def rehearse(scene: Scene) -> Rehearsal:
    """Rehearse one migration; what goes wrong with it is a verdict, never an error."""
    begun, kept = time.perf_counter(), list[str]()
    steps = Steps(scene.migration, scene.before)
    play, refused, touched = None, list[tuple[Variety, Failed]](), set[str]()
    for variety in Variety:
        with scene.database(kept) as stage:
            play = Play(scene, steps, stage)
            try:
                if variety is Variety.ALL:
                    touched = _touched(scene, play)
                play.perform(touched, variety)
            except Failed as failed:
                refused.append((variety, failed))
        if not refused or refused[-1][0] is not variety or refused[-1][1].in_trial:
            break
    return _rehearsal(scene, play, refused, kept, time.perf_counter() - begun)


def not_rehearsed(key: tuple[str, str], error: MigrationBeforeFails, postgres: str) -> Rehearsal:
    """Return the outcome for a migration that builds on one which can't be applied."""
    return Rehearsal(
        app_label=key[0],
        name=key[1],
        postgres=postgres,
        verdicts=(verdicts.not_rehearsed(".".join(key), ".".join(error.key), str(error)),),
    )


def _rehearsal(
    scene: Scene,
    play: Play | None,
    refused: list[tuple[Variety, Failed]],
    kept: list[str],
    seconds: float,
) -> Rehearsal:
    for name in kept[:-1]:
        scene.server.drop(name)
    assert play is not None
    return Rehearsal(
        app_label=scene.migration.app_label,
        name=scene.migration.name,
        postgres=scene.server.version,
        verdicts=(*_on_rows(scene, refused), *play.verdicts),
        statements=tuple(play.statements),
        rows=dict(sorted(play.filled.rows.items())),
        stages=play.stages,
        tables=frozenset(play.known),
        seconds=seconds,
        database=scene.server.url(kept[-1]) if kept else "",
    )


def _on_rows(scene: Scene, refused: list[tuple[Variety, Failed]]) -> Iterator[Verdict]:
    """The last refusal tells how many rows it takes to fail."""
    if refused:
        variety, failed = refused[-1]
        how = "empty" if failed.in_trial else _HOW[variety]
        yield verdicts.failure(scene.name, failed.trace, failed.error, how=how)


def _touched(scene: Scene, play: Play) -> set[str]:
    """Return the tables that a trial without rows locks or reads, and those of changed models.

    It is taken back where that is possible; otherwise it happens on a copy.
    """
    scene.tell("trial")
    if scene.migration.atomic:
        return _tried(scene, play, play.stage)
    scratch = list[str]()
    try:
        with scene.database(scratch) as stage:
            return _tried(scene, play, stage)
    finally:
        for name in scratch:
            scene.server.drop(name)


def _tried(scene: Scene, play: Play, stage: BaseDatabaseWrapper) -> set[str]:
    found = set[str]()
    with traced(stage) as traces:
        try:
            if not scene.migration.atomic:
                after = go_forwards(play.steps, stage, traces)
            else:
                with transaction.atomic(using=scene.alias):
                    after = go_forwards(play.steps, stage, traces)
                    raise _TrialIsOver
        except _TrialIsOver:
            pass
        except Failed as failed:
            play.note("forwards", traces, well=False)
            failed.in_trial = True
            raise
    found |= {name for trace in traces for name in trace.locks}
    old, new = release(play.steps.before.apps, stage), release(after.apps, stage)
    found |= {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    return found & play.known.keys()

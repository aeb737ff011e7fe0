"""The acts of a rehearsal on one database.

Rows and the old release; forwards; both releases; backwards and a comparison; forwards again, rows
of the new release, and backwards once more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.state import ProjectState

from governance.postgres.identifiers import quoted
from governance.postgres.tracing import Trace
from governance.rehearsal import verdicts
from governance.rehearsal.comparison import Kept, differences, dropped, keep, lost
from governance.rehearsal.objects import differing, objects
from governance.rehearsal.probes import Probe, Refusal, probes, refusals
from governance.rehearsal.releases import choices, release
from governance.rehearsal.result import Kind, Statement, Verdict
from governance.rehearsal.rows import Filled, Variety, closure, fill
from governance.rehearsal.scene import Scene
from governance.rehearsal.stage import traced
from governance.rehearsal.steps import Steps
from governance.rehearsal.structure import structures


class Failed(Exception):
    """Going one way failed: the statement, where it was one, and the error."""

    def __init__(self, trace: Trace | None, error: Exception) -> None:
        super().__init__(str(error))
        self.trace = trace
        self.error = error
        self.in_trial = False


class Play:
    """One performance: what has been seen fills up as it goes on."""

    def __init__(self, scene: Scene, steps: Steps, stage: BaseDatabaseWrapper) -> None:
        self.scene = scene
        self.steps = steps
        self.stage = stage
        self.known = structures(stage.connection)
        self.objects = objects(stage.connection)
        self.changed = self.known
        self.verdicts: list[Verdict] = []
        self.statements: list[Statement] = []
        self.stages: dict[str, bool] = {}
        self.filled = Filled()
        self._touched = set[str]()
        self._kept: dict[str, Kept] = {}
        self._asked: list[Probe] = []
        self._refused_before: list[Refusal] = []

    def perform(self, touched: set[str], variety: Variety) -> None:
        """Do all the acts; raises ``Failed`` when the migration does not go forwards."""
        self._touched = touched
        self._prepare(variety)
        self.scene.tell("forwards")
        after = self._go("forwards", self._forwards)
        self.changed = structures(self.stage.connection)
        traces = [statement.trace for statement in self.statements]
        self.verdicts += verdicts.work(self.scene.name, traces, self.known)
        self.scene.tell("releases")
        self._old_release()
        self._new_release(after)
        self.scene.tell("backwards")
        if self._undo() and self._again():
            self._undo_after_use(after)
        if variety is not Variety.NONE:
            self.verdicts += verdicts.without_rows(self.scene.name, self.filled.reasons)

    def note(self, direction: str, traces: list[Trace], *, well: bool) -> None:
        """Note what was sent on one way, and how it ended."""
        own = [trace for trace in traces if not trace.sql.startswith("SET CONSTRAINTS")]
        self.statements += [Statement(direction=direction, trace=trace) for trace in own]
        self.stages[direction] = well

    def _prepare(self, variety: Variety) -> None:
        self.scene.tell("rows")
        driver, before = self.stage.connection, self.steps.before
        allowed = choices(before.apps)
        self.filled = fill(
            driver,
            self.known,
            self._touched,
            number=self.scene.rows,
            choices=allowed,
            variety=variety,
        )
        if self.filled.rows:
            driver.execute(f"ANALYZE {', '.join(map(quoted, self.filled.rows))}")
        self._kept = keep(driver, self.known, closure(self.known, self._touched))
        old = release(before.apps, self.stage)
        self._asked = probes(driver, old, self.known, self._touched, choices=allowed)
        self._refused_before = refusals(driver, self._asked)

    def _old_release(self) -> None:
        """What was accepted before and is refused now."""
        bad = {id(refusal.probe) for refusal in self._refused_before}
        fine = [probe for probe in self._asked if id(probe) not in bad]
        refused = refusals(self.stage.connection, fine)
        found = list(verdicts.old_release(self.scene.name, refused))
        kinds = {verdict.kind for verdict in found}
        self.stages["old release reads"] = Kind.BREAKS_OLD_READ not in kinds
        self.stages["old release writes"] = Kind.BREAKS_OLD_WRITE not in kinds
        self.verdicts += found

    def _new_release(self, after: ProjectState) -> None:
        """What is refused, and was not refused to the old release for the same reason."""
        driver, new = self.stage.connection, release(after.apps, self.stage)
        tables = self._touched | self._added() | (new.keys() & self._renamed())
        asked = probes(driver, new, self.changed, tables, choices=choices(after.apps))
        same = {(r.probe.table, r.probe.verb, r.message) for r in self._refused_before}
        refused = [
            refusal
            for refusal in refusals(driver, asked)
            if (refusal.probe.table, refusal.probe.verb, refusal.message) not in same
        ]
        found = list(verdicts.new_release(self.scene.name, refused, new))
        self.stages["new release"] = not found
        self.verdicts += found

    def _undo(self) -> bool:
        """Go back with the rows of the old release, and compare; tell whether it was possible."""
        name, driver = self.scene.name, self.stage.connection
        operations = enumerate(self.scene.migration.operations, 1)
        blocking = next((pair for pair in operations if not pair[1].reversible), None)
        if blocking is not None:
            number, operation = blocking
            self.verdicts.append(verdicts.irreversible(name, number, type(operation).__name__))
            self.stages["backwards"] = False
        if blocking is not None or not self._backwards("backwards", after_use=False):
            self._lost_forwards()
            return False
        restored = structures(driver)
        gone = list(lost(self._kept, keep(driver, restored, self._kept.keys())))
        left = list(differences(self.known, restored))
        tables = self.known.keys() & restored.keys()
        left += [("", fact) for fact in differing(self.objects, objects(driver), tables)]
        self.verdicts += verdicts.losses(name, gone, undone=True)
        self.verdicts += verdicts.differences(name, left)
        self.stages["all is as before"] = not (gone or left)
        return True

    def _lost_forwards(self) -> None:
        """Where no way leads back, what is no longer there after going forwards is lost."""
        driver = self.stage.connection
        gone = list(dropped(self._kept, self.changed))
        if not gone:
            now = keep(driver, self.changed, self._kept.keys())
            gone = list(lost({name: self._kept[name] for name in now}, now))
        self.verdicts += verdicts.losses(self.scene.name, gone, undone=False)

    def _again(self) -> bool:
        self.scene.tell("forwards again")
        try:
            self._go("forwards again", self._forwards)
        except Failed as failed:
            name = self.scene.name
            self.verdicts.append(verdicts.failure(name, failed.trace, failed.error, how="again"))
            return False
        return True

    def _undo_after_use(self, after: ProjectState) -> None:
        """Let the new release write all that its structure allows, and go back once more."""
        tables = (self._touched | self._added() | self._renamed()) & self.changed.keys()
        if not tables:
            return
        fill(
            self.stage.connection,
            structures(self.stage.connection),
            tables,
            number=self.scene.rows,
            choices=choices(after.apps),
            variety=Variety.ALL,
        )
        self._backwards("backwards after use", after_use=True)

    def _added(self) -> set[str]:
        return self.changed.keys() - self.known.keys()

    def _renamed(self) -> set[str]:
        """Tables under the names that they have now."""
        touched = {self.known[name].oid for name in self._touched if name in self.known}
        return {name for name, table in self.changed.items() if table.oid in touched}

    def _forwards(self, traces: list[Trace]) -> ProjectState:
        return go_forwards(self.steps, self.stage, traces)

    def _backwards(self, label: str, *, after_use: bool) -> bool:
        def back(traces: list[Trace]) -> None:
            try:
                self.steps.backwards(self.stage)
            except Exception as error:
                raise Failed(_last(traces), error) from error

        try:
            self._go(label, back)
        except Failed as failed:
            found = verdicts.reverse_failure(
                self.scene.name, failed.trace, failed.error, after_use=after_use
            )
            self.verdicts.append(found)
            return False
        return True

    def _go(self, label: str, act: Callable[[list[Trace]], Any]) -> Any:
        """Act with every statement traced; note how it went."""
        with traced(self.stage) as traces:
            try:
                result = act(traces)
            except Failed:
                self.note(label, traces, well=False)
                raise
        self.note(label, traces, well=True)
        return result


def go_forwards(steps: Steps, stage: BaseDatabaseWrapper, traces: list[Trace]) -> ProjectState:
    """Apply the migration; raises ``Failed`` whatever it raises."""
    try:
        return steps.forwards(stage)
    except Exception as error:
        raise Failed(_last(traces), error) from error


def _last(traces: list[Trace]) -> Trace | None:
    """The statement that failed; None where it was Python that failed."""
    return traces[-1] if traces and traces[-1].error else None

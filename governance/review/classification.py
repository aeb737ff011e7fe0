"""Operations as they were walked → phase, reversal, lost data, what breaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.migrations import operations
from django.db.migrations.operations.base import Operation

from governance.postgres.ddl.actions import (
    Action,
    AddColumn,
    AlterType,
    CreateTable,
    DropColumn,
    DropTable,
    RenameTable,
    SetNotNull,
    SetSchema,
    Transaction,
    Truncate,
    Unreadable,
    WriteRows,
)
from governance.postgres.ddl.emptiness import empty_after
from governance.postgres.ddl.facts import effects_of
from governance.postgres.ddl.schema import Schema
from governance.review import data_migrations, narrowing, phases
from governance.review.deferring import Taken
from governance.review.idling import is_idle
from governance.review.reviewed import (
    Breakage,
    Phase,
    Reversal,
    ReviewedMigration,
    ReviewedOperation,
    Step,
)
from governance.review.script import Script
from governance.review.walking import Walk

_WORST = (
    Reversal.CLEAN,
    Reversal.UNKNOWN,
    Reversal.LOSES_DATA,
    Reversal.FAILS_WITH_ROWS,
    Reversal.IMPOSSIBLE,
)


def reviewed(walk: Walk) -> ReviewedMigration:
    """Put together what is known of one migration."""
    steps = _steps(walk)
    found = tuple(_operation(walk, n, steps) for n in range(1, len(walk.steps) + 1))
    old, new = _breakages(walk, found)
    return ReviewedMigration(
        migration=walk.migration,
        operations=found,
        before=walk.schema_before,
        after=walk.schema_after,
        phase=_phase_of_all(walk, found, bool(old)),
        reversal=max((o.reversal for o in found), key=_WORST.index, default=Reversal.CLEAN),
        old_release=old,
        new_release=new,
    )


def _breakages(
    walk: Walk, found: Sequence[ReviewedOperation]
) -> tuple[tuple[Breakage, ...], tuple[Breakage, ...]]:
    """As of one operation from the first state to the last."""
    if len(found) < 2:
        return (found[0].old_release, found[0].new_release) if found else ((), ())
    return walk.releases.breakages(
        walk.steps[0].before,
        walk.state_after,
        walk.schema_before,
        walk.schema_after,
        actions=[t.action for t in walk.taken],
        of_django=all(_is_of_django(step.operation) for step in walk.steps),
    )


def _operation(walk: Walk, number: int, steps: Mapping[int, Sequence[Step]]) -> ReviewedOperation:
    step = walk.steps[number - 1]
    taken = [t for t in walk.taken if t.operation == number]
    before = taken[0].before if taken else walk.schema_before
    after = taken[-1].after if taken else before
    if taken and taken[-1].deferred:
        before, after = _without_others(taken)
    old: tuple[Breakage, ...] = ()
    new: tuple[Breakage, ...] = ()
    if before is not after or not _is_of_django(step.operation):
        old, new = walk.releases.breakages(
            step.before,
            step.after,
            before,
            after,
            actions=[t.action for t in taken],
            of_django=_is_of_django(step.operation),
        )
    actions = [t.action for t in taken if not is_idle(t.action, t.before)]
    return ReviewedOperation(
        number=number,
        operation=step.operation,
        steps=tuple(steps.get(number, ())),
        phase=phases.phase_of(actions, before, after, breaks_old=bool(old)),
        reversal=reversal_of(walk, number, taken),
        loses_data=_loses_data(walk, taken),
        state_before=step.before,
        state_after=step.after,
        old_release=old,
        new_release=new,
        unreadable=tuple(a.why for a in actions if isinstance(a, Unreadable)),
        mistake=walk.mistakes.get(number, ""),
        python=tuple(_scripts(step.operation)),
    )


def _is_of_django(operation: Operation) -> bool:
    """Tell whether Django makes of the state what the database has."""
    apart = (operations.SeparateDatabaseAndState, operations.RunSQL)
    forwards = type(operation).database_forwards.__module__
    return not isinstance(operation, apart) and forwards.startswith("django.")


def _scripts(operation: Any) -> Iterator[Script]:
    if isinstance(operation, operations.RunPython):
        yield data_migrations.read(operation.code)
    elif isinstance(operation, operations.SeparateDatabaseAndState):
        for inner in operation.database_operations:
            yield from _scripts(inner)


def _without_others(taken: Sequence[Taken]) -> tuple[Schema, Schema]:
    """The schema before and after this operation alone, as if Django put nothing off."""
    before = after = taken[0].before
    for one in taken:
        after = after.after(one.action)
    return before, after


def _steps(walk: Walk) -> dict[int, list[Step]]:
    """Number of an operation → its actions. SQL may begin and end a transaction of its own."""
    steps: dict[int, list[Step]] = {}
    begun, empty, moved = False, frozenset[str](), dict[str, str]()
    for taken in walk.taken:
        action = taken.action
        if isinstance(action, Transaction):
            ended = action.verb in {"commit", "rollback"}
            begun = action.verb == "begin" or (begun and not ended)
        of_django = walk.migration.atomic or walk.steps[taken.operation - 1].operation.atomic
        step = _step(taken, moved, empty, in_transaction=bool(begun or of_django))
        steps.setdefault(taken.operation, []).append(step)
        empty = empty_after(empty, action)
        if isinstance(action, RenameTable | SetSchema):
            first = moved.get(action.table, action.table)
            moved = {**moved, action.to: first, action.table: ""}
    return steps


def _step(
    taken: Taken, moved: Mapping[str, str], empty: frozenset[str], *, in_transaction: bool
) -> Step:
    action, before = taken.action, taken.before
    return Step(
        action=action,
        effects=effects_of(action, before, in_transaction=in_transaction, empty=empty),
        before=before,
        after=taken.after,
        moved=moved,
        deferred=taken.deferred,
        in_transaction=in_transaction,
    )


def _phase_of_all(walk: Walk, found: Iterable[ReviewedOperation], breaks_old: bool) -> Phase:
    """As of one operation, but what a later one makes good does not count."""
    operations_ = list(found)
    actions = [t.action for t in walk.taken if not is_idle(t.action, t.before)]
    before, after = walk.schema_before, walk.schema_after
    phase = phases.phase_of(actions, before, after, breaks_old=breaks_old)
    worst = max((o.phase for o in operations_), key=phases.ORDER.index, default=Phase.NONE)
    if worst is Phase.CONTRACT and phase is not Phase.CONTRACT:
        return Phase.CONTRACT if any(_drops(a, before) for a in actions) else phase
    return max(worst, phase, key=phases.ORDER.index)


def _drops(action: Action, before: Schema) -> bool:
    """Tell whether something that was there before is dropped, even if it is made again."""
    table = before.tables.get(action.table)
    match action:
        case DropTable():
            return table is not None
        case DropColumn(column=column):
            return table is not None and column in table.columns
    return False


def loses_data(action: Action, before: Schema) -> bool:
    """Tell whether values are gone once this is done."""
    if is_idle(action, before):
        return False
    match action:
        case DropTable() | DropColumn() | Truncate():
            return True
        case WriteRows(operation="delete"):
            return True
        case AlterType():
            return narrowing.loses(action, before)
    return False


def _loses_data(walk: Walk, taken: Sequence[Taken]) -> bool:
    """What comes with a migration and goes with it is no loss."""
    made = {t.action.table for t in walk.taken if isinstance(t.action, CreateTable)}
    fresh = made - walk.schema_before.tables.keys()
    return any(loses_data(t.action, t.before) for t in taken if t.action.table not in fresh)


def reversal_of(walk: Walk, number: int, taken: Sequence[Taken]) -> Reversal:
    """Tell what undoing an operation does, with rows in the tables and new ones since."""
    operation = walk.steps[number - 1].operation
    if not operation.reversible or _irreversible(operation):
        return Reversal.IMPOSSIBLE
    gone = _loses_data(walk, taken)
    back = walk.backwards(number)
    if any(isinstance(t.action, Unreadable) for t in back):
        return Reversal.UNKNOWN
    start = phases.renamed(walk.schema_after, (t.action for t in back))
    found = [_undoing(t.action, t.before, back, start) for t in back]
    if gone:
        found.append(Reversal.LOSES_DATA)
    return max(found, key=_WORST.index, default=Reversal.CLEAN)


def _irreversible(operation: object) -> bool:
    """Django only looks at an operation itself, not at those inside it."""
    if isinstance(operation, operations.SeparateDatabaseAndState):
        inner = operation.database_operations
        return any(not one.reversible or _irreversible(one) for one in inner)
    return False


def _undoing(action: Action, before: Schema, back: Sequence[Taken], start: Schema) -> Reversal:
    match action:
        case DropTable() | DropColumn() | CreateTable() | Truncate():
            return Reversal.LOSES_DATA
        case WriteRows(operation="delete"):
            return Reversal.LOSES_DATA
        case AddColumn(column=column):
            given = column.default or column.generated or column.identity or column.serial
            if column.not_null and not given:
                return Reversal.FAILS_WITH_ROWS
            return Reversal.CLEAN if column.generated else Reversal.LOSES_DATA
        case SetNotNull(table=table, column=column):
            filled = any(
                isinstance(t.action, WriteRows)
                and t.action.table == table
                and t.action.columns == (column,)
                for t in back
            )
            return Reversal.CLEAN if filled else Reversal.FAILS_WITH_ROWS
        case AlterType():
            if narrowing.fails(action, before):
                return Reversal.FAILS_WITH_ROWS
            lossy = narrowing.loses(action, before)
            return Reversal.LOSES_DATA if lossy else Reversal.CLEAN
    created = {t.action.table for t in back if isinstance(t.action, CreateTable)}
    if phases.demands(action, start, created):
        return Reversal.FAILS_WITH_ROWS
    return Reversal.CLEAN

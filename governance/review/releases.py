"""What a release can't do on a schema: its models' columns against the tables.

The old release is written for the state before, the new one for the state after. What a release
could not do before already is not told again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.migrations.state import ModelState, ProjectState

from governance.ownership.names import clipped, table_key
from governance.postgres.ddl.actions import (
    Action,
    Column,
    RenameTable,
)
from governance.postgres.ddl.schema import Schema, Table
from governance.postgres.ddl.typenames import canonical
from governance.review import demands, narrowing, phases
from governance.review.historical import HistoricalModel, through_of
from governance.review.parameters import Fit, comparing, storing
from governance.review.reviewed import Breakage

Breakages = tuple[Breakage, ...]
_READS = ("select", "insert", "update")
_WRITES = ("insert", "update")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A table as a release knows it."""

    table: str
    model: ModelState
    columns: Mapping[str, tuple[str, Any]]
    """Column → name and state's field."""

    @property
    def managed(self) -> bool:
        return bool(self.model.options.get("managed", True))


class Releases:
    """Compares releases with schemas; remembers the tables of each model that it has seen."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self._places: dict[int, tuple[ModelState, dict[str, _Place]]] = {}

    def breakages(
        self,
        old: ProjectState,
        new: ProjectState,
        before: Schema,
        after: Schema,
        *,
        actions: Sequence[Action] = (),
        of_django: bool = False,
    ) -> tuple[Breakages, Breakages]:
        """Return what the old and the new release can't do after, and could do before.

        ``of_django``: nobody but Django's own operations changed state and tables, so that the
        columns are made for the fields of the new release.
        """
        times = _Times(before=before, after=after, actions=actions)
        tables = _changed_tables(before, after) | self._changed_models(old, new)
        places = self._known(old, tables)
        expected = places if old is new else self._known(new, tables)
        absent = {p.table for p in places if not p.managed} - {*before.tables, *after.tables}
        expected = [p for p in expected if p.table not in absent]
        broken_old = [b for p in places for b in self._of(p, old, times, places)]
        broken_new = [b for p in expected for b in _of_names(p, times)]
        if not of_django:
            broken_new += [b for p in expected for b in self._of(p, new, times, places)]
        if not broken_old and not broken_new:
            return (), ()
        earlier = _Times(before=before, after=before)
        known = {b for p in places for b in self._of(p, old, earlier, ())}
        return (
            tuple(b for b in dict.fromkeys(broken_old) if b not in known),
            tuple(b for b in dict.fromkeys(broken_new) if b not in known and b.certain),
        )

    def _changed_models(self, old: ProjectState, new: ProjectState) -> set[str]:
        found: set[str] = set()
        for state, other in ((old, new), (new, old)) if old is not new else ():
            for key, known in state.models.items():
                if other.models.get(key) is not known:
                    found.update(self._places_of(state, known))
        return found

    def _known(self, state: ProjectState, tables: set[str]) -> list[_Place]:
        found = []
        for known in state.models.values() if tables else ():
            places = self._places_of(state, known)
            if not tables.isdisjoint(places):
                found += [place for table, place in places.items() if table in tables]
        return found

    def _places_of(self, state: ProjectState, known: ModelState) -> dict[str, _Place]:
        found = self._places.get(id(known))
        if found is None:
            models = models_with_tables(HistoricalModel(state, known))
            found = (known, {table_key(model.table): _place(model) for model in models})
            self._places[id(known)] = found
        return found[1]

    def _of(
        self, place: _Place, state: ProjectState, times: _Times, settled: Sequence[_Place]
    ) -> Iterator[Breakage]:
        """``settled``: where field and column are the same there, nothing can have changed."""
        yield from _of_names(place, times)
        table, known = times.after.tables.get(place.table), times.before.tables.get(place.table)
        if table is None or not _is_comparable(table):
            return
        same = {field for p in settled if p.table == place.table for _, field in p.columns.values()}
        for name, (field_name, field) in place.columns.items():
            column, earlier = table.columns.get(name), known.columns.get(name) if known else None
            if column is not None and (column is not earlier or field not in same):
                bound = _bound(state, place.model, field_name)
                if bound is not None:
                    yield from _of_column(place.table, bound, column, self.connection)
        kept = times.kept.tables.get(place.table)
        if kept is not None and kept is not table:
            yield from demands.of_constraints(place.table, kept, table, set(place.columns))
        yield from demands.of_triggers(place.table, times.kept, times.after)


def _bound(state: ProjectState, model: ModelState, name: str) -> Any:
    """Return a field; None for one that points to no model, of which Django makes no column."""
    try:
        return HistoricalModel(state, model).field(name)
    except (LookupError, FieldDoesNotExist):
        return None


class _Times:
    """The schema before and after; and before, under the names of after."""

    def __init__(self, *, before: Schema, after: Schema, actions: Sequence[Action] = ()) -> None:
        self.before, self.after = before, after
        self.kept = phases.renamed(before, actions)
        self.moved = {a.table: a.to for a in actions if isinstance(a, RenameTable)}


def _is_comparable(table: Table) -> bool:
    """A view, or a table of which a part is known, may have more columns than are known."""
    return table.complete and table.kind == "table"


def _of_names(place: _Place, times: _Times) -> Iterator[Breakage]:
    """Tables and columns that are not there, and columns that a release does not know.

    What is known of an unmanaged model's table may be less than it has, and it may come later.
    """
    table, known = times.after.tables.get(place.table), times.before.tables.get(place.table)
    if table is None:
        for verb in (*_READS, "delete") if place.managed or known else ():
            yield Breakage(verb=verb, table=place.table, reason=_gone(place.table, times))
        return
    if not _is_comparable(table):
        return
    for name, (_, field) in place.columns.items():
        if name not in table.columns and (place.managed or (known and name in known.columns)):
            for verb in ("select",) if field.generated else _READS:
                yield Breakage(verb=verb, table=place.table, reason=f"has no column {name}")
    for name, column in table.columns.items():
        if place.managed and name not in place.columns and _demanded(column):
            reason = f"demands a value for {name}"
            yield Breakage(verb="insert", table=place.table, reason=reason)


def _place(model: HistoricalModel) -> _Place:
    columns = {clipped(c): (f.name, model.declared[f.name]) for c, f in model.by_column.items()}
    return _Place(table=table_key(model.table), model=model.known, columns=columns)


def _changed_tables(before: Schema, after: Schema) -> set[str]:
    if before is after:
        return set()
    names = {*before.tables, *after.tables}
    changed = {n for n in names if before.tables.get(n) is not after.tables.get(n)}
    triggers = set(before.triggers.items()) ^ set(after.triggers.items())
    return changed | {key.rpartition(".")[0] for key, _ in triggers}


def models_with_tables(model: HistoricalModel) -> Iterator[HistoricalModel]:
    """Yield a model and those of its M2M tables, as far as they have tables."""
    unmanaged = not model.options.get("managed", True)
    if model.options.get("proxy") or not (model.migrates or unmanaged):
        return
    yield model
    for field in model.many_to_many if not unmanaged else ():
        try:
            through = through_of(model, field)
        except LookupError:
            continue
        if through is not None:
            yield through


def _gone(table: str, times: _Times) -> str:
    if table in times.moved:
        return f"is called {times.moved[table]} now"
    return "is gone" if table in times.before.tables else "is not there"


def _demanded(column: Column) -> bool:
    given = column.default or column.generated or column.identity or column.serial
    return column.not_null and not given


def _of_column(table: str, field: Any, column: Column, connection: Any) -> Iterator[Breakage]:
    if field.generated:
        return
    if column.generated and not field.primary_key:
        for verb in _WRITES:
            yield Breakage(verb=verb, table=table, reason=f"computes {column.name} itself")
        return
    if column.not_null and field.null:
        for verb in _WRITES:
            yield Breakage(
                verb=verb,
                table=table,
                reason=f"demands a value for {column.name}",
                certain=False,
            )
    if field.has_db_default() and column.not_null and not column.default and not column.generated:
        reason = f"has no default for {column.name}"
        yield Breakage(verb="insert", table=table, reason=reason)
    counts = column.identity or column.serial or column.default
    if field.db_type_suffix(connection) and not counts:
        reason = f"gives no number to {column.name}"
        yield Breakage(verb="insert", table=table, reason=reason)
    wanted = canonical(field.db_parameters(connection)["type"] or "")
    if wanted != column.type and column.type:
        yield from _of_type(table, column, wanted)


def _of_type(table: str, column: Column, wanted: str) -> Iterator[Breakage]:
    stored = storing(wanted, column.type)
    if stored is Fit.NEVER or not narrowing.fits(wanted, column.type):
        never = stored is Fit.NEVER
        reason = f"takes {f'no {wanted}' if never else f'only {column.type}'} for {column.name}"
        for verb in _WRITES:
            yield Breakage(verb=verb, table=table, reason=reason, certain=never)
    compared = comparing(wanted, column.type)
    if compared is Fit.NEVER:
        reason = f"has {column.type} in {column.name}, which can't be compared with {wanted}"
        yield Breakage(verb="select", table=table, reason=reason)
    elif narrowing.family(wanted) != narrowing.family(column.type):
        reason = f"has {column.type} in {column.name} where {wanted} is expected"
        yield Breakage(verb="select", table=table, reason=reason, certain=False)

"""Objects that are no tables, as far as the cost of later actions depends on them."""

from __future__ import annotations

from dataclasses import replace

from governance.postgres.ddl.actions import ChangeObject, SetSession
from governance.postgres.ddl.applying.columns import take_column, take_view
from governance.postgres.ddl.applying.constraints import set_column
from governance.postgres.ddl.applying.draft import Draft
from governance.postgres.ddl.applying.tables import move, take_table
from governance.postgres.ddl.relations import schema_of
from governance.postgres.ddl.table import Table

_VIEWS = frozenset({"view", "materialized view"})
_WITH_TYPE = frozenset({"type", "enum", "domain"})


def change_object(draft: Draft, action: ChangeObject) -> None:
    kind = action.kind
    if kind in _VIEWS:
        _view(draft, action)
    elif kind == "trigger":
        _trigger(draft, action)
    elif kind in {"domain", "domain constraint"}:
        _domain(draft, action)
    elif kind == "sequence":
        _sequence(draft, action)
    elif kind == "schema":
        _schema(draft, action)
    elif kind == "function":
        _function(draft, action)
    if kind in _WITH_TYPE:
        _type(draft, action)


def _view(draft: Draft, action: ChangeObject) -> None:
    if action.verb in {"create", "replace"}:
        known = draft.tables.get(action.name)
        if not (action.if_exists and known):
            _put_view(draft, action, known)
    elif action.verb == "drop":
        take_view(draft, action.name)
    elif action.verb == "rename" and action.name in draft.tables:
        move(draft, action.name, schema_of(action.name) + action.detail)
    elif action.detail.startswith("schema ") and action.name in draft.tables:
        schema = action.detail.removeprefix("schema ")
        name = action.name.rpartition(".")[2]
        move(draft, action.name, name if schema == "public" else f"{schema}.{name}")


def _put_view(draft: Draft, action: ChangeObject, known: Table | None) -> None:
    draft.put(
        Table(
            name=action.name,
            kind=action.kind,
            reads=action.reads,
            columns_read=frozenset(action.columns),
            outputs=tuple(action.detail.split()),
            plain=action.plain,
            views=known.views if known else (),
            indexes=known.indexes if known else {},
        )
    )
    for read in known.reads if known else ():
        if read in draft.tables:
            kept = tuple(v for v in draft.table(read).views if v != action.name)
            draft.change(read, views=kept)
    for read in action.reads:
        if action.name not in draft.table(read).views:
            draft.change(read, views=(*draft.table(read).views, action.name))


def _trigger(draft: Draft, action: ChangeObject) -> None:
    name = f"{action.table}.{action.name}"
    if action.verb in {"create", "replace"}:
        draft.triggers[name] = action.detail
    elif action.verb == "drop":
        draft.triggers.pop(name, None)
    elif action.verb == "rename" and name in draft.triggers:
        draft.triggers[f"{action.table}.{action.detail}"] = draft.triggers.pop(name)


def _function(draft: Draft, action: ChangeObject) -> None:
    if action.verb in {"create", "replace"}:
        draft.functions[action.name] = action.detail
        return
    draft.functions.pop(action.name, None)
    if action.verb == "drop" and action.cascade:
        draft.triggers = {t: f for t, f in draft.triggers.items() if f != action.name}


def _domain(draft: Draft, action: ChangeObject) -> None:
    """A domain that has lost a constraint may have others, so it stays a constrained one."""
    if action.kind == "domain constraint":
        added = action.verb == "create"
        draft.domains[action.name] = added or draft.domains.get(action.name, True)
    elif action.verb == "create":
        draft.domains[action.name] = bool(action.detail)
    elif action.detail == "set not null":
        draft.domains[action.name] = True


def _type(draft: Draft, action: ChangeObject) -> None:
    """Columns follow their type, when it is renamed, or dropped with CASCADE."""
    if action.verb == "rename" and action.detail:
        new = schema_of(action.name) + action.detail
        if action.name in draft.domains:
            draft.domains[new] = draft.domains.pop(action.name)
        for table in list(draft.tables.values()):
            for column in table.columns.values():
                if column.type.removesuffix("[]") == action.name:
                    suffix = column.type[len(action.name) :]
                    changed = replace(column, type=new + suffix)
                    columns = {**draft.table(table.name).columns, column.name: changed}
                    draft.change(table.name, columns=columns)
    elif action.verb == "drop":
        draft.domains.pop(action.name, None)
        for table in list(draft.tables.values()) if action.cascade else ():
            for column in list(table.columns.values()):
                if column.type.removesuffix("[]") == action.name:
                    take_column(draft, table.name, column.name, cascade=True)


def _sequence(draft: Draft, action: ChangeObject) -> None:
    if action.detail.startswith("owned by "):
        table, _, column = action.detail.removeprefix("owned by ").rpartition(".")
        if table in draft.tables:
            sequences = {**draft.table(table).sequences, column: action.name}
            draft.change(table, sequences=sequences)
        return
    if action.verb not in {"drop", "rename"}:
        return
    for owner in list(draft.tables.values()):
        if action.name in owner.sequences.values():
            new = schema_of(action.name) + action.detail
            kept = {
                column: new if sequence == action.name else sequence
                for column, sequence in owner.sequences.items()
                if sequence != action.name or action.verb == "rename"
            }
            draft.change(owner.name, sequences=kept)
            for column in {*owner.sequences} - {*kept}:
                set_column(draft, owner.name, column, default=None, serial=False)


def _schema(draft: Draft, action: ChangeObject) -> None:
    inside = [name for name in draft.tables if schema_of(name) == f"{action.name}."]
    for name in inside:
        if action.verb == "drop":
            take_table(draft, name)
        elif action.verb == "rename":
            move(draft, name, f"{action.detail}{name[len(action.name) :]}")


def set_session(draft: Draft, action: SetSession) -> None:
    if action.name.lower() == "timezone":
        draft.time_zone = "UTC" if action.value in {"", "default"} else action.value

"""A column gets another type, and with it those that point to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from governance.ownership.names import table_key
from governance.postgres.ddl.actions import (
    AlterType,
    ChangeGeneration,
    ChangeObject,
    DropIndex,
)
from governance.postgres.ddl.typenames import canonical
from governance.review import objects
from governance.review.editor import Editor
from governance.review.historical import (
    HistoricalModel,
    references_to,
)

_AUTO = ("AutoField", "BigAutoField", "SmallAutoField")


def retype(editor: Editor, model: HistoricalModel, old: Any, new: Any) -> list[Callable[[], None]]:
    """Take the ALTER COLUMN TYPE; return what Django does behind the other changes."""
    connection, table, column = editor.connection, table_key(model.table), new.column
    before, after = old.db_parameters(connection), new.db_parameters(connection)
    if leaves_text(old, before, after):
        name = like_name(editor, model, old)
        editor.take(DropIndex(table=table, name=name, if_exists=True))
    was, becomes = (f.get_internal_type() in _AUTO for f in (old, new))
    if was and not becomes:
        editor.take(ChangeGeneration(table=table, column=column, change="drop identity"))
    schema_editor = connection.schema_editor(collect_sql=True, atomic=False)
    casts = bool(schema_editor._using_sql(new, old))
    editor.take(
        AlterType(
            table=table,
            column=column,
            type=canonical(after["type"]),
            using=f'"{column}"::{after["type"]}' if casts else "",
            collation="" if becomes and not was else after.get("collation") or "",
        )
    )
    if becomes and not was:
        change = ChangeGeneration(table=table, column=column, change="add identity")
        return [lambda: editor.take(change)]
    if was and old.get_internal_type() != new.get_internal_type():
        return _sequence(editor, table, column, "alter" if becomes else "drop")
    if old.db_comment != new.db_comment:
        return [lambda: editor.comment(table, column)]
    return []


def _sequence(editor: Editor, table: str, column: str, verb: str) -> list[Callable[[], None]]:
    """An automatic number of another size: its sequence goes along, where it has one."""
    known = editor.schema.tables.get(table)
    name = known.sequences.get(column) if known else None
    if name is None:
        return []
    drops = verb == "drop"
    change = ChangeObject(verb=verb, kind="sequence", name=name, cascade=drops, if_exists=drops)
    return [lambda: editor.take(change)]


def leaves_text(old: Any, before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Tell whether an indexed column of texts gets another type: its LIKE index goes first."""
    if not (old.db_index or old.unique):
        return False
    return any(
        before["type"].startswith(kind) and not after["type"].startswith(kind)
        for kind in ("varchar", "text", "citext")
    )


def like_name(editor: Editor, model: HistoricalModel, old: Any) -> str:
    return objects.made_name(editor.connection, model.table, (old.column,), "_like")


def references(old: Any, new: Any) -> Iterator[tuple[HistoricalModel, Any, Any]]:
    """Yield foreign keys to a column, and those to their columns: model, field before and after."""
    before = {
        (referring.label, field.name): field
        for referring, field in references_to(old.historical.state, old.historical.key)
        if field.target.name == old.name
    }
    found = references_to(new.historical.state, new.historical.key)
    for referring, field in sorted(found, key=_order):
        known = before.get((referring.label, field.name))
        if known is None or field.target.name != new.name or not _managed(referring):
            continue
        yield referring, known, field
        yield from references(known, field)


def _order(reference: tuple[HistoricalModel, Any]) -> str:
    """Django goes by the name under which a relation is queried."""
    model, field = reference
    remote = field.remote_field
    return str(remote.related_query_name or remote.related_name or model.known.name_lower)


def _managed(model: HistoricalModel) -> bool:
    return bool(model.options.get("managed", True))

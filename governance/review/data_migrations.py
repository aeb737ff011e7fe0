"""Read the SQL of a RunSQL and the source of a RunPython function, without running either."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any

from django.db import migrations

from governance.postgres.ddl.actions import Unreadable
from governance.review.callees import Call, arguments_of, tree_of
from governance.review.reader import Reader
from governance.review.script import Script

_MOST_FUNCTIONS = 100


def sql_texts(sql: Any) -> Iterator[str]:
    """Yield the statements of a RunSQL: a text, or a list of texts and (text, parameters)."""
    if isinstance(sql, str):
        yield sql
        return
    for entry in sql or ():
        text = entry[0] if isinstance(entry, list | tuple) else entry
        if isinstance(text, str):
            yield text


def read(function: Any) -> Script:
    """Return what a RunPython function does, with the functions of its app that it calls."""
    try:
        return _read(function)
    except TypeError:  # a callable that can't be hashed
        name = type(function).__name__
        return Script(name=name, unreadable=(f"runs a {name}, whose source can't be read",))


@lru_cache(maxsize=1024)
def _read(function: Callable[..., Any]) -> Script:
    first = _first_call(function)
    name = getattr(first.function, "__qualname__", repr(function))
    if function is migrations.RunPython.noop:
        return Script(name=name)
    readers: list[Reader] = []
    waiting, seen = [first], {first.key}
    unreadable: dict[str, None] = {}
    while waiting:
        call = waiting.pop(0)
        reader = Reader(call)
        if reader.tree is None or len(seen) > _MOST_FUNCTIONS:
            unreadable[f"runs {reader.name}, whose source can't be read"] = None
            continue
        reader.read()
        readers.append(reader)
        fresh = [called for called in reader.called if called.key not in seen]
        seen.update(called.key for called in fresh)
        waiting += fresh
    return _put_together(function, name, readers, list(unreadable))


def _first_call(function: Callable[..., Any]) -> Call:
    """Return what Django calls: of a partial the function behind it, which has been given some."""
    if not isinstance(function, partial):
        return Call(function=function)
    free = arguments_of(tree_of(function.func))[len(function.args) :]
    return Call(function=function.func, editor=next(iter(free[1:2]), ""))


def _put_together(
    function: Callable[..., Any], name: str, readers: list[Reader], unreadable: list[str]
) -> Script:
    steps = dict.fromkeys(step for reader in readers for step in reader.steps)
    unreadable += [step.why for step in steps if isinstance(step, Unreadable)]
    calls = dict.fromkeys(call for reader in readers for call in reader.editing)
    unread = dict.fromkeys(call for reader in readers for call in reader.unread_editing)
    unreadable += [f"changes tables by schema_editor.{call}" for call in unread]
    unreadable += [why for reader in readers for why in reader.unknown]
    return Script(
        name=name,
        arguments=readers[0].arguments if readers else (),
        steps=tuple(step for step in steps if not isinstance(step, Unreadable)),
        loops=tuple(dict.fromkeys(loop for reader in readers for loop in reader.loops)),
        live_models=tuple(sorted({label for reader in readers for label in reader.live})),
        schema_editor_calls=tuple(calls),
        composed_sql=any(reader.composed for reader in readers),
        uses_alias=any(reader.uses_alias for reader in readers),
        unreadable=tuple(dict.fromkeys(unreadable)),
        code=function,
    )

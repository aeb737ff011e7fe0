"""What a database has beside its tables: views, sequences, functions, triggers, types and more."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from governance.postgres.catalog import ask
from governance.rehearsal.structure import query


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What makes an object what it is."""

    table: str
    """The table or materialized view that it comes and goes with."""
    text: str


Objects = Mapping[str, Definition]
"""By kind and name: «view shop_totals»."""


def objects(driver: Any) -> Objects:
    """Return every object that is no table, and belongs to no extension."""
    rows = ask(driver, query("objects"))
    return {f"{kind} {name}": Definition(table=at, text=text) for kind, name, at, text in rows}


def differing(before: Objects, after: Objects, tables: Collection[str]) -> Iterator[str]:
    """Yield what is missing, left over or another: «view shop_totals is left over».

    ``tables`` are there before and after. What hangs on another one comes and goes with it.
    """
    kept = {name.removeprefix("materialized view ") for name in before.keys() & after.keys()}
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        place = (old or new or _NOWHERE).table
        if place and place not in tables and place not in kept:
            continue
        if new is None:
            yield f"{name} is missing"
        elif old is None:
            yield f"{name} is left over"
        elif old.text != new.text:
            yield f"{name} is not as it was"


_NOWHERE = Definition(table="", text="")

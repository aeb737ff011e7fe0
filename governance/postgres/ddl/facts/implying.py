"""Whether the constraints of a table promise what a partition has to hold.

PostgreSQL proves it by logic. Here a promise counts where it is written in the very terms of
the bounds; any other is taken for none, so a scan may be announced that does not happen.
"""

from __future__ import annotations

import re

from governance.postgres.ddl.parts import ConstraintKind
from governance.postgres.ddl.table import Table

_RANGE = re.compile(r"from\s*\((.*)\)\s*to\s*\((.*)\)\s*$", re.IGNORECASE | re.DOTALL)
_LIST = re.compile(r"in\s*\((.*)\)\s*$", re.IGNORECASE | re.DOTALL)
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_CAST = re.compile(r"::[\w ]+(?:\(\d+\))?")


def implied(parent: Table, partition: Table, bound: str) -> bool:
    """Tell whether the rows of a table need not be read to become a partition."""
    if len(parent.partition_key) != 1:
        return False
    key = parent.partition_key[0]
    wanted = _wanted(key, bound)
    return bool(wanted) and all(_any(terms, _promised(partition)) for terms in wanted)


def _wanted(key: str, bound: str) -> list[set[str]]:
    """Return what has to hold: each as the ways in which it may be written."""
    not_null = {f"{key}isnotnull"}
    if found := _RANGE.search(bound):
        low, high = (_plain(text) for text in found.groups())
        terms = [not_null]
        if low != "minvalue":
            terms.append({f"{key}>={low}", f"{low}<={key}"})
        if high != "maxvalue":
            terms.append({f"{key}<{high}", f"{high}>{key}"})
        return terms
    if found := _LIST.search(bound):
        values = _plain(found[1])
        ways = {f"{key}in({values})", f"{key}=any(array[{values}])"}
        return [not_null, ways if "," in values else {*ways, f"{key}={values}"}]
    return []


def _any(terms: set[str], promised: set[str]) -> bool:
    return not terms.isdisjoint(promised)


def _promised(table: Table) -> set[str]:
    promised = {f"{name}isnotnull" for name, column in table.columns.items() if column.not_null}
    for constraint in table.constraints.values():
        if constraint.kind is ConstraintKind.CHECK and constraint.valid:
            promised |= {_plain(part) for part in _AND.split(constraint.expression)}
    return promised


def _plain(text: str) -> str:
    """Return a term without brackets around it, casts, spaces and the case of its letters."""
    bare = "".join(_CAST.sub("", text).lower().replace('"', "").split())
    while bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1]
    return bare

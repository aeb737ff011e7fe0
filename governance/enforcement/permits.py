"""Who may write each table, in the words the trigger understands. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from governance.conf import Mode
from governance.ownership.names import PLATFORM, is_unknown
from governance.ownership.registry import Registry, Table

EVERYBODY = "*"
CASCADE = "+cascade"

Until = Mapping[str, date]
"""Module → last day on which it may write; ``date.max`` when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """What the trigger of one table, or of a partition of it, is told."""

    table: str
    """As registered."""
    owner: str
    described: str
    """The owner with team and contact."""
    mode: Mode
    others: tuple[str, ...]
    """``dev``, ``dev:2027-06-30``, ``core+cascade``, ``*+cascade``."""

    @property
    def arguments(self) -> tuple[str, ...]:
        return (self.mode.value, self.owner, self.described, self.table, *self.others)


def permits(
    registry: Registry,
    references: Iterable[tuple[str, str]],
    mode_of: Callable[[str], Mode],
) -> dict[str, Permit]:
    """Return a permit for each table that a module owns.

    ``references`` are foreign keys as (table, table referred to). Tables of the platform and of
    nobody get none.
    """
    owned = [table for table in registry.tables.values() if _is_owned(table.owner)]
    writers = {table.name: _writers(table, registry) for table in owned}
    followers = _followers(owned, registry, references)
    cascading = _cascading(writers, followers)
    return {
        table.name: Permit(
            table=table.name,
            owner=table.owner,
            described=registry.described(table.owner),
            mode=mode_of(table.owner),
            others=_others(table.owner, writers[table.name], cascading.get(table.name, {})),
        )
        for table in owned
    }


def _is_owned(owner: str) -> bool:
    return owner != PLATFORM and not is_unknown(owner)


def _writers(table: Table, registry: Registry) -> dict[str, date]:
    """Shares that have ended stay: so nothing changes at midnight but the answer."""
    by_date = sorted(registry.shares_of(table.name), key=lambda share: share.until)
    shares = {share.module: share.until for share in by_date}
    return {**shares, table.owner: date.max}


def _followers(
    owned: Iterable[Table], registry: Registry, references: Iterable[tuple[str, str]]
) -> dict[str, set[str]]:
    """Return for each table those whose rows its own may follow.

    Across modules a ``Cascade`` says so. Inside a module its foreign keys do: who may delete the
    parent has deleted the children with it.
    """
    found: dict[str, set[str]] = {table.name: set() for table in owned}
    for module in registry.modules.values():
        for edge in module.cascades:
            child, parent = registry.table(edge.table), registry.table(edge.of)
            if child and parent and child.name in found and child.owner == module.name:
                found[child.name].add(parent.name if _is_owned(parent.owner) else EVERYBODY)
    for name, of in references:
        child, parent = registry.table(name), registry.table(of)
        if child and parent and child.owner == parent.owner and child.name in found:
            found[child.name].add(parent.name)
    return found


def _cascading(
    writers: Mapping[str, Until], followers: Mapping[str, set[str]]
) -> dict[str, dict[str, date]]:
    """Return who may change a table along with rows elsewhere, however many tables lie between."""
    known: dict[str, dict[str, date]] = {name: {} for name in followers}
    changed = True
    while changed:
        changed = False
        for name, parents in followers.items():
            for parent in parents:
                source = [*known.get(parent, {}).items(), *writers.get(parent, {}).items()]
                if parent == EVERYBODY:
                    source = [(EVERYBODY, date.max)]
                for module, until in source:
                    if known[name].get(module, date.min) < until:
                        known[name][module] = until
                        changed = True
    return known


def _others(owner: str, writers: Until, cascading: Until) -> tuple[str, ...]:
    plain = {module: until for module, until in writers.items() if module != owner}
    along = {
        f"{module}{CASCADE}": until
        for module, until in cascading.items()
        if writers.get(module, date.min) < until
    }
    return tuple(
        name if until == date.max else f"{name}:{until.isoformat()}"
        for name, until in sorted({**plain, **along}.items())
    )

"""The table of tables."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from governance.ownership.names import PLATFORM, is_unknown
from governance.ownership.registry import Registry
from governance.postgres.catalog import Relation

_COLUMNS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("table", {"no_wrap": True, "overflow": "ellipsis"}),
    ("owner", {"no_wrap": True}),
    ("team", {}),
    ("shared with", {}),
    ("rows", {"justify": "right", "no_wrap": True}),
    ("interface", {"overflow": "fold"}),
)
_ALWAYS = {"table", "owner", "rows"}
_WHOLE = {"owner", "rows"}
"""Columns that are never cut; where room is short, names of tables are."""
_LEAST = {"table": 12, "team": 6, "shared with": 6, "interface": 12}
"""Narrowest width of the others, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A table with everything that is known about who may write it."""

    table: str
    kind: str
    owner: str
    team: str
    writers: tuple[str, ...]
    """The owner first, then the modules with a share that has not ended."""
    rows: int | None
    """PostgreSQL's estimate; None before the first ANALYZE."""
    model: str
    interface: tuple[str, ...]


def rows(
    registry: Registry, relations: Iterable[Relation] | None, *, alias: str = "default"
) -> list[Row]:
    """Join the registry with what PostgreSQL has; tables that nobody owns come along.

    ``relations`` is None when PostgreSQL could not be asked; ``alias`` says which database it was.
    """
    present = {relation.name: relation for relation in relations or ()}
    partitions = {r.name: r.partition_of for r in present.values() if r.partition_of}
    names = {*registry.tables, *present} - set(partitions)
    absent = f"not in {alias}" if relations is not None else ""
    found = [_row(name, registry, present.get(name), absent) for name in names]
    return sorted(found, key=lambda row: (_rank(row.owner), row.owner, row.table))


def chosen(rows: Sequence[Row], *, module: str | None, everything: bool) -> list[Row]:
    """Return the rows of one module, or all; those of the platform only when asked for."""
    if module:
        return [row for row in rows if row.owner == module]
    return [row for row in rows if everything or row.owner != PLATFORM]


def as_data(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Return rows as plain dictionaries."""
    return [asdict(row) for row in rows]


def table(rows: Sequence[Row], registry: Registry, *, width: int | None = None) -> str:
    """Return the rows as text for a terminal, one block for each owner."""
    columns = width or shutil.get_terminal_size((100, 24)).columns
    if not rows:
        return "\n".join(_closing(rows, registry))
    console = Console(width=columns, file=io.StringIO(), color_system=None, legacy_windows=False)
    first = {row.owner: row for row in reversed(rows)}
    cells = [_cells(row, first=first[row.owner] is row) for row in rows]
    with console.capture() as captured:
        console.print(_grid(rows, cells, columns))
    lines = [line.rstrip() for line in captured.get().splitlines()]
    return "\n".join([*lines, "", *_closing(rows, registry)])


def _grid(rows: Sequence[Row], cells: Sequence[tuple[str, ...]], width: int) -> RichTable:
    """Lay the cells out; a column that is empty throughout is left away.

    Figures and owners are never cut. Where room is short, names of tables are.
    """
    grid = RichTable(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    longest = [max(len(texts[i]) for texts in cells) for i in range(len(_COLUMNS))]
    kept = [i for i, (title, _) in enumerate(_COLUMNS) if title in _ALWAYS or longest[i]]
    least = {i: _least(_COLUMNS[i][0], longest[i]) for i in kept}
    room = width - sum(least[i] + 2 for i in kept if i)
    for i in kept:
        title, options = _COLUMNS[i]
        most = max(least[i], min(longest[i], room)) if i == 0 else None
        grid.add_column(title, min_width=least[i], max_width=most, **options)
    for i, (row, texts) in enumerate(zip(rows, cells, strict=True), start=1):
        last = i < len(rows) and rows[i].owner != row.owner
        grid.add_row(*(Text(texts[column]) for column in kept), end_section=last)
    return grid


def _least(title: str, longest: int) -> int:
    if title in _WHOLE:
        return max(longest, len(title))
    return min(longest, _LEAST[title])


def _row(name: str, registry: Registry, relation: Relation | None, absent: str) -> Row:
    known = registry.table(name)
    owner = registry.owner_of_table(name)
    module = registry.modules.get(owner)
    return Row(
        table=name,
        kind=relation.kind if relation else absent,
        owner=owner,
        team=module.team if module else "",
        writers=(owner, *registry.sharers_of(name)),
        rows=relation.rows if relation else None,
        model=known.model if known else "",
        interface=tuple(module.interfaces) if module else (),
    )


def _cells(row: Row, *, first: bool) -> tuple[str, ...]:
    plain = {"": "", "table": "", "partitioned table": " (partitioned)"}
    note = plain.get(row.kind, f" ({row.kind})")
    owner = "nobody" if is_unknown(row.owner) else row.owner
    figure = "–" if row.rows is None else f"{row.rows:,}"
    interface = "\n".join(row.interface) if first else ""
    team = row.team if first else ""
    return (f"{row.table}{note}", owner, team, ", ".join(row.writers[1:]), figure, interface)


def _closing(rows: Sequence[Row], registry: Registry) -> list[str]:
    owners = {row.owner for row in rows if not is_unknown(row.owner)}
    counted = f"{_many(len(rows), 'table')} of {_many(len(owners), 'module')}."
    if not registry.modules:
        return [
            "No app of the project's own is installed; packages own every table (see --all).",
        ]
    if registry.declared:
        return [counted]
    return [
        counted,
        "Nothing is declared yet: each app counts as a module, and nothing is refused.",
        "Begin with: manage.py schema_owners --init",
    ]


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _rank(owner: str) -> int:
    if owner == PLATFORM:
        return 1
    return 2 if is_unknown(owner) else 0

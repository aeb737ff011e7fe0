"""The tables of triggers and of roles."""

from __future__ import annotations

import io
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from governance.enforcement.roles import RoleStanding
from governance.enforcement.status import Standing
from governance.ownership.names import is_unknown


def as_data(standings: Iterable[Standing]) -> list[dict[str, Any]]:
    """Return the rows as plain dictionaries."""
    return [
        {
            "table": entry.table,
            "owner": entry.owner,
            "mode": entry.mode.value,
            "state": entry.state.value,
            "reason": entry.reason,
        }
        for entry in standings
    ]


def table(standings: Sequence[Standing], *, width: int | None = None) -> str:
    """Return the rows as text for a terminal, one block for each owner."""
    if not standings:
        return "No table here belongs to a module."
    columns = width or shutil.get_terminal_size((100, 24)).columns
    console = Console(width=columns, file=io.StringIO(), color_system=None, legacy_windows=False)
    with console.capture() as captured:
        console.print(_grid(sorted(standings, key=_order)))
    lines = [line.rstrip() for line in captured.get().splitlines()]
    return "\n".join([*lines, "", _closing(standings)])


def _order(entry: Standing) -> tuple[bool, str, str]:
    return is_unknown(entry.owner), entry.owner, entry.table


def _grid(standings: Sequence[Standing]) -> RichTable:
    grid = RichTable(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    least = min(12, max(len(entry.table) for entry in standings))
    grid.add_column("table", no_wrap=True, overflow="ellipsis", min_width=least)
    for title in ("owner", "mode", "trigger"):
        grid.add_column(title, no_wrap=True)
    reasons = any(entry.reason for entry in standings)
    if reasons:
        grid.add_column("because", overflow="fold")
    for i, entry in enumerate(standings, start=1):
        last = i < len(standings) and standings[i].owner != entry.owner
        owner = "nobody" if is_unknown(entry.owner) else entry.owner
        cells = [entry.table, owner, entry.mode.value, entry.state.value]
        cells += [entry.reason] if reasons else []
        grid.add_row(*map(Text, cells), end_section=last)
    return grid


def _closing(standings: Sequence[Standing]) -> str:
    counts = Counter(entry.state.value for entry in standings)
    number = len(standings)
    parts = ", ".join(f"{count} {state}" for state, count in counts.most_common())
    return f"{number} table{'' if number == 1 else 's'}: {parts}."


def roles_as_data(roles: Iterable[RoleStanding]) -> list[dict[str, Any]]:
    """Return roles as plain dictionaries."""
    return [
        {
            "role": entry.name,
            "module": entry.module,
            "state": entry.state,
            "lacking": len(entry.lacking),
            "excessive": len(entry.excessive),
        }
        for entry in roles
    ]


def roles(entries: Sequence[RoleStanding]) -> str:
    """Return the roles as text for a terminal."""
    rows = [("role", "module", "state")]
    rows += [(entry.name, entry.module or "none", entry.state) for entry in entries]
    widths = [max(len(row[i]) for row in rows) for i in range(2)]
    return "\n".join(f"{a:{widths[0]}}  {b:{widths[1]}}  {c}" for a, b, c in rows)

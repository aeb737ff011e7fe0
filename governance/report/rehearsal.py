"""Rehearsals for people at a terminal: what each statement did, and how every stage went."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from governance.postgres.locks import Lock
from governance.rehearsal.result import Rehearsal, Statement

_QUICK = 0.001
_SMALL = Lock.SHARE_UPDATE_EXCLUSIVE
"""Locks below stand in nobody's way and are not shown."""
_MARKS = {True: "✓", False: "✗"}


def text(rehearsals: Sequence[Rehearsal], *, width: int | None = None) -> str:
    """Return one block for each rehearsal."""
    columns = width or shutil.get_terminal_size((100, 24)).columns
    console = Console(width=columns, file=io.StringIO(), color_system=None, legacy_windows=False)
    with console.capture() as captured:
        for rehearsal in rehearsals:
            console.print(_block(rehearsal, columns))
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _block(rehearsal: Rehearsal, width: int) -> RenderableType:
    parts: list[RenderableType] = [Text(_title(rehearsal), overflow="fold")]
    shown = [s for s in rehearsal.statements if s.direction == "forwards"]
    if shown:
        parts.append(_statements(shown, rehearsal.tables, width))
    if rehearsal.stages:
        parts.append(_stages(rehearsal.stages))
    kinds = list(dict.fromkeys(verdict.kind.value for verdict in rehearsal.verdicts))
    parts.append(Text("  " + (" · ".join(kinds) if kinds else "nothing to object")))
    if rehearsal.database:
        parts.append(Text(f"  kept: {rehearsal.database}", overflow="fold"))
    return Group(*parts, Text(""))


def _title(rehearsal: Rehearsal) -> str:
    total, tables = sum(rehearsal.rows.values()), len(rehearsal.rows)
    rows = f"{_many(total, 'row')} in {_many(tables, 'table')}" if tables else "no rows needed"
    facts = (f"PostgreSQL {rehearsal.postgres}", rows, f"{rehearsal.seconds:.1f} s")
    return f"{rehearsal.migration}\n  {' · '.join(facts)}\n"


def _statements(statements: Sequence[Statement], tables: frozenset[str], width: int) -> Padding:
    grid = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    locks_width = max(14, (width - 24) * 2 // 5)
    grid.add_column("statement", overflow="ellipsis", no_wrap=True, max_width=width - 24 - locks_width)
    grid.add_column("locks", overflow="fold", max_width=locks_width)
    grid.add_column("cost", no_wrap=True, min_width=7)
    grid.add_column("ms", no_wrap=True, justify="right", min_width=5)
    for statement in statements:
        trace = statement.trace
        locks = {t: lock for t, lock in trace.locks.items() if t in tables and lock >= _SMALL}
        grid.add_row(
            Text(_line(trace.sql)),
            Text("\n".join(_locks(locks))),
            Text(trace.error or _cost(statement, tables)),
            Text(f"{trace.seconds * 1000:,.0f}" if trace.seconds >= _QUICK else "<1"),
        )
    return Padding(grid, (0, 0, 0, 2))


def _locks(locks: Mapping[str, Lock]) -> list[str]:
    """Strongest first, tables with the same lock together."""
    by_lock: dict[Lock, list[str]] = {}
    for table, lock in locks.items():
        by_lock.setdefault(lock, []).append(table)
    return [f"{lock}: {', '.join(by_lock[lock])}" for lock in sorted(by_lock, reverse=True)]


def _cost(statement: Statement, tables: frozenset[str]) -> str:
    trace = statement.trace
    if set(trace.rewritten) & tables:
        return "rewrite"
    return "scan" if set(trace.scanned) & tables else ""


def _stages(stages: Mapping[str, bool]) -> Text:
    told = "  ".join(f"{_MARKS[well]} {stage}".replace(" ", "\u00a0") for stage, well in stages.items())
    return Text(f"\n{told}\n".replace("\n✓", "\n  ✓").replace("\n✗", "\n  ✗"))


def _line(sql: str) -> str:
    return re.sub(r"\s+", " ", sql).strip().replace('"', "")


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"

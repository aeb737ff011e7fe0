"""Rehearsals for people at a terminal: what each statement did, and how every stage went."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from governance.postgres.locks import Lock
from governance.postgres.tracing import Trace
from governance.rehearsal.result import Rehearsal, Statement

_QUICK = 0.001
_BRIEF = 72
_SMALL = Lock.SHARE_UPDATE_EXCLUSIVE
"""Locks below stand in nobody's way and are not shown."""
_MARKS = {True: "✓", False: "✗"}


def text(rehearsals: Sequence[Rehearsal], *, width: int | None = None) -> str:
    """Return a block for a rehearsal; of several, for those with verdicts, and a table of all."""
    columns = width or shutil.get_terminal_size((100, 24)).columns
    several = len(rehearsals) > 1
    shown = [r for r in rehearsals if r.verdicts or r.database or not several]
    table = [_drawn(_summary(rehearsals, columns), columns), ""] if several else []
    return "\n".join([*(_block(rehearsal, columns) for rehearsal in shown), *table, ""])


def brief(rehearsal: Rehearsal, *, most: int = 8) -> list[str]:
    """Return a line for each statement that somebody has to wait for, going forwards."""
    sent = [s for s in rehearsal.statements if s.direction == "forwards"]
    shown = list(_worth_showing(sent, rehearsal.tables))
    lines = [_brief(statement.trace, rehearsal) for statement in shown[:most]]
    left = len(shown) - most
    return lines + ([f"{_many(left, 'more statement')}"] if left > 0 else [])


def _brief(trace: Trace, rehearsal: Rehearsal) -> str:
    """«2 ms: ALTER TABLE shop_order … (ACCESS EXCLUSIVE: shop_order; rewrite, 20 rows)»."""
    tables = {table: rehearsal.rows.get(table, 0) for table in _strong(trace, rehearsal.tables)}
    cost = trace.error or _cost(trace, rehearsal.tables)
    facts = [*_locks(_strong(trace, rehearsal.tables)), *([cost] if cost else [])]
    facts += [_many(sum(tables.values()), "row")] if tables else []
    sql = _line(trace.sql)
    text = sql if len(sql) <= _BRIEF else f"{sql[: _BRIEF - 1]}…"
    return f"{_milliseconds(trace)} ms: {text} ({'; '.join(facts)})"


def _milliseconds(trace: Trace) -> str:
    return f"{trace.seconds * 1000:,.0f}" if trace.seconds >= _QUICK else "<1"


def _summary(rehearsals: Sequence[Rehearsal], width: int) -> Table:
    """One line for each: how many rows there were, how long it took, what came out."""
    grid = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
    room = min(max(len(r.migration) for r in rehearsals), width // 2)
    grid.add_column("migration", overflow="ellipsis", no_wrap=True, min_width=room, max_width=room)
    grid.add_column("rows", justify="right", no_wrap=True, min_width=4)
    grid.add_column("s", justify="right", no_wrap=True, min_width=4)
    grid.add_column("verdict", overflow="fold", ratio=1)
    for rehearsal in rehearsals:
        rows, kinds = f"{sum(rehearsal.rows.values()):,}", _kinds(rehearsal)
        said = " · ".join(kinds) or "nothing to object"
        mark = _MARKS[not kinds]
        grid.add_row(rehearsal.migration, rows, f"{rehearsal.seconds:.1f}", f"{mark} {said}")
    return grid


def _block(rehearsal: Rehearsal, width: int) -> str:
    parts = [rehearsal.migration, f"  {_facts(rehearsal)}", ""]
    sent = [s for s in rehearsal.statements if s.direction == "forwards"]
    shown = list(_worth_showing(sent, rehearsal.tables))
    if shown:
        parts.append(_drawn(_statements(shown, rehearsal.tables, width), width))
    if len(sent) > len(shown):
        parts.append(_others(len(sent) - len(shown), bool(shown)))
    parts += ["", _stages(rehearsal.stages, width), ""]
    kinds = _kinds(rehearsal)
    parts.append(_wrapped(kinds, " · ", width) if kinds else "  nothing to object")
    if rehearsal.database:
        parts.append(f"  kept  {rehearsal.database}")
    return "\n".join([*parts, ""])


def _kinds(rehearsal: Rehearsal) -> list[str]:
    return list(dict.fromkeys(verdict.kind.value for verdict in rehearsal.verdicts))


def _drawn(grid: RenderableType, width: int) -> str:
    console = Console(width=width, file=io.StringIO(), color_system=None, legacy_windows=False)
    with console.capture() as captured:
        console.print(grid)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _facts(rehearsal: Rehearsal) -> str:
    total, tables = sum(rehearsal.rows.values()), len(rehearsal.rows)
    rows = f"{_many(total, 'row')} in {_many(tables, 'table')}" if tables else "touches no rows"
    return f"PostgreSQL {rehearsal.postgres} · {rows} · {rehearsal.seconds:.1f} s"


def _worth_showing(sent: Sequence[Statement], tables: frozenset[str]) -> Iterator[Statement]:
    """Statements that fail, cost something, or take a lock that was not held before."""
    held: dict[str, Lock] = {}
    for statement in sent:
        trace = statement.trace
        locks = _strong(trace, tables)
        more = any(lock > held.get(table, Lock.NONE) for table, lock in locks.items())
        if trace.error or more or _cost(trace, tables):
            yield statement
        held = {**held, **locks} if trace.in_transaction else {}


def _others(number: int, some_shown: bool) -> str:
    noun = f"{'more ' if some_shown else ''}statement{'' if number == 1 else 's'}"
    return f"  {number} {noun} that nobody has to wait for"


def _strong(trace: Trace, tables: frozenset[str]) -> dict[str, Lock]:
    return {t: lock for t, lock in trace.locks.items() if t in tables and lock >= _SMALL}


def _statements(statements: Sequence[Statement], tables: frozenset[str], width: int) -> Padding:
    grid = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
    room = width - 24
    widest = max(len(line) for s in statements for line in [*_locks(_strong(s.trace, tables)), ""])
    for_locks = max(6, min(widest, room // 2))
    grid.add_column(
        "statement", overflow="ellipsis", no_wrap=True, min_width=20, max_width=room - for_locks
    )
    grid.add_column("locks", overflow="fold", min_width=for_locks, max_width=for_locks)
    grid.add_column("cost", no_wrap=True, min_width=7)
    grid.add_column("ms", no_wrap=True, justify="right", min_width=4)
    for statement in statements:
        trace = statement.trace
        grid.add_row(
            Text(_line(trace.sql)),
            Text("\n".join(_locks(_strong(trace, tables)))),
            Text(trace.error or _cost(trace, tables)),
            Text(_milliseconds(trace)),
        )
    return Padding(grid, (0, 0, 0, 2))


def _locks(locks: Mapping[str, Lock]) -> list[str]:
    """Strongest first, tables with the same lock together."""
    by_lock: dict[Lock, list[str]] = {}
    for table, lock in locks.items():
        by_lock.setdefault(lock, []).append(table)
    return [f"{lock}: {', '.join(by_lock[lock])}" for lock in sorted(by_lock, reverse=True)]


def _cost(trace: Trace, tables: frozenset[str]) -> str:
    if set(trace.rewritten) & tables:
        return "rewrite"
    return "scan" if set(trace.scanned) & tables else ""


def _stages(stages: Mapping[str, bool], width: int) -> str:
    return _wrapped([f"{_MARKS[well]} {stage}" for stage, well in stages.items()], "   ", width)


def _wrapped(parts: Sequence[str], between: str, width: int) -> str:
    """Join parts in lines that are no wider than the terminal; no part is broken."""
    lines = [""]
    for part in parts:
        if lines[-1] and len(lines[-1]) + len(between) + len(part) > width - 2:
            lines.append("")
        lines[-1] += f"{between if lines[-1] else ''}{part}"
    return "\n".join(f"  {line}" for line in lines)


def _line(sql: str) -> str:
    return re.sub(r"\s+", " ", sql).strip().replace('"', "")


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"

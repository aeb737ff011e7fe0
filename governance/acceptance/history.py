"""What git knows of the baseline file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from governance import git
from governance.acceptance.baseline import loads
from governance.acceptance.entries import Baseline
from governance.exceptions import BaselineRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The file at one commit."""

    day: date
    entries: int
    places: int


def at(path: Path, ref: str) -> Baseline:
    """Return the baseline at a commit; empty where the file was not there yet.

    Raises ``BaselineRefused`` when git does not know the commit.
    """
    if not git.knows(path.parent, ref):
        raise BaselineRefused(git.unknown(path.parent, ref))
    text = git.ask(path.parent, "show", f"{ref}:./{path.name}")
    return loads(text, path) if text is not None else Baseline()


def past(path: Path) -> list[Past]:
    """Return the file at the commits that the trend names: its first, and its last two.

    Empty without git, or while the file is in no commit.
    """
    log = git.ask(path.parent, "log", "--format=%H %cs", "--", path.name) or ""
    commits = [line.split() for line in log.splitlines()]
    chosen = [*commits[:2], *commits[2:][-1:]]
    found = []
    for commit, day in chosen:
        text = git.ask(path.parent, "show", f"{commit}:./{path.name}")
        if text is not None:
            then = loads(text, path)
            found.append(
                Past(day=date.fromisoformat(day), entries=len(then.entries), places=then.places)
            )
    return found


def trend(baseline: Baseline, known: list[Past]) -> str:
    """Return one sentence: how much is accepted, and whether it becomes less."""
    entries, places = len(baseline.entries), baseline.places
    now = f"{entries} {'entry' if entries == 1 else 'entries'}, {_many(places)}"
    parts = []
    last = next((p for p in known if (p.entries, p.places) != (entries, places)), None)
    if last is not None:
        parts.append(f"{_signed(entries - last.entries)} since {last.day}")
    if len(known) > 1 and known[-1] is not last:
        parts.append(f"{known[-1].entries} at the start on {known[-1].day}")
    return f"Baseline: {now}" + (f" ({'; '.join(parts)})" if parts else "") + "."


def _signed(number: int) -> str:
    return f"−{-number}" if number < 0 else f"+{number}"


def _many(places: int) -> str:
    return f"{places} place{'' if places == 1 else 's'}"

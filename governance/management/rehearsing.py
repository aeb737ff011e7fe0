"""The progress bar of ``schema_rehearse``; drawn on stderr, and only where somebody looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from governance.rehearsal.choosing import Key


class Bar:
    """Tells which migration is rehearsed, and what is being done with it."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=total, stage="")
        self._begun = 0

    def begin(self, key: Key) -> None:
        """Go on to the next migration."""
        self._progress.update(
            self._task, completed=self._begun, description=f"{key[0]}.{key[1]}", stage=""
        )
        self._begun += 1

    def replay(self, key: Key, number: int, of: int) -> None:
        """Tell of a migration that comes before."""
        self.stage(f"replaying {number} of {of}: {key[0]}.{key[1]}")

    def stage(self, name: str) -> None:
        """Tell what comes next."""
        self._progress.update(self._task, stage=name)


@contextmanager
def progress(total: int) -> Iterator[Bar]:
    """Show a bar for the length of a block."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[stage]}"),
    )
    console = Console(stderr=True)
    hidden = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as shown:
        yield Bar(shown, total)

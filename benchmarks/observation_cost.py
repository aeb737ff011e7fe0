"""What it costs a request to have a repeated violation counted, and what a batch costs.

    python benchmarks/observation_cost.py

Needs the demonstration project's settings. The batch is sent to its PostgreSQL and rolled back.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import django
from rich.console import Console
from rich.table import Table

CHECKOUT = Path(__file__).resolve().parent.parent
ROUNDS, NUMBER = 21, 5_000


def main() -> None:
    """Print the table; figures are microseconds."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    sys.path.insert(0, str(CHECKOUT))
    os.chdir(CHECKOUT)
    django.setup()
    table = Table(title="Cost of counting a violation")
    for title, side in (("what", "left"), ("µs", "right"), ("bar µs", "right")):
        table.add_column(title, justify=side)
    for name, taken, bar in rows():
        table.add_row(name, f"{taken:,.2f}", bar)
    Console(width=100).print(table)


def rows() -> list[tuple[str, float, str]]:
    from governance.findings import Finding, Location
    from governance.rules import rule
    from governance.writes import observations, recorder
    from governance.writes.tally import Sighting

    write = Finding(
        rule=rule("cross-module-write"),
        message="dev may not update finance_transaction.",
        hint="",
        subject="finance_transaction",
        actor="dev",
        owner="finance",
        location=Location(file="dev/jobs.py", line=7, function="dev.jobs.close"),
        details={"operation": "update"},
    )
    observations.INTERVAL = 600.0
    batch = [
        Sighting(
            finding=Finding(rule=write.rule, message="x", hint="", subject=f"t{n}"),
            count=1,
            first=1.0,
            last=2.0,
        )
        for n in range(1_000)
    ]
    found = [
        (
            "repeated violation, one thread",
            each(lambda: recorder.record([write], announce=True)),
            "5",
        ),
        (
            "repeated violation, four threads",
            crowd(lambda: recorder.record([write], announce=True)),
            "",
        ),
    ]
    recorder.clear()
    found.append(("batch of 1,000 kinds, in the background", stored(batch), ""))
    return found


def each(call: Callable[[], None]) -> float:
    call()
    figures = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for _ in range(NUMBER):
            call()
        figures.append((time.perf_counter() - begun) / NUMBER * 1e6)
    return statistics.median(figures)


def crowd(call: Callable[[], None]) -> float:
    """Time per call when four threads call at once; they share one lock."""

    def work(_: int) -> None:
        for _ in range(NUMBER):
            call()

    figures = []
    with ThreadPoolExecutor(4) as pool:
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            list(pool.map(work, range(4)))
            figures.append((time.perf_counter() - begun) / (4 * NUMBER) * 1e6)
    return statistics.median(figures)


def stored(batch: list[object]) -> float:
    from django.core.management import call_command
    from django.db import transaction

    from governance.writes import storing

    call_command("migrate", verbosity=0)
    figures = []
    for _ in range(5):
        with transaction.atomic():
            begun = time.perf_counter()
            storing.store(batch, 0)
            figures.append((time.perf_counter() - begun) * 1e6)
            transaction.set_rollback(True)
    return statistics.median(figures)


if __name__ == "__main__":
    main()

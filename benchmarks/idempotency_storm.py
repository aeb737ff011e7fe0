"""Storms and crashes against real servers, in the long form: B1 to B5 of the bars.

    python benchmarks/idempotency_storm.py [--rounds 50] [--crashes 10] [--peers PYTHON]

32 equal requests at once, 4 processes with 8 threads; workers are killed at five points. Exits
with 1 if there was one row too many, one too few, or two different answers.

With PYTHON, the interpreter of a virtual environment as ``idempotency_overhead.py`` wants it, other
packages go through the same; what becomes of them is shown and does not count.
"""

import argparse
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rich import box
from rich.console import Console
from rich.table import Table

from governance.idempotency.testing import Reply, storm, until_answered
from governance.postgres import embedded
from tests.idempotency.databases import bouncing
from tests.idempotency.serving import Site, connect, migrate, run, serving
from tests.idempotency.site.peers import NAMES

DELAYS: dict[str, dict[str, str]] = {
    "none": {},
    "150 ms before": {"X_Before": "150"},
    "150 ms after": {"X_After": "150"},
}
POINTS = ("c1", "c2", "c3", "c4", "sql")


@dataclass(slots=True)
class Seen:
    """What the storms of one configuration led to."""

    rounds: int = 0
    extra_rows: int = 0
    missing_rows: int = 0
    most_executions: int = 0
    different_answers: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    crash_rows: dict[str, list[int]] = field(default_factory=dict)
    recovery: dict[str, list[float]] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        wrong = any(rows != 1 for counts in self.crash_rows.values() for rows in counts)
        return bool(self.extra_rows or self.missing_rows or self.different_answers or wrong)


def options(*values: str) -> dict[str, Any]:
    return {"OPTIONS": {"options": " ".join(f"-c {v}" for v in values)}}


ISOLATION = "default_transaction_isolation"
CONFIGURATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "advisory lock": ("/pay", {}),
    "row lock": ("/row", {}),
    "ATOMIC_REQUESTS": ("/pay", {"ATOMIC_REQUESTS": True}),
    "REPEATABLE READ": ("/pay", options(f"{ISOLATION}=repeatable\\ read")),
    "SERIALIZABLE": ("/pay", options(f"{ISOLATION}=serializable")),
    "PgBouncer, transactions": ("/pay", {}),
}


@contextmanager
def site_of(name: str, database: dict[str, Any], python: str) -> Iterator[tuple[Site, str]]:
    if name in NAMES:
        with serving(database, SITE_PEERS="1", SITE_PYTHON=python) as site:
            yield site, f"/authenticated/{name}"
        return
    path, more = CONFIGURATIONS[name]
    if name.startswith("PgBouncer"):
        with bouncing(database) as through, serving(through) as site:
            yield site, path
    else:
        with serving({**database, **more}) as site:
            yield site, path


def one_storm(site: Site, path: str, delay: dict[str, str], seen: Seen) -> None:
    key = str(uuid4())
    replies: list[Reply] = storm(lambda: site.pay(key, path=path, **delay), times=32)
    final = until_answered(lambda: site.pay(key, path=path))
    rows = site.rows(key)
    bodies = {r.body for r in [*replies, final] if 200 <= r.status < 300}
    seen.rounds += 1
    seen.extra_rows += max(0, rows - 1)
    seen.missing_rows += rows == 0
    seen.different_answers += len(bodies) != 1
    seen.most_executions = max(seen.most_executions, site.executions(key))
    seen.statuses.update(r.status for r in replies)


def one_crash(site: Site, path: str, point: str, seen: Seen) -> None:
    key = str(uuid4())
    site.pay(key, path=path, X_Crash=point)
    answer = until_answered(lambda: site.pay(key, path=path, X_Crash=point))
    seen.recovery.setdefault(point, []).append(answer.seconds)
    again = site.pay(key, path=path)
    same = again.body == answer.body and again.status == 201
    seen.crash_rows.setdefault(point, []).append(site.rows(key) if same else -1)


def show(results: dict[str, Seen]) -> None:
    table = Table(box=box.SIMPLE_HEAD, title="Storms of 32 equal requests, 4 processes x 8 threads")
    columns = ("", "storms", "rows too many", "too few", "different answers", "executions, most")
    for name in (*columns, "statuses"):
        table.add_column(name)
    for name, seen in results.items():
        statuses = "  ".join(f"{s}: {n}" for s, n in sorted(seen.statuses.items()))
        numbers = (seen.rounds, seen.extra_rows, seen.missing_rows, seen.different_answers)
        table.add_row(name, *map(str, numbers), str(seen.most_executions), statuses)
    crashes = Table(box=box.SIMPLE_HEAD, title="Worker killed: rows after the retry; seconds, p95")
    for title in ("", *POINTS):
        crashes.add_column(title)
    for name, seen in results.items():
        cells = []
        for point in POINTS:
            taken = sorted(seen.recovery.get(point, [0.0]))
            worst = statistics.quantiles(taken, n=20)[-1] if len(taken) > 1 else taken[0]
            rows = ",".join(map(str, sorted(set(seen.crash_rows.get(point, [])))))
            cells.append(f"{rows}; {worst:.2f}")
        crashes.add_row(name, *cells)
    console = Console(width=140)
    console.print(table)
    console.print(crashes)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50, help="Storms for each delay.")
    parser.add_argument("--crashes", type=int, default=10, help="Crashes at each point.")
    parser.add_argument("--peers", metavar="PYTHON", default="")
    chosen = parser.parse_args()
    results: dict[str, Seen] = {}
    with tempfile.TemporaryDirectory() as folder, embedded.running(Path(folder)) as server:
        database = server.database("storm")
        with connect(database) as connection:
            more = {"SITE_PEERS": "1", "SITE_PYTHON": chosen.peers} if chosen.peers else {}
            migrate(database, Path(folder), **more)
            if chosen.peers:
                run(database, Path(folder), "-m", "tests.idempotency.site.peers", **more)
            connection.execute("ALTER DATABASE storm SET client_connection_check_interval = 500")
            for name in (*CONFIGURATIONS, *(NAMES if chosen.peers else ())):
                seen = results[name] = Seen()
                with site_of(name, database, chosen.peers) as (site, path):
                    for _ in range(chosen.rounds):
                        for delay in DELAYS.values():
                            one_storm(site, path, delay, seen)
                    for point in POINTS:
                        for _ in range(chosen.crashes):
                            one_crash(site, path, point, seen)
    show(results)
    return int(any(seen.failed for name, seen in results.items() if name not in NAMES))


if __name__ == "__main__":
    raise SystemExit(main())

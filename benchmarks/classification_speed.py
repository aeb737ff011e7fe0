"""How long does it take to classify the whole history of a project?

python benchmarks/classification_speed.py path/to/project its.settings

The project's Python has to have governance; nothing is sent to its database. Each run is a
process of its own, so Django's start counts.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

CHECKOUT = Path(__file__).resolve().parent.parent
BAR_SECONDS = 3.0

MEASURED = """
import json, time, warnings
warnings.simplefilter("ignore")
begin, cpu = time.perf_counter(), time.process_time()
import django
django.setup()
started = time.perf_counter()
from django.db.migrations.loader import MigrationLoader
from governance.review import history
loader = MigrationLoader(None)
plan = history.whole_plan(loader)
loaded = time.perf_counter()
found = list(history.review(plan, history.first_state(loader)))
done = time.perf_counter()
phases = {}
for migration in found:
    phases[migration.phase.value] = phases.get(migration.phase.value, 0) + 1
print(json.dumps({
    "start": started - begin, "load": loaded - started, "classify": done - loaded,
    "total": done - begin, "cpu": time.process_time() - cpu,
    "migrations": len(loader.disk_migrations), "walked": len(found),
    "operations": sum(len(m.operations) for m in found), "phases": phases,
    "mistakes": sum(bool(o.mistake) for m in found for o in m.operations),
    "unreadable": sum(bool(o.unreadable) for m in found for o in m.operations),
}))
"""


def main() -> int:
    """Print the median of some runs; return 1 when it is above the bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=Path, help="the folder with manage.py")
    parser.add_argument("settings", help="the settings module")
    parser.add_argument("--python", default=sys.executable, help="the project's Python")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    runs = sorted((_run(options) for _ in range(options.runs)), key=lambda run: run["total"])
    _print(runs)
    return int(runs[len(runs) // 2]["total"] > BAR_SECONDS)


def _run(options: argparse.Namespace) -> dict[str, Any]:
    path = os.pathsep.join([str(options.project.resolve()), str(CHECKOUT)])
    environment = {**os.environ, "PYTHONPATH": path, "DJANGO_SETTINGS_MODULE": options.settings}
    done = subprocess.run(
        [options.python, "-c", MEASURED],
        env=environment,
        cwd=options.project,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _print(runs: list[dict[str, Any]]) -> None:
    middle = runs[len(runs) // 2]
    table = Table(title=f"{middle['migrations']} migrations, {middle['operations']} operations")
    for column in ("", "median s", "best s", "worst s"):
        table.add_column(column, justify="left" if not column else "right")
    for part in ("start", "load", "classify", "total", "cpu"):
        times = sorted(run[part] for run in runs)
        shown = (times[len(times) // 2], times[0], times[-1])
        table.add_row(part, *(f"{seconds:.2f}" for seconds in shown))
    console = Console()
    console.print(table)
    console.print(f"Walked {middle['walked']}: {middle['phases']}")
    console.print(f"Do not fit: {middle['mistakes']}; not readable: {middle['unreadable']}")
    console.print(f"Bar: {BAR_SECONDS} s for the total.")


if __name__ == "__main__":
    sys.exit(main())

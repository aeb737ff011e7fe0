"""How long does the review of a whole history take? On a project that is given, and migrated.

    python benchmarks/review_speed.py --python VENV/bin/python --settings NAME --path FOLDER

The virtual environment has the project, governance (in the project's INSTALLED_APPS) and, to be
compared with, django-migration-linter. Everything is timed as a whole process, in turns, so that
a busy machine slows all alike; medians are told. Bars: classification of everything within 3 s
with Django's start, a run with nothing changed within 1 s over ``manage.py check``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
WHOLE = 3.0
OVER_CHECK = 1.0
LINTER = "django-migration-linter lintmigrations"
LINTER_SETTINGS = (
    "from {settings} import *\nINSTALLED_APPS = [*INSTALLED_APPS, 'django_migration_linter']\n"
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", required=True, help="interpreter that has the project")
    parser.add_argument("--settings", required=True)
    parser.add_argument("--path", default="", help="folder of the settings module")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--linter-rounds", type=int, default=1)
    options = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        text = LINTER_SETTINGS.format(settings=options.settings)
        (Path(folder) / "linter_settings.py").write_text(text)
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": options.settings,
            "PYTHONPATH": os.pathsep.join((folder, options.path, str(HERE.parent))),
            "PYTHONWARNINGS": "ignore",
        }
        times, notes = _measure(options, environment, folder)
    return _tell(console, times, notes)


def _measure(
    options: argparse.Namespace, environment: dict[str, str], folder: str
) -> tuple[dict[str, list[float]], list[str]]:
    django = [options.python, "-m", "django"]
    linter = {**environment, "DJANGO_SETTINGS_MODULE": "linter_settings"}
    review = [options.python, str(HERE / "review_json.py")]
    lint = [*django, "lintmigrations", "--no-cache", "--ignore-sqlmigrate-errors", "--skip-checks"]
    commands = {
        "manage.py check": ([*django, "check"], environment, options.rounds),
        "schema_review, nothing changed": ([*django, "schema_review"], environment, options.rounds),
        "classification and rules, whole history": (review, environment, options.rounds),
        LINTER: (lint, linter, options.linter_rounds),
    }
    times: dict[str, list[float]] = {}
    notes = []
    for turn in range(options.rounds):
        for name, (command, where, rounds) in commands.items():
            if turn >= rounds or (turn and name not in times):
                continue
            seconds, done = _timed(command, where, folder)
            if done.returncode not in (0, 1) or "Traceback" in done.stderr:
                notes.append(f"{name} is absent: {done.stderr.strip()[-200:]}")
                continue
            times.setdefault(name, []).append(seconds)
            if command is review and not turn:
                found = [json.loads(line) for line in done.stdout.splitlines()]
                names = {name for name, _, _ in found}
                notes.append(f"{len(found)} findings about {len(names)} migrations")
    return times, notes


def _timed(
    command: list[str], environment: dict[str, str], folder: str
) -> tuple[float, subprocess.CompletedProcess[str]]:
    start = time.perf_counter()
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    return time.perf_counter() - start, done


def _tell(console: Console, times: dict[str, list[float]], notes: list[str]) -> int:
    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    check = medians["manage.py check"]
    bars = {
        "schema_review, nothing changed": check + OVER_CHECK,
        "classification and rules, whole history": WHOLE,
    }
    table = Table("what", "runs", "median s", "over check", "bar")
    for name, median in medians.items():
        bar = f"≤ {bars[name]:.2f}" if name in bars else ""
        table.add_row(name, str(len(times[name])), f"{median:.2f}", f"{median - check:.2f}", bar)
    console.print(table)
    for note in notes:
        console.print(note, markup=False, highlight=False)
    return int(any(medians.get(name, bar) > bar for name, bar in bars.items()))


if __name__ == "__main__":
    sys.exit(main())

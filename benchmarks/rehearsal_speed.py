"""How long one rehearsal takes: on a prepared template, and with the templates built first.

    python benchmarks/rehearsal_speed.py [--settings MODULE] [--path DIR] [--last N] [MIGRATION …]

Rehearses the last N migrations of the demonstration, or of the project whose settings and folder
are given, twice each, on the embedded server. The bar holds for the second run. ``order.0001``
and ``order.`` name one migration and all of an app.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

CHECKOUT = Path(__file__).resolve().parent.parent
BAR = 3.0
"""Seconds that a rehearsal on a prepared template may take."""


def main() -> None:
    """Print the table; exit with 1 if the bar is missed."""
    options = arguments()
    prepare(options)
    taken = rehearsed(options)
    table = Table(title="Seconds for one rehearsal")
    for title in ("migration", "statements", "first run s", "prepared s", "bar s"):
        table.add_column(title, justify="left" if title == "migration" else "right")
    for name, statements, first, second in taken:
        table.add_row(name, str(statements), f"{first:.1f}", f"{second:.1f}", f"{BAR:.0f}")
    Console(width=100).print(table)
    middle = statistics.median(second for *_, second in taken)
    slow = [name for name, *_, second in taken if second > BAR]
    print(f"Median {middle:.1f} s; {len(slow)} of {len(taken)} above the bar.")
    sys.exit(bool(slow))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--settings", default="project.settings")
    parser.add_argument("--path", default=str(CHECKOUT))
    parser.add_argument("--last", type=int, default=8)
    parser.add_argument("migrations", nargs="*", metavar="MIGRATION")
    return parser.parse_args()


def prepare(options: argparse.Namespace) -> None:
    import django

    sys.path[:0] = [options.path, str(CHECKOUT)]
    os.environ["DJANGO_SETTINGS_MODULE"] = options.settings
    os.chdir(options.path)
    django.setup()


def rehearsed(options: argparse.Namespace) -> list[tuple[str, int, float, float]]:
    from django.db import connections

    from governance.gate import selecting
    from governance.rehearsal import choosing
    from governance.rehearsal.running import rehearse
    from governance.rehearsal.scene import Scene
    from governance.rehearsal.server import find_server
    from governance.rehearsal.templates import template
    from governance.review.loading import TolerantLoader

    loader = TolerantLoader()
    found, server, taken = choosing.history(loader), find_server(), []
    own, wanted = selecting.everything(loader).keys, tuple(options.migrations)
    keys = [key for key in found.plan if key in own][-options.last :]
    if wanted:
        keys = [key for key in found.plan if ".".join(key).startswith(wanted)]
    if not keys:
        sys.exit("No migration is meant. Name some of the project, such as: order.0001 offer.")
    like = dict(connections["default"].settings_dict)
    for key, before in choosing.chain(found, keys):
        seconds = []
        for _ in range(2):
            begun = time.perf_counter()
            base = template(
                server, found, found.before(key), alias="default", like=like, tell=quiet
            )
            scene = Scene(
                server=server,
                template=base,
                alias="default",
                like=like,
                migration=found.migration(key),
                before=before.clone(),
            )
            result = rehearse(scene)
            seconds.append(time.perf_counter() - begun)
        forwards = [s for s in result.statements if s.direction == "forwards"]
        taken.append((result.migration, len(forwards), *seconds))
    return taken


def quiet(key: object, number: int, of: int) -> None:
    """Nobody looks at a progress bar here."""


if __name__ == "__main__":
    main()

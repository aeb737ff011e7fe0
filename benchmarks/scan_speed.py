"""How long does ``schema_scan`` take? On a project of many files that is written for it.

python benchmarks/scan_speed.py --files 10000
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

CHECKOUT = Path(__file__).resolve().parent.parent
BAR_SECONDS = 15
APPS = 40

SETTINGS = """
SECRET_KEY = "benchmark"
INSTALLED_APPS = ["governance", "django.contrib.auth", "django.contrib.contenttypes", {apps}]
DATABASES = {{"default": {{"ENGINE": "django.db.backends.postgresql", "NAME": "none"}}}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
"""

MODELS = """
from django.db import models


class Order(models.Model):
    number = models.CharField(max_length=20)
    total = models.IntegerField(default=0)
    buyer = models.ForeignKey("auth.User", on_delete=models.CASCADE, related_name="+")

    def close(self):
        self.total = 0
        self.save()


class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    amount = models.IntegerField(default=0)
"""

SERVICES = """
import logging
from django.db import transaction
from {own}.models import Line, Order
from {other}.models import Order as Foreign
from {other}.part{next} import total_of_{next}

logger = logging.getLogger(__name__)


def total_of_{number}(order: Order) -> int:
    lines = order.lines.filter(amount__gt=0).select_related("order")
    return sum(line.amount for line in lines)


@transaction.atomic
def close_all_{number}(buyer, *, keep=()):
    closed = []
    for order in Order.objects.filter(buyer=buyer).exclude(pk__in=keep):
        order.close()
        order.lines.update(amount=0)
        closed.append(order.number)
    logger.info("closed %s", ", ".join(closed))
    return {{"closed": closed, "count": len(closed)}}


class Report{number}:
    title = "Report {number}"

    def __init__(self, buyer, since=None):
        self.buyer = buyer
        self.since = since
        self.rows = []
        self.cache = {{}}

    def orders(self):
        found = Order.objects.filter(buyer=self.buyer).order_by("-number")
        return found.filter(number__gt=self.since) if self.since else found

    def build(self):
        for order in self.orders():
            key = order.number.strip().lower()
            self.cache.setdefault(key, []).append(order)
            self.rows.append({{"number": order.number, "total": total_of_{number}(order)}})
        summary = {{"title": self.title, "rows": len(self.rows)}}
        summary.update(total=sum(row["total"] for row in self.rows))
        return summary

    def reset(self, order):
        self.rows.clear()
        order.total = 0
        order.save(update_fields=["total"])
        Line.objects.filter(order=order, amount=0).delete()


def reset_first_{number}(buyer):
    report = Report{number}(buyer)
    first = report.orders().first()
    if first is not None:
        report.reset(first)
        logger.debug("reset %s", first.number)
    return total_of_{next}(first)
"""

VIOLATION = """

def trespass_{number}(number):
    foreign = Foreign.objects.get(number=number)
    foreign.total = 1
    foreign.save()
"""

PLAIN = '''
"""Rules about numbers {number}, without any model."""

import dataclasses
import re

PATTERN = re.compile(r"(\\d+)-(\\d+)")


@dataclasses.dataclass
class Range{number}:
    first: int
    last: int

    def __contains__(self, value):
        return self.first <= value <= self.last

    @classmethod
    def parse(cls, text):
        found = PATTERN.fullmatch(text)
        if found is None:
            raise ValueError(f"{{text!r}} is no range")
        first, last = (int(part) for part in found.groups())
        return cls(first=first, last=last)


def merged_{number}(ranges):
    result = []
    for entry in sorted(ranges, key=lambda r: r.first):
        if result and entry.first <= result[-1].last + 1:
            result[-1] = Range{number}(result[-1].first, max(result[-1].last, entry.last))
        else:
            result.append(entry)
    return result


def covered_{number}(ranges, values):
    chosen = merged_{number}(ranges)
    return [value for value in values if any(value in entry for entry in chosen)]
'''


def write_project(folder: Path, files: int) -> int:
    """Write the project; return how many lines it has."""
    names = [f"app{number:02}" for number in range(APPS)]
    lines = 0
    (folder / "settings.py").write_text(SETTINGS.format(apps=", ".join(map(repr, names))))
    for name in names:
        (folder / name).mkdir()
        (folder / name / "__init__.py").touch()
        (folder / name / "models.py").write_text(MODELS)
    for number in range(files):
        own, other = names[number % APPS], names[(number + 1) % APPS]
        text = PLAIN if number % 3 == 2 else SERVICES + (VIOLATION if number % 50 == 0 else "")
        text = text.format(own=own, other=other, number=number, next=number + 1)
        (folder / own / f"part{number}.py").write_text(textwrap.dedent(text))
        lines += text.count("\n")
    return lines


def run(folder: Path, jobs: int | None) -> tuple[float, float, dict[str, Any]]:
    """Scan in a process of its own; return the seconds, those of processors, and what it says."""
    command = [sys.executable, "-m", "django", "schema_scan", "--format", "json"]
    command += ["--jobs", str(jobs)] if jobs else []
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(folder), str(CHECKOUT)]),
        "DJANGO_SETTINGS_MODULE": "settings",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    start, before = time.perf_counter(), _of_processors()
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - start
    if done.returncode not in (0, 1):
        sys.exit(done.stderr)
    return seconds, _of_processors() - before, json.loads(done.stdout)


def _of_processors() -> float:
    """What processes that have ended took so far: the same whatever else the machine does."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, nargs="*", default=[0])
    arguments = parser.parse_args()
    table = Table(title="Time of one scan, starting Python included")
    for column in ("files", "lines", "jobs", "s", "bar s", "CPU s", "findings", "resolution %"):
        table.add_column(column, justify="right")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place).resolve()
        lines = write_project(folder, arguments.files)
        for jobs in arguments.jobs:
            seconds, processors, document = run(folder, jobs or None)
            table.add_row(
                f"{document['files']:,}",
                f"{lines:,}",
                str(jobs or "auto"),
                f"{seconds:.1f}",
                str(BAR_SECONDS),
                f"{processors:.1f}",
                str(len(document["findings"])),
                str(document["resolution"]["percent"]),
            )
    Console().print(table)


if __name__ == "__main__":
    main()

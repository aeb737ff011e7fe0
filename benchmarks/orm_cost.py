"""What all layers together add to the ORM: pairs with and without them, interleaved, medians.

    python benchmarks/orm_cost.py [--durable]

The guard is taken away by giving the connection psycopg's plain cursors, the triggers by dropping
them. With ``--durable`` the server flushes each commit to disk, as production does; the embedded
one of development does not.
"""

from __future__ import annotations

import gc
import io
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from rich.console import Console
from rich.table import Table

CHECKOUT = Path(__file__).resolve().parent.parent
ROUNDS = 40
CODE = """
from project.finance.models import Account, Tag

def save(account, times):
    for _ in range(times):
        account.save()

def update(account, times):
    for _ in range(times):
        Account.objects.filter(pk=account.pk).update(name="x")

def read(account, times):
    for _ in range(times):
        Account.objects.get(pk=account.pk)

def bulk(account, times):
    Tag.objects.bulk_create([Tag(name=f"bench-{n}") for n in range(10_000)])
"""
CASES = {
    "save()": ("save", 30, 1.03),
    "update()": ("update", 30, 1.03),
    "get()": ("read", 30, 1.03),
}
CASES["bulk_create() of 10,000 rows"] = ("bulk", 1, 1.05)


def main() -> None:
    prepare()
    durable = "--durable" in sys.argv
    table = Table(title="ORM with and without all layers" + (", durable server" * durable))
    for title in ("call", "without µs", "guard", "bar", "guard and triggers", "trigger µs"):
        table.add_column(title, justify="left" if title == "call" else "right")
    for name, (function, times, bar) in CASES.items():
        table.add_row(name, *row(function, times, bar, durable=durable))
    Console(width=110).print(table)


def prepare() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    sys.path.insert(0, str(CHECKOUT))
    os.chdir(CHECKOUT)
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.DEBUG = False
    call_command("migrate", verbosity=0)
    call_command("seed", verbosity=0)


def row(function: str, times: int, bar: float, *, durable: bool) -> list[str]:
    from django.db import connection, router

    from governance import acting_as
    from governance.writes.router import GovernanceRouter
    from project.finance.models import Account, Tag

    code: dict[str, Any] = {"__name__": "project.finance.bench"}
    exec(compile(CODE, str(CHECKOUT / "project" / "finance" / "bench.py"), "exec"), code)
    connection.ensure_connection()
    set_durable(durable)
    driver = connection.connection
    guarded = driver.cursor_factory
    account = Account.objects.all()[0]

    def measured(factory: Any) -> float:
        driver.cursor_factory = factory
        router.routers = [GovernanceRouter()] if factory is guarded else []
        if function == "bulk":
            with acting_as("finance", reason="rows of the round before"):
                driver.execute("/*own:finance*/ DELETE FROM finance_tag WHERE name LIKE 'bench-%'")
        gc.collect()  # else it comes in one of two, and not always in the same
        gc.disable()
        begun = time.perf_counter()
        code[function](account, times)
        taken = time.perf_counter() - begun
        gc.enable()
        return taken / times * 1e6

    rounds = ROUNDS if function != "bulk" else 12
    switch(installed=False)
    plain, with_guard = interleaved(
        rounds, lambda: measured(guarded.unguarded), lambda: measured(guarded)
    )
    everything, triggers = with_triggers(rounds, lambda: measured(guarded))
    driver.cursor_factory = guarded
    with acting_as("finance", reason="what the measuring made"):
        Tag.objects.filter(name__startswith="bench-").delete()
    return [
        f"{plain:,.0f}",
        f"{with_guard:.3f} x",
        f"{bar} x",
        f"{with_guard * everything:.3f} x",
        f"{triggers:.1f}",
    ]


def interleaved(
    rounds: int, without: Callable[[], float], with_it: Callable[[], float]
) -> tuple[float, float]:
    """Return the median without, and the median ratio of the pairs."""
    figures = []
    for number in range(rounds):
        pair = {}
        for function in (without, with_it) if number % 2 else (with_it, without):
            pair[function] = function()
        figures.append((pair[without], pair[with_it]))
    ratio = statistics.median(b / a for a, b in figures)
    return statistics.median(a for a, _ in figures), ratio


def with_triggers(rounds: int, measured: Callable[[], float]) -> tuple[float, float]:
    """Return the median ratio of the pairs with and without triggers, and the µs they add."""
    ratios, added = [], []
    for number in range(rounds // 4):
        pair = {}
        for installed in (True, False) if number % 2 else (False, True):
            switch(installed=installed)
            pair[installed] = statistics.median(measured() for _ in range(3))
        ratios.append(pair[True] / pair[False])
        added.append(pair[True] - pair[False])
    switch(installed=False)
    return statistics.median(ratios), statistics.median(added)


def switch(*, installed: bool) -> None:
    from django.core.management import call_command

    option = {"install": True} if installed else {"remove": True}
    call_command(
        "schema_enforce", **option, module="finance", stdout=io.StringIO(), stderr=io.StringIO()
    )


def set_durable(durable: bool) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            cursor.execute(f"ALTER SYSTEM SET {name} = {'on' if durable else 'off'}")
        cursor.execute("SELECT pg_reload_conf()")
    time.sleep(0.5)


if __name__ == "__main__":
    main()

"""What the layers add to the ORM: rounds of without, guard, and all, interleaved, medians.

    python benchmarks/orm_cost.py [--durable]

The guard is taken away by giving the connection psycopg's plain cursors and no router, the
trigger by dropping it; what comes first after that is not counted. With ``--durable`` the server
flushes each commit to disk, as production does; the embedded one of development does not.
"""

from __future__ import annotations

import gc
import io
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum, auto
from operator import sub, truediv
from pathlib import Path
from typing import Any

import django
from rich.console import Console
from rich.table import Table

CHECKOUT = Path(__file__).resolve().parent.parent
ROUNDS = 300
TRIGGER = """
SELECT pg_get_triggerdef(oid) FROM pg_trigger
WHERE tgname = 'governance_guard' AND tgrelid = '{}'::regclass
"""
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
    "save()": ("save", 15, 1.03),
    "update()": ("update", 15, 1.03),
    "get()": ("read", 15, 1.03),
    "bulk_create() of 10,000 rows": ("bulk", 1, 1.05),
}


class Layers(Enum):
    NONE = auto()
    GUARD = auto()
    ALL = auto()


UNTRIGGERED = (Layers.NONE, Layers.GUARD)
TRIGGERED = (Layers.ALL,)


def main() -> None:
    prepare()
    durable = "--durable" in sys.argv
    table = Table(title="ORM with and without all layers" + (", durable server" * durable))
    for title in ("call", "without µs", "guard", "guard and triggers", "bar", "trigger µs"):
        table.add_column(title, justify="left" if title == "call" else "right")
    set_durable(durable)
    for name, (function, times, bar) in CASES.items():
        table.add_row(name, *row(function, times, bar))
    set_durable(False)
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


def row(function: str, times: int, bar: float) -> list[str]:
    measure = prepared(function, times)
    figures: dict[Layers, list[float]] = {layers: [] for layers in Layers}
    is_bulk = function == "bulk"
    with trigger_of("finance_tag" if is_bulk else "finance_account") as switch:
        for number in range(ROUNDS // 10 if is_bulk else ROUNDS):
            for phase in (UNTRIGGERED, TRIGGERED) if number % 2 else (TRIGGERED, UNTRIGGERED):
                switch(phase is TRIGGERED)
                for layers, taken in measured(phase, measure, 1 if is_bulk else 5):
                    figures[layers].append(taken)
    plain, guard, everything = (figures[layers] for layers in Layers)
    return [
        f"{statistics.median(plain):,.0f}",
        f"{median_of(truediv, guard, plain):.3f} x",
        f"{median_of(truediv, everything, plain):.3f} x",
        f"{bar} x",
        f"{median_of(sub, everything, guard):,.1f}",
    ]


def measured(
    phase: tuple[Layers, ...], measure: Callable[[Layers], float], turns: int
) -> Iterator[tuple[Layers, float]]:
    """Yield the median of some turns for each of the layers, measured turn by turn."""
    taken = [{layers: measure(layers) for layers in phase} for _ in range(turns)]
    for layers in phase:
        yield layers, statistics.median(turn[layers] for turn in taken[turns > 1 :])


def median_of(
    compare: Callable[[float, float], float], ones: list[float], others: list[float]
) -> float:
    return statistics.median(compare(a, b) for a, b in zip(ones, others, strict=True))


def prepared(function: str, times: int) -> Callable[[Layers], float]:
    """Return what measures one call in µs, in code of finance."""
    from django.db import connection, router

    from governance.writes.router import GovernanceRouter
    from project.finance.models import Account

    code: dict[str, Any] = {"__name__": "project.finance.bench"}
    exec(compile(CODE, str(CHECKOUT / "project" / "finance" / "bench.py"), "exec"), code)
    connection.ensure_connection()
    driver = connection.connection
    guarded = driver.cursor_factory
    account = Account.objects.all()[0]

    def measure(layers: Layers) -> float:
        driver.cursor_factory = guarded.unguarded if layers is Layers.NONE else guarded
        router.routers = [] if layers is Layers.NONE else [GovernanceRouter()]
        if function == "bulk":
            run("DELETE FROM finance_tag WHERE name LIKE 'bench-%'", "VACUUM finance_tag")
        begun = time.perf_counter()
        code[function](account, times)
        taken = time.perf_counter() - begun
        driver.cursor_factory = guarded
        return taken / times * 1e6

    return measure


@contextmanager
def trigger_of(table: str) -> Iterator[Callable[[bool], None]]:
    """Give what puts the trigger of a table there, and takes it away."""
    from django.core.management import call_command

    def enforce(option: str) -> None:
        quiet = {"stdout": io.StringIO(), "stderr": io.StringIO()}
        call_command("schema_enforce", **{option: True}, module="finance", **quiet)

    enforce("install")
    create = run(TRIGGER.format(table))[0][0]
    drop = f"DROP TRIGGER IF EXISTS governance_guard ON {table}"

    def switch(installed: bool) -> None:
        run(drop, *([create] if installed else []))

    gc.collect()
    gc.freeze()
    gc.disable()  # else it comes in one of the three, and not always in the same
    yield switch
    gc.enable()
    enforce("remove")
    run("DELETE FROM finance_tag WHERE name LIKE 'bench-%'")


def run(*statements: str) -> Any:
    """Run statements past the guard; return the rows of the last."""
    from django.db import connection

    driver = connection.connection
    with getattr(driver.cursor_factory, "unguarded", driver.cursor_factory)(driver) as cursor:
        for statement in statements:
            cursor.execute(f"/*own:finance*/ {statement}")
        return cursor.fetchall() if cursor.description else None


def set_durable(durable: bool) -> None:
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        run(f"ALTER SYSTEM SET {name} = {'on' if durable else 'off'}")
    run("SELECT pg_reload_conf()")
    time.sleep(0.5)


if __name__ == "__main__":
    main()

"""What the guard adds to one statement: pairs with and without it, interleaved, medians.

    python benchmarks/guard_cost.py

Needs the demonstration project's settings, and PostgreSQL.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import django
from rich.console import Console
from rich.table import Table

CHECKOUT = Path(__file__).resolve().parent.parent
ROUNDS = 41
READ = (
    'SELECT "finance_account"."id", "finance_account"."code", "finance_account"."name" '
    'FROM "finance_account" WHERE "finance_account"."id" = %s LIMIT 21'
)
WRITE = 'UPDATE "finance_account" SET "name" = %s, "code" = %s WHERE "finance_account"."id" = %s'
VALUES = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * 1_000)
BULK = (
    'INSERT INTO "finance_transaction" ("account_id", "amount_minor", "currency", "booked_at", '
    f'"memo", "reference") VALUES {VALUES} RETURNING "finance_transaction"."id"'
)
LIBRARY = """
def deeper(depth, call):
    return call() if depth <= 0 else deeper(depth - 1, call)
"""


def main() -> None:
    """Print the table; figures are microseconds for one statement."""
    prepare()
    table = Table(title="Cost of the guard for one statement")
    for title in ("statement", "without µs", "with µs", "added µs", "bar µs"):
        table.add_column(title, justify="left" if title == "statement" else "right")
    for name, bar, without, with_guard in rows():
        cells = (f"{without:.2f}", f"{with_guard:.2f}", f"{with_guard - without:.2f}", bar)
        table.add_row(name, *cells)
    Console(width=100).print(table)
    print("ORM statements that reached the parser:", parsed_orm_statements())


def prepare() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    sys.path.insert(0, str(CHECKOUT))
    os.chdir(CHECKOUT)
    django.setup()


def rows() -> Iterator[tuple[str, str, float, float]]:
    from governance import acting_as

    finance = acting_as("finance")
    yield "read", "1", *paired(READ, 2_000)
    yield "write, scope open", "2", *paired(WRITE, 2_000, scope=finance)
    for depth in (10, 40, 100):
        bar = {40: "15", 100: "30"}.get(depth, "")
        yield f"write, stack walked, depth {depth}", bar, *paired(WRITE, 500, depth=depth)
    yield "insert of 1000 rows, scope open", "20", *paired(BULK, 100, scope=finance)
    yield "acting_as, entered and left", "2", *scope_cost(2_000)


def paired(
    sql: str, number: int, *, scope: AbstractContextManager[Any] | None = None, depth: int = 0
) -> tuple[float, float]:
    """Return medians in µs without and with the guard, measured turn by turn."""
    from django.db import connection

    from governance.writes.guard import admit

    connection.ensure_connection()
    driver = connection.connection

    def execute(text: str) -> None: ...

    def without() -> None:
        for _ in range(number):
            execute(fresh(sql))

    def with_guard() -> None:
        for _ in range(number):
            text = fresh(sql)
            execute(admit(text, driver, "cursor") + text)

    with scope or nullcontext():
        return at_depth(depth, lambda: interleaved(without, with_guard, number))


def fresh(text: str) -> str:
    """Return an equal text whose hash is not known yet, as the ORM makes it."""
    return text[:7] + text[7:]


def at_depth(depth: int, measure: Callable[[], tuple[float, float]]) -> tuple[float, float]:
    """Call from a frame of finance with library frames in between."""
    library: dict[str, Any] = {"__name__": "library"}
    exec(compile(LIBRARY, "/usr/lib/python3/dist-packages/library.py", "exec"), library)
    module: dict[str, Any] = {"__name__": "project.finance.bench", **library}
    source = "def act(depth, measure):\n    return deeper(depth, measure)\n"
    file = str(CHECKOUT / "project" / "finance" / "bench.py")
    exec(compile(source, file, "exec"), module)
    with library_file():
        own_frames = 5  # act, the lambda, interleaved, its timed call and the guarded loop
        result: tuple[float, float] = module["act"](depth - own_frames, measure)
        return result


@contextmanager
def library_file() -> Iterator[None]:
    """Let this file count as a library, so that the walk goes on to finance."""
    from governance.writes import files

    files.kinds[__file__] = files.SKIP
    yield
    files.forget_files()


def scope_cost(number: int) -> tuple[float, float]:
    from governance import acting_as

    def without() -> None:
        for _ in range(number):
            with nullcontext():
                pass

    def with_scope() -> None:
        for _ in range(number):
            with acting_as("finance"):
                pass

    return interleaved(without, with_scope, number)


def interleaved(
    without: Callable[[], None], with_guard: Callable[[], None], number: int
) -> tuple[float, float]:
    figures: tuple[list[float], list[float]] = ([], [])
    for function in (without, with_guard):
        function()
    for _ in range(ROUNDS):
        for function, taken in zip((without, with_guard), figures, strict=True):
            begun = time.perf_counter()
            function()
            taken.append((time.perf_counter() - begun) / number * 1e6)
    return statistics.median(figures[0]), statistics.median(figures[1])


def parsed_orm_statements() -> int:
    """Count the ORM's statements, over the seed and the planted ways, that needed the parser."""
    from django.core.management import call_command

    from governance.ownership import current
    from governance.postgres import classification
    from project.dev.right_ways import RIGHT_WAYS

    read, texts = classification.read, []

    def counting(sql: str) -> Any:
        texts.append(sql)
        return read(sql)

    call_command("migrate", verbosity=0)
    classification.read = counting
    current.forget()
    try:
        call_command("seed", verbosity=0)
        for way in RIGHT_WAYS:
            way.run()
    finally:
        classification.read = read
    orm = [sql for sql in texts if sql.startswith(("SELECT ", "INSERT ", "UPDATE ", "DELETE "))]
    return len([sql for sql in orm if '"' in sql])


if __name__ == "__main__":
    main()

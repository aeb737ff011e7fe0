"""What it costs to tell which tables a text writes; medians, in microseconds for one text.

    python benchmarks/classification.py

Needs no database. A text is classified once and then remembered, so these are costs of the first
time, and of texts too long to be remembered.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from governance.postgres import grammar, parsing
from governance.postgres.classification import classify
from governance.postgres.shapes import scan
from governance.postgres.statements import Statement

SECONDS = 0.4
COLUMNS = ", ".join(f'"shop_order"."field_{number}"' for number in range(25))
CONDITION = 'COALESCE("shop_order"."a", %s) = %s AND UPPER("shop_order"."b"::text) LIKE UPPER(%s)'
VALUES = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * 1_000)
LITERALS = "(1, 'it''s a text of some length', 2.5, NULL), "
ORM = {
    "SELECT by key": 'SELECT "a"."id", "a"."x" FROM "a" WHERE "a"."id" = %s LIMIT 21',
    "SELECT of 25 columns, functions": f'SELECT {COLUMNS} FROM "shop_order" WHERE {CONDITION}',
    "SELECT … IN (1,000 values)": f'SELECT {COLUMNS} FROM "a" WHERE "a"."id" IN ({"%s, " * 999}%s)',
    "UPDATE": 'UPDATE "a" SET "x" = %s, "y" = %s WHERE "a"."id" = %s',
    "DELETE": 'DELETE FROM "a" WHERE "a"."id" IN (%s)',
    "INSERT": 'INSERT INTO "a" ("x", "y") VALUES (%s, %s) RETURNING "a"."id"',
    "INSERT of 1,000 rows": f'INSERT INTO "a" ("a", "b", "c", "d", "e", "f") VALUES {VALUES}',
    "INSERT of 10 kB": f'INSERT INTO "a" ("a") VALUES {"(%s), " * 1_600}(%s)',
    "INSERT of 1 MB": f'INSERT INTO "a" ("a") VALUES {"(%s), " * 160_000}(%s)',
    "SAVEPOINT": 'SAVEPOINT "s1_x1"',
}
RAW = {
    "insert": "insert into a (x, y) values (%s, %s)",
    "update from": "update a set x = b.x from b where a.id = b.id and b.y in (1, 2, 3)",
    "writable CTE": "with d as (delete from a where x < %s returning *) insert into b table d",
    "explain analyze": "explain (analyze, buffers) delete from a where x = 1",
    "DO block": "do $$ begin update a set x = 1; delete from b where y = 2; end $$",
    "refused: syntax of PostgreSQL 18": "update a set x = 1 returning with (old as o) o.x",
    "select of 10 kB": f"select 1 from a where x in ({'1000, ' * 1_600}1)",
    "insert of 10 kB": f"insert into a values {LITERALS * 200}(1, '', 0, null)",
    "insert of 60 kB": f"insert into a values {LITERALS * 1_250}(1, '', 0, null)",
    "insert of 1 MB (outline)": f"insert into a values {LITERALS * 20_000}(1, '', 0, null)",
    "update with a string of 1 MB": f"update a set x = '{'text ' * 200_000}' where y = 1",
    "nested too deeply": "select " + "not " * 5_000 + "true",
}


def main() -> None:
    """Print one row for each text."""
    table = Table(title="Classification of one text")
    for title in ("text", "characters", "µs", "answered by"):
        table.add_column(title, justify="left" if title in {"text", "answered by"} else "right")
    for kind, texts in (("ORM", ORM), ("SQL", RAW)):
        for name, sql in texts.items():
            how = answered_by(sql)
            table.add_row(f"{kind}: {name}", f"{len(sql):,}", f"{cost(classify, sql):,.1f}", how)
        table.add_section()
    Console(width=100).print(table)
    print("ORM texts that reached the parser:", sum(scan(sql) is None for sql in ORM.values()))


def cost(act: Callable[[str], Statement], sql: str) -> float:
    """Return the median of as many runs as fit into the time."""
    times: list[int] = []
    until = time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        begun = time.perf_counter_ns()
        act(sql)
        times.append(time.perf_counter_ns() - begun)
    return statistics.median(times) / 1_000


def answered_by(sql: str) -> str:
    if scan(sql) is not None:
        return "shape"
    outline = isinstance(parsing.parse(sql), str)
    return (
        "outline" + (", in part" if grammar.read(sql).unreadable else "") if outline else "grammar"
    )


if __name__ == "__main__":
    main()

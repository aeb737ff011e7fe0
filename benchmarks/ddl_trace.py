"""Compare what the tracer sees with measured facts about DDL, given as a file.

    python benchmarks/ddl_trace.py FACTS.json [--rows N] [--only ID] [--version MAJOR]

The file holds a schema, and patterns with the locks, rewrites and scans that are expected.
Each pattern runs on a database of its own, cloned from one template, on an embedded server;
``--version`` or ``POSTGRES_VERSION`` chooses which. The facts have no scans for statements
outside of a transaction and name relations of the schema public only; these are not compared.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))

from governance.postgres import embedded  # noqa: E402
from governance.postgres.cluster import PORT  # noqa: E402
from governance.postgres.tracing import Tracer, relations  # noqa: E402


def main() -> None:
    """Print each difference, and how many patterns agree; exit with 1 if any differs."""
    options = arguments()
    facts = json.loads(Path(options.facts).read_text(encoding="utf-8"))
    begun, wrong = time.perf_counter(), 0
    with embedded.running(CHECKOUT / ".postgres", version=options.version) as server:
        patterns = [p for p in facts["patterns"] if p["min_version"] <= int(server.version)]
        chosen = [p for p in patterns if options.only in (None, p["id"])]
        with template(server, facts["schema"], options.rows) as name:
            for pattern in chosen:
                expected, seen = wanted(pattern, server.version), run(server, name, pattern)
                if not agree(expected, seen, pattern):
                    wrong += 1
                    print(f"{pattern['id']}\n  expected {expected}\n  seen     {seen}")
    taken = time.perf_counter() - begun
    print(
        f"PostgreSQL {server.version}, {options.rows:,} rows: {len(chosen) - wrong} of "
        f"{len(chosen)} patterns agree, {taken:.0f} s."
    )
    sys.exit(bool(wrong))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("facts")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--only")
    parser.add_argument("--version")
    return parser.parse_args()


def wanted(pattern: dict[str, Any], version: str) -> dict[str, Any]:
    """Some patterns differ by version; the facts hold the oldest and the newest.

    Outside of a transaction they differ only by moments that polling missed in one of them:
    dropping an index takes the same lock in all versions. There the newest counts for all.
    """
    by_version = pattern.get("expected_by_version")
    if not by_version:
        return dict(pattern["expected"])
    return dict(by_version["15" if int(version) < 18 and not pattern["autocommit"] else "18"])


def agree(expected: dict[str, Any], seen: dict[str, Any], pattern: dict[str, Any]) -> bool:
    if "error" in expected or "error" in seen:
        return expected.get("error") == seen.get("error")
    keys = ("locks", "rewritten") if pattern["autocommit"] else ("locks", "rewritten", "scanned")
    return all(expected[key] == seen[key] for key in keys)


def run(server: embedded.Server, source: str, pattern: dict[str, Any]) -> dict[str, Any]:
    with clone(server, source) as name, connect(server, name) as connection:
        for statement in pattern["setup"]:
            connection.execute(statement.replace("database facts", f'database "{name}"'))
        connection.autocommit = pattern["autocommit"]
        known = relations(connection)
        connection.execute("SELECT 1")
        tracer = Tracer(connection)
        try:
            tracer.prepare()
            for statement in pattern["sql"]:
                tracer.run(statement, lambda text=statement: connection.execute(text))
        except psycopg.Error:
            return {"error": tracer.traces[-1].error}
        names = {relation.name for relation in known.values() if "." not in relation.name}
        return added_up(tracer, names)


def added_up(tracer: Tracer, names: set[str]) -> dict[str, Any]:
    """What several statements did together to the relations that were there before."""
    locks: dict[str, Any] = {}
    for trace in tracer.traces:
        for relation in trace.locks.keys() & names:
            locks[relation] = max(trace.locks[relation], locks.get(relation, 0))
    return {
        "locks": {name: locks[name].mode for name in sorted(locks)},
        "rewritten": sorted({n for t in tracer.traces for n in t.rewritten} & names),
        "scanned": sorted({n for t in tracer.traces for n in t.scanned} & names),
    }


@contextmanager
def template(server: embedded.Server, schema: str, rows: int) -> Iterator[str]:
    name = f"ddl_trace_{uuid4().hex[:8]}"
    with connect(server, "postgres") as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            with connect(server, name) as connection:
                connection.execute(schema.replace("{N}", str(rows)))
            yield name
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def clone(server: embedded.Server, source: str) -> Iterator[str]:
    name = f"ddl_trace_{uuid4().hex[:8]}"
    with connect(server, "postgres") as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        try:
            yield name
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def connect(server: embedded.Server, name: str) -> Any:
    return psycopg.connect(
        host=str(server.socket), port=PORT, user="postgres", dbname=name, autocommit=True
    )


if __name__ == "__main__":
    main()

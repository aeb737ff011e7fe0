"""How many measured DDL patterns are foretold: locks, rewrites, scans and errors.

    python benchmarks/ddl_static.py PATH_OF_FACTS_JSON

The file holds a schema, and for each pattern its statements with what PostgreSQL 15 and 18 did.
Reads the file only; needs neither Django nor PostgreSQL.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from governance.postgres.ddl.facts import effects_of
from governance.postgres.ddl.reading import actions_of
from governance.postgres.ddl.schema import Schema
from governance.postgres.locks import Lock

MISSES_ALLOWED = 10
VERSIONS = ("15", "18")
Outcome = dict[str, Any]


def main() -> int:
    """Print the differences; 1 when more than ten are missed."""
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    facts = json.loads(Path(sys.argv[1]).read_text())
    schema = after(Schema(), facts["schema"].replace("{N}", "200000"))
    table = Table(title="Patterns that are not foretold")
    for title in ("version", "pattern", "foretold", "measured"):
        table.add_column(title, overflow="fold")
    right, total = dict.fromkeys(VERSIONS, 0), dict.fromkeys(VERSIONS, 0)
    for pattern in facts["patterns"]:
        found = foretold(schema, pattern)
        for version in (v for v in VERSIONS if pattern["min_version"] <= int(v)):
            measured = expected(pattern, version)
            total[version] += 1
            right[version] += measured == found
            if measured != found:
                cells = (shown(one, other) for one, other in ((found, measured), (measured, found)))
                table.add_row(version, pattern["id"], *cells)
    Console(width=120).print(table)
    for version, number in right.items():
        print(f"PostgreSQL {version}: {number} of {total[version]}")
    missed = max(total[version] - right[version] for version in VERSIONS)
    return int(missed > MISSES_ALLOWED)


def after(schema: Schema, *texts: str) -> Schema:
    for text in texts:
        for action in actions_of(text):
            schema = schema.after(action)
    return schema


def foretold(schema: Schema, pattern: Outcome) -> Outcome:
    """Add up what the statements of a pattern do; the first error is all there is."""
    schema = after(schema, *pattern["setup"])
    locks: dict[str, Lock] = {}
    rewritten, scanned = set[str](), set[str]()
    known = set(schema.tables) | {i for t in schema.tables.values() for i in t.indexes}
    known |= {s for t in schema.tables.values() for s in t.sequences.values()}
    for action in (a for text in pattern["sql"] for a in actions_of(text)):
        effects = effects_of(action, schema, in_transaction=not pattern["autocommit"])
        if effects.error:
            return {"error": effects.error}
        for effect in effects.relations:
            if effect.relation in known and "." not in effect.relation:
                old = locks.get(effect.relation, Lock.NONE)
                locks[effect.relation] = max(old, effect.lock)
                rewritten |= {effect.relation} if effect.rewrite else set()
                scanned |= {effect.relation} if effect.scan else set()
        schema = schema.after(action)
    return outcome({name: lock.mode for name, lock in locks.items()}, rewritten, scanned)


def expected(pattern: Outcome, version: str) -> Outcome:
    measured = pattern.get("expected") or pattern["expected_by_version"].get(version, {})
    if "error" in measured or not measured:
        return dict(measured)
    return outcome(measured["locks"], measured["rewritten"], measured["scanned"])


def outcome(locks: dict[str, str], rewritten: Iterable[str], scanned: Iterable[str]) -> Outcome:
    return {"locks": locks, "rewritten": sorted(rewritten), "scanned": sorted(scanned)}


def shown(one: Outcome, other: Outcome) -> str:
    """Show what differs from another outcome."""
    if "error" in one:
        return f"error {one['error']}"
    missing: Outcome = {"locks": {}}
    other = missing | other
    locks = [f"{n} {m}" for n, m in sorted(one["locks"].items()) if other["locks"].get(n) != m]
    rest = [f"{k}: {', '.join(one[k])}" for k in ("rewritten", "scanned") if one[k] != other.get(k)]
    return "; ".join([*locks, *rest]) or "–"


if __name__ == "__main__":
    sys.exit(main())

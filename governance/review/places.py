"""Where a migration and its operations stand in the source."""

from __future__ import annotations

import ast
import sys
from functools import lru_cache
from pathlib import Path

from django.db.migrations import Migration

from governance.findings import Location
from governance.ownership.places import shown


def location_of(migration: Migration, number: int = 0) -> Location | None:
    """Return the line of an operation, or of the class for number 0.

    None for a migration that is not written yet, or whose file is gone.
    """
    module = sys.modules.get(type(migration).__module__)
    file = getattr(module, "__file__", None)
    if file is None or Path(file).stem != migration.name:
        return None
    lines = _lines(file)
    return Location(file=shown(file), line=lines[number] if number < len(lines) else 1)


@lru_cache(maxsize=256)
def _lines(file: str) -> tuple[int, ...]:
    """Return the line of the class, then that of each operation."""
    try:
        tree = ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return (1,)
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == "Migration":
            return (node.lineno, *_operations(node))
    return (1,)


def _operations(node: ast.ClassDef) -> list[int]:
    for statement in node.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="operations")], value=ast.List(elts=entries)):
                return [entry.lineno for entry in entries]
    return []

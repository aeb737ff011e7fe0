"""What a migration takes from other files."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from governance.ownership.places import is_platform_package


@dataclass(frozen=True, slots=True, kw_only=True)
class Imports:
    """The imports of a file that something in it uses."""

    used: tuple[str, ...]
    """``shop.tools.fill as fill``, sorted: neither order nor layout matters. Those of Django are
    left out; what they are used for stands elsewhere."""
    of_project: tuple[str, ...]
    """Dotted names of the project's own code."""

    @classmethod
    def of(cls, tree: ast.Module, package: str) -> Imports:
        chains = {chain for node in ast.walk(tree) if (chain := _chain(node))}
        roots = {chain.partition(".")[0] for chain in chains}
        found = {(origin, name) for origin, name in _imported(tree, package) if name in roots}
        own = {
            dotted
            for origin, name in found
            if not is_platform_package(origin.partition(".")[0])
            for dotted in _taken(origin, name, chains)
        }
        return cls(
            used=tuple(
                f"{origin} as {name}"
                for origin, name in sorted(found)
                if origin.partition(".")[0] != "django"
            ),
            of_project=tuple(sorted(own)),
        )


def _imported(tree: ast.Module, package: str) -> Iterator[tuple[str, str]]:
    """Yield (dotted name, name in the file)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, alias.asname or alias.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module != "__future__":
            source = _absolute(node, package)
            for alias in node.names:
                yield f"{source}.{alias.name}", alias.asname or alias.name


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    above = parts[: len(parts) - node.level + 1]
    return ".".join([*above, *([node.module] if node.module else [])])


def _taken(origin: str, name: str, chains: set[str]) -> Iterator[str]:
    """``import shop.tools`` and ``shop.tools.fill`` below it is ``shop.tools.fill``."""
    if origin.partition(".")[0] != name or "." not in origin:
        yield origin
        return
    below = [chain for chain in chains if chain.startswith(f"{origin}.")]
    longest = [c for c in below if not any(other.startswith(f"{c}.") for other in below)]
    yield from longest or [origin]


def _chain(node: ast.AST) -> str:
    """Return ``a.b.c`` for a name with attributes."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            inner = _chain(value)
            return f"{inner}.{attr}" if inner else ""
    return ""

"""What of a migration is reviewed, part by part, so that a change can be named."""

from __future__ import annotations

import ast
import hashlib
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.db.migrations import Migration, operations
from django.db.migrations.operations.base import Operation

from governance.cards.canonical import canonical, digest_of
from governance.cards.imports import Imports

_Part = tuple[str, tuple[ast.AST | str, ...]]
"""A name, and what its digest is made of."""

_UNORDERED = frozenset({"dependencies", "run_before", "replaces"})
_READING = frozenset({"open", "read", "read_text", "read_bytes", "get_data"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The parts of a migration with a short digest of each; operations first, in their order."""

    parts: Mapping[str, str] = field(default_factory=dict)
    operations: tuple[str, ...] = ()
    """The names of those parts that are operations; empty where they are not written as a list."""
    relies_on: tuple[str, ...] = ()
    """Names of the project from other files. Their code is not part of the digest."""

    @property
    def digest(self) -> str:
        """How operations are called in messages is no part of it."""
        named = ((("" if n in self.operations else n), value) for n, value in self.parts.items())
        text = "\n".join(f"{name}={value}" for name, value in named)
        return f"sha256:{hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()}"


def content_of(migration: Migration) -> Content | None:
    """Return the content of a migration; None where it has no source that can be read."""
    file = file_of(migration)
    if file is None:
        return None
    package = type(migration).__module__.rpartition(".")[0]
    try:
        return read(file.read_bytes(), package=package, loaded=migration.operations)
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None


def file_of(migration: Migration) -> Path | None:
    """Return the source file of a migration that is on disk."""
    file = getattr(sys.modules.get(type(migration).__module__), "__file__", None)
    if file is None or Path(file).suffix != ".py" or Path(file).stem != migration.name:
        return None
    return Path(file)


def read(source: bytes, *, package: str = "", loaded: Iterable[Operation] = ()) -> Content:
    """Take a migration apart. ``loaded`` are its operations as objects, for SQL read from files."""
    tree = ast.parse(source)
    imports = Imports.of(tree, package)
    within = list(_of_class(_migration(tree)))
    listed = [part for name, part in within if name == "operations"]
    rest = [*(part for name, part in within if name != "operations"), *_around(tree)]
    operations = _named(listed)
    named = operations | _named(sorted(rest, key=lambda part: part[0]))
    if _reads_files(tree):
        named["SQL from files"] = digest_of(*_texts(loaded))
    if imports.used:
        named["imports"] = digest_of(*imports.used)
    return Content(
        parts=named,
        operations=() if "operations" in named else tuple(operations),
        relies_on=imports.of_project,
    )


def difference(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Return what happened to a content: «AddField order.note changed, atomic was added»."""
    facts = [f"{name} changed" for name in now if name in before and before[name] != now[name]]
    facts += [f"{name} was added" for name in now if name not in before]
    facts += [f"{name} was removed" for name in before if name not in now]
    if not facts and list(before) != list(now):
        return "the order of its operations changed"
    return ", ".join(facts)


def _named(parts: Iterable[_Part]) -> dict[str, str]:
    """Return name → digest; a second part of the same name is called «RunSQL (2)»."""
    named: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for name, nodes in parts:
        seen[name] += 1
        named[f"{name} ({seen[name]})" if seen[name] > 1 else name] = digest_of(*nodes)
    return named


def _around(tree: ast.Module) -> Iterator[_Part]:
    migration = _migration(tree)
    for node in tree.body:
        match node:
            case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant(value=str())):
                continue
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield f"function {name}", (node,)
            case ast.ClassDef(name=name) if node is not migration:
                yield f"class {name}", (node,)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield f"constant {name}", (node,)
            case _ if node is not migration:
                yield "other code", (node,)


def _migration(tree: ast.Module) -> ast.ClassDef | None:
    classes = (node for node in tree.body if isinstance(node, ast.ClassDef))
    return next((node for node in classes if node.name == "Migration"), None)


def _of_class(migration: ast.ClassDef | None) -> Iterator[tuple[str, _Part]]:
    for node in migration.body if migration else ():
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                yield from ((name, part) for part in _of_attribute(name, value))
            case ast.Expr(value=ast.Constant(value=str())) | ast.Pass():
                continue
            case ast.FunctionDef(name=name):
                yield name, (f"method {name}", (node,))
            case _:
                yield "", ("other code of the class", (node,))


def _of_attribute(name: str, value: ast.expr) -> Iterator[_Part]:
    match value:
        case ast.List(elts=entries) | ast.Tuple(elts=entries) if name == "operations":
            for entry in entries:
                yield _title(entry), (entry,)
        case ast.List(elts=entries) | ast.Tuple(elts=entries) if name in _UNORDERED:
            if entries:
                yield name, tuple(sorted(map(canonical, entries)))
        case _:
            yield name, (value,)


def _title(entry: ast.expr) -> str:
    """Return «AddField order.note» for a call, and the code itself for anything else."""
    if not isinstance(entry, ast.Call):
        return f"operation {ast.unparse(entry)[:40]}"
    kind = ast.unparse(entry.func).rpartition(".")[2]
    given = {keyword.arg: keyword.value for keyword in entry.keywords}
    names = [given[key] for key in ("model_name", "name", "old_name", "code") if key in given]
    names = names or ([] if kind == "RunSQL" else [n for n in entry.args[:2] if _is_name(n)])
    texts = (n.value if isinstance(n, ast.Constant) else ast.unparse(n)[:40] for n in names)
    if kind == "RunPython":
        texts = (text for text in list(texts)[:1])
    return f"{kind} {'.'.join(map(str, texts))}".strip()


def _is_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Name | ast.Attribute) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _reads_files(tree: ast.Module) -> bool:
    names = (getattr(node, "attr", getattr(node, "id", "")) for node in ast.walk(tree))
    return not _READING.isdisjoint(names)


def _texts(loaded: Iterable[Operation]) -> Iterator[str]:
    for operation in loaded:
        if isinstance(operation, operations.RunSQL):
            yield repr((operation.sql, operation.reverse_sql))
        elif isinstance(operation, operations.SeparateDatabaseAndState):
            yield from _texts(operation.database_operations)

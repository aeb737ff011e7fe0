"""A syntax tree → one text, the same for every layout and every release of Python."""

from __future__ import annotations

import ast
import hashlib

_SILENT = frozenset({"ctx", "kind", "type_comment"})
"""Fields that say nothing about what the code does."""


def digest_of(*nodes: ast.AST | str) -> str:
    """Return twelve digits that stay while comments, layout, quotes and docstrings change.

    ``ast.dump`` is not used, for its output is not the same in all releases of Python.
    """
    text = "\x1e".join(node if isinstance(node, str) else canonical(node) for node in nodes)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:12]


def canonical(value: object) -> str:
    """Return a node as text. The order of keyword arguments does not matter."""
    if isinstance(value, list):
        return f"[{','.join(canonical(entry) for entry in value if not _is_docstring(entry))}]"
    if not isinstance(value, ast.AST):
        return repr(value)
    fields = (
        f"{name}={_sorted(entry) if name == 'keywords' else canonical(entry)}"
        for name, entry in sorted(ast.iter_fields(value))
        if name not in _SILENT and (entry not in (None, []) or isinstance(value, ast.Constant))
    )
    return f"{type(value).__name__}({','.join(fields)})"


def _sorted(keywords: list[ast.keyword]) -> str:
    if any(keyword.arg is None for keyword in keywords):
        return canonical(keywords)
    return canonical(sorted(keywords, key=lambda keyword: str(keyword.arg)))


def _is_docstring(value: object) -> bool:
    """A text that stands alone does nothing, wherever it is."""
    match value:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
    return False

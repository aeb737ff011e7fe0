"""The corpus beside this file: its labels, and running its ``manage.py``.

A label is a comment at the end of a statement. ``# W: <table> <operation>`` is a write that the
code's module may not do; several are separated by commas, and ``any`` is any operation.
``# ok: <why>`` looks like one and is none. Of ``# ?: <why>`` the text alone does not tell.
"""

from __future__ import annotations

import ast
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tokenize
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

CORPUS = Path(__file__).resolve().parent / "truth"
CHECKOUT = CORPUS.parent.parent.parent
NO_DATABASE = {"ENGINE": "django.db.backends.postgresql", "NAME": "none", "HOST": "127.0.0.1"}
"""The scan reads files and models; it asks no database."""

_LABEL = re.compile(r"#\s*(W|ok|\?)(?::\s*(.*))?$")
_KINDS = {
    **dict.fromkeys(("insert", "update", "copy", "merge", "save"), "write"),
    **dict.fromkeys(("delete", "truncate"), "remove"),
    **dict.fromkeys(("alter", "create", "drop"), "schema"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One write that a label expects."""

    table: str
    operation: str
    actor: str = ""
    """Given where it is not the module of the file: ``unknown-actor``."""

    def matches(self, table: str, operation: str) -> bool:
        kinds = {kind_of(self.operation), kind_of(operation)}
        return self.table == table and ("any" in kinds or len(kinds) == 1)

    def __str__(self) -> str:
        return f"{self.operation} {self.table}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    file: str
    """Relative to the corpus."""
    line: int
    kind: str
    """W, ok or ?."""
    reason: str
    writes: tuple[Write, ...] = ()

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


class Source:
    """One file: its labels, and which statement a line belongs to."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text

    @cached_property
    def labels(self) -> dict[int, Label]:
        """Label by line."""
        readline = io.StringIO(self.text).readline
        comments = (t for t in tokenize.generate_tokens(readline) if t.type == tokenize.COMMENT)
        found = ((c.start[0], _LABEL.fullmatch(c.string)) for c in comments)
        return {line: self._label(line, match) for line, match in found if match}

    @cached_property
    def statements(self) -> dict[int, range]:
        """Line → lines of its innermost statement; of a compound one, those of its head."""
        spans: dict[int, range] = {}
        for node in ast.walk(ast.parse(self.text)):
            if isinstance(node, ast.stmt):
                span = _head(node)
                for line in span:
                    if line not in spans or len(span) <= len(spans[line]):
                        spans[line] = span
        return spans

    @cached_property
    def classes(self) -> list[tuple[str, range]]:
        """Qualified name and lines of each class."""
        return [
            (node.name, range(node.lineno, (node.end_lineno or node.lineno) + 1))
            for node in ast.walk(ast.parse(self.text))
            if isinstance(node, ast.ClassDef)
        ]

    def label_at(self, line: int) -> Label | None:
        """Return the label of a line, else that of its statement."""
        if line in self.labels:
            return self.labels[line]
        span = self.statements.get(line, range(line, line + 1))
        return next((self.labels[n] for n in span if n in self.labels), None)

    def class_label_at(self, line: int) -> Label | None:
        """Return the label of the innermost labelled class around a line."""
        around = sorted((s for _, s in self.classes if line in s), key=len)
        return next((found for s in around if (found := self.label_at(s.start))), None)

    def label_of_class(self, name: str) -> Label | None:
        span = next((span for known, span in self.classes if known == name), None)
        return self.label_at(span.start) if span else None

    def _label(self, line: int, match: re.Match[str]) -> Label:
        kind, rest = match.group(1), match.group(2) or ""
        writes = tuple(_write(part) for part in rest.split(",")) if kind == "W" else ()
        return Label(file=self.file, line=line, kind=kind, reason=rest, writes=writes)


def kind_of(operation: str) -> str:
    """Return the kind of an operation, as fingerprints know it."""
    return _KINDS.get(operation, operation)


def sources(folder: Path = CORPUS) -> dict[str, Source]:
    """Return every file of the corpus by its relative path."""
    files = sorted(folder.rglob("*.py"))
    return {
        str(f.relative_to(folder)): Source(str(f.relative_to(folder)), f.read_text()) for f in files
    }


def copied_to(folder: Path) -> Path:
    """Copy the corpus out of our folder ``tests``, where all code would count as test code."""
    ignored = shutil.ignore_patterns("__pycache__", "ruff.toml")
    return Path(shutil.copytree(CORPUS, folder / "corpus", ignore=ignored))


def run(
    folder: Path, *arguments: str, database: dict[str, object] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run Python with arguments in a copy of the corpus."""
    kept = {k: v for k, v in os.environ.items() if k not in {"GOVERNANCE_MODE", "COLUMNS"}}
    own = {
        "PYTHONPATH": os.pathsep.join([str(folder), str(CHECKOUT)]),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "CORPUS_DATABASE": json.dumps(database or NO_DATABASE),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return subprocess.run(
        [sys.executable, *arguments],
        env=kept | own,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def _write(text: str) -> Write:
    table, operation, *actor = text.split()
    return Write(table=table, operation=operation, actor=actor[0] if actor else "")


def _head(node: ast.stmt) -> range:
    body = getattr(node, "body", None) or getattr(node, "cases", None)
    decorators = [d.lineno for d in getattr(node, "decorator_list", ())]
    start = min([node.lineno, *decorators])
    if not body:
        return range(start, (node.end_lineno or start) + 1)
    first = body[0]
    inner = first.pattern.lineno if isinstance(first, ast.match_case) else _head(first).start
    return range(start, max(start + 1, inner))

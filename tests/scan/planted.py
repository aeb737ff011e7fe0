"""Scan code as if it lay in a module of the demonstration project."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

from governance.ownership import current
from governance.scan.project import scan
from governance.scan.results import Scan

PREAMBLE = """
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection, models, transaction
from django.utils import timezone
from governance import acting_as
from project.core.models import Person, Team
from project.dev.models import CostEntry, Deployment, LedgerRow, Project
from project.finance.models import Account, Counterparty, Invoice, Refund, Tag, Transaction
"""
_numbers = count()


def scan_of(folder: Path, files: Mapping[str, str], *, jobs: int = 1, reads: bool = True) -> Scan:
    """Scan files such as ``dev/reports.py``; the folder says whose they are."""
    with _planted(folder, files) as (top, paths):
        registry = current.ownership().registry
        folders = tuple((str(top / name) + "/", name) for name in ("dev", "finance", "core"))
        return scan(replace(registry, folders=folders), paths=paths, jobs=jobs, reads=reads)


def written_by(folder: Path, code: str, *, place: str = "dev/planted.py") -> list[str]:
    """Return what one file may not write, as ``table operation``, in order."""
    found = scan_of(folder, {place: code})
    return [f"{f.subject} {f.details['operation']}" for f in found.findings]


def body(code: str, *, name: str = "act(order=None)", async_: bool = False) -> str:
    """Return a function with a body."""
    kind = "async def" if async_ else "def"
    return f"{kind} {name}:\n" + textwrap.indent(textwrap.dedent(code), "    ") + "\n"


@contextmanager
def _planted(folder: Path, files: Mapping[str, str]) -> Iterator[tuple[Path, list[str]]]:
    top = folder / f"planted_{next(_numbers)}"
    paths = []
    for name, code in files.items():
        file = top / name
        file.parent.mkdir(parents=True, exist_ok=True)
        for parent in (file.parent, top):
            (parent / "__init__.py").touch()
        text = code if code.startswith("#plain") else PREAMBLE + textwrap.dedent(code)
        file.write_text(text)
        paths.append(str(file))
    sys.path.insert(0, str(folder))
    try:
        yield top, paths
    finally:
        sys.path.remove(str(folder))

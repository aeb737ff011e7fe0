"""Where sizes of tables come from: a database, or a file that was written on one."""

from __future__ import annotations

import json
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from governance.exceptions import ConfigurationError
from governance.ownership.names import table_key
from governance.postgres import catalog
from governance.review.sizes import Sizes

_VERSION = 1


def of_database(connection: BaseDatabaseWrapper) -> Sizes:
    """Ask PostgreSQL. Raises ``DatabaseError``."""
    found = catalog.sizes(connection)
    return Sizes(
        rows={table_key(name): rows for name, rows, _ in found if rows is not None},
        bytes={table_key(name): size for name, _, size in found},
    )


def dumps(sizes: Sizes) -> str:
    """Return the text of a file: names and figures, nothing of what the tables hold."""
    tables = {
        name: {"rows": sizes.rows.get(name), "bytes": sizes.bytes.get(name)}
        for name in sorted({*sizes.rows, *sizes.bytes})
    }
    return json.dumps({"version": _VERSION, "tables": tables}, indent=2) + "\n"


def loads(text: str) -> Sizes:
    """Read such a text. Raises ``ConfigurationError`` that says what is wrong with it."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise ConfigurationError(f"is not JSON: {error}") from error
    tables = document.get("tables") if isinstance(document, dict) else None
    if not isinstance(tables, dict):
        raise ConfigurationError('has no "tables"')
    if document.get("version", _VERSION) != _VERSION:
        raise ConfigurationError(
            f"has version {document['version']!r}, and this release reads version {_VERSION}"
        )
    wrong = next((name for name, entry in tables.items() if not _is_entry(entry)), None)
    if wrong is not None:
        raise ConfigurationError(f'has no figures for {wrong!r}: write {{"rows": 1000}}')
    return Sizes(
        rows={name: e["rows"] for name, e in tables.items() if e.get("rows") is not None},
        bytes={name: e["bytes"] for name, e in tables.items() if e.get("bytes") is not None},
    )


def _is_entry(entry: Any) -> bool:
    return isinstance(entry, dict) and all(
        isinstance(entry.get(key), int | None) and not isinstance(entry.get(key), bool)
        for key in ("rows", "bytes")
    )

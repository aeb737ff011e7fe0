"""Read and write the baseline file."""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import tomli_w

from governance import conf
from governance.acceptance.ci import ci_variable
from governance.acceptance.entries import Baseline, Entry
from governance.acceptance.parsing import Mistake, parse_entries
from governance.exceptions import BaselineRefused
from governance.findings import Finding, Location
from governance.ownership.places import shown
from governance.rules import rule

__all__ = [
    "Baseline",
    "Entry",
    "dumps",
    "lines_of",
    "loads",
    "path_in_force",
    "read",
    "refuse_in_ci",
    "write",
]

_VERSION = 1
_HEADER = """\
# What is accepted for now: each entry is one finding that was there when it was adopted.
# The file may only shrink. Don't edit it by hand; it is written by
#     manage.py schema_check --adopt     and     manage.py schema_check --shrink
"""
_FINGERPRINT = re.compile(r'\s*fingerprint\s*=\s*"([0-9a-f]+)"')
_CONFLICT = re.compile(r"^(<{7}|={7}|>{7}|\|{7})( |$)")


def path_in_force() -> Path:
    """Return the path in the setting ``BASELINE``."""
    return Path(conf.settings().BASELINE)


def read(path: Path) -> Baseline:
    """Return the baseline in a file; an absent one is empty.

    A file that can't be understood accepts nothing: the baseline has no entries then, and says
    why in its ``findings``.
    """
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        return Baseline()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        return Baseline(findings=(_unreadable(path, Mistake(fact=f"can't be read: {reason}")),))
    return loads(text, path)


def loads(text: str, path: Path) -> Baseline:
    """Return the baseline in a text; ``path`` is what messages call it."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Baseline(findings=(_unreadable(path, _syntax(text, str(error))),))
    mistakes = _document_mistakes(document)
    entries, more = parse_entries(document.get("entry", []), text)
    mistakes = mistakes or more
    if mistakes:
        return Baseline(findings=tuple(_unreadable(path, mistake) for mistake in mistakes))
    return Baseline.of(entries)


def lines_of(path: Path) -> dict[str, int]:
    """Return fingerprint → line in the file, for messages."""
    try:
        lines = path.read_text(errors="replace").splitlines()
    except OSError:
        return {}
    found = ((_FINGERPRINT.match(line), n) for n, line in enumerate(lines, start=1))
    return {match[1]: number for match, number in found if match}


def dumps(baseline: Baseline) -> str:
    """Return the file's text: the same for the same entries, in whatever order they came."""
    document = {"version": _VERSION, "entry": [_as_table(entry) for entry in baseline.entries]}
    return f"{_HEADER}\n{tomli_w.dumps(document)}"


def write(path: Path, baseline: Baseline) -> None:
    """Replace the file in one step. Raises ``BaselineRefused`` where a CI runs."""
    refuse_in_ci(path)
    folder = path.parent
    try:
        with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8") as file:
            file.write(dumps(baseline))
        Path(file.name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        os.replace(file.name, path)  # noqa: PTH105
    except OSError as error:
        raise BaselineRefused(f"{shown(str(path))} can't be written: {error.strerror}.") from error


def refuse_in_ci(path: Path) -> None:
    """Raise ``BaselineRefused`` where a CI runs: a red build must not make itself green."""
    variable = ci_variable()
    if variable:
        raise BaselineRefused(
            f"{shown(str(path))} is not written in CI ({variable} is set): what is accepted is "
            "decided by people. Run the command on your machine and commit the file."
        )


def _as_table(entry: Entry) -> dict[str, Any]:
    return {
        "fingerprint": entry.fingerprint,
        "slug": entry.slug,
        "subject": entry.subject,
        "actor": entry.actor,
        "caller": entry.caller,
        "operation": entry.operation,
        "owner": entry.owner,
        "count": entry.count,
        "reason": entry.reason,
        "issue": entry.issue,
        "until": entry.until,
        "seen_by": list(entry.seen_by),
    }


def _document_mistakes(document: dict[str, Any]) -> list[Mistake]:
    if document.get("version", _VERSION) != _VERSION:
        fact = f"has version {document['version']!r}, and this release reads version {_VERSION}"
        return [Mistake(fact=fact, hint="Upgrade django-schema-governance.")]
    return [
        Mistake(fact=f"has the key {key!r}, which means nothing", hint="Remove it.")
        for key in document
        if key not in {"version", "entry"}
    ]


def _syntax(text: str, error: str) -> Mistake:
    found = re.search(r"\(at line (\d+), column \d+\)", error)
    line = int(found[1]) if found else len(text.splitlines())
    fact = f"is not TOML: {error}"
    lines = text.splitlines()
    if _CONFLICT.match(lines[line - 1] if 0 < line <= len(lines) else ""):
        hint = (
            f"Line {line} is a merge conflict. Keep both sides and remove the lines with markers; "
            "the order of entries does not matter."
        )
        return Mistake(fact=fact, line=line, hint=hint)
    return Mistake(fact=fact, line=line)


def _unreadable(path: Path, mistake: Mistake) -> Finding:
    name = shown(str(path))
    place = f", line {mistake.line}," if mistake.line else ""
    return Finding(
        rule=rule("unreadable-baseline"),
        message=f"{name}{place} {mistake.fact}, so nothing in it is accepted.",
        hint=mistake.hint or f"Correct it, or take the file from git again: git checkout {name}",
        subject=name,
        location=Location(file=name, line=mistake.line or 1),
    )

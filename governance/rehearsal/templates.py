"""Databases at the state before a migration: built once, then copied.

Each is named by a digest of the migrations in it, and a longer history grows out of the longest
shorter one that is there. So rehearsing the next migration replays one.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import django
from django.db.migrations.recorder import MigrationRecorder

from governance.exceptions import MigrationBeforeFails
from governance.rehearsal.choosing import History, Key
from governance.rehearsal.rows import first_line
from governance.rehearsal.server import PREFIX, Server
from governance.rehearsal.stage import forwards, on_stage

Tell = Callable[[Key, int, int], None]
"""Called with a migration that is being replayed, its number and how many there are."""


def template(
    server: Server,
    found: History,
    before: Sequence[Key],
    *,
    alias: str,
    like: Mapping[str, Any],
    tell: Tell,
) -> str:
    """Return the name of a database in which exactly these migrations are applied."""
    names = _names(found, before, server, like)
    there = set(server.databases())
    for number in range(len(before), -1, -1):
        if names[number] in there:
            break
    if number == len(before) and names[number] in there:
        return names[number]
    source = names[number] if names[number] in there else ""
    built = server.create(template=source)
    try:
        _replay(server, found, before, number, alias=alias, like=like, name=built, tell=tell)
    except BaseException:
        server.drop(built)
        raise
    server.rename(built, names[-1])
    server.prune()
    return names[-1]


def _replay(
    server: Server,
    found: History,
    before: Sequence[Key],
    start: int,
    *,
    alias: str,
    like: Mapping[str, Any],
    name: str,
    tell: Tell,
) -> None:
    state = found.empty()
    for key in before[:start]:
        found.migration(key).mutate_state(state, preserve=False)
    with on_stage(alias, server.settings_for(name, like)) as stage:
        recorder = MigrationRecorder(stage)
        recorder.ensure_schema()
        state.apps  # noqa: B018 - rendered once, then brought up to date
        for place, key in enumerate(before[start:], start=1):
            tell(key, place, len(before) - start)
            try:
                state = forwards(stage, found.migration(key), state)
            except Exception as error:
                raise MigrationBeforeFails(key, _unbuilt(key, error)) from error
            recorder.record_applied(*key)


def _unbuilt(key: Key, error: Exception) -> str:
    reason = first_line(error) or type(error).__name__
    text = f"{key[0]}.{key[1]} can't be applied to an empty database: {reason.rstrip('.')}."
    if "extension" in reason:
        text += " Rehearse on a server that has it: --server postgresql://…"
    return text


def _names(
    found: History, before: Sequence[Key], server: Server, like: Mapping[str, Any]
) -> list[str]:
    """The name of the template after none, one, two… of the migrations."""
    seed = f"{django.VERSION}{server.version}{like['ENGINE']}{like.get('TIME_ZONE')}"
    digest = hashlib.sha256(f"{seed}{Path.cwd()}".encode())
    names = [f"{PREFIX}_{digest.hexdigest()[:16]}"]
    for key in before:
        digest.update(repr(key).encode() + _source(found, key))
        names.append(f"{PREFIX}_{digest.hexdigest()[:16]}")
    return names


def _source(found: History, key: Key) -> bytes:
    """The file of a migration; what it imports may change without being noticed."""
    module = sys.modules.get(type(found.migration(key)).__module__)
    file = getattr(module, "__file__", None)
    try:
        return Path(file).read_bytes() if file else b""
    except OSError:
        return b""

"""Where cards lie: beside the migration, or in the project for migrations of packages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from django.apps import apps
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader

from governance import conf
from governance.cards.card import SUFFIX
from governance.cards.content import file_of
from governance.cards.parsing import Read, read
from governance.ownership.places import is_platform_file

Key = tuple[str, str]
"""App label and name of a migration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A card's file, and the migration that its place says it is about."""

    path: Path
    key: Key
    read: Read

    @property
    def named(self) -> Key:
        """The migration that is named in it, or else by its place."""
        card = self.read.card
        label, _, name = card.migration.partition(".") if card else ("", "", "")
        return (label, name) if name else self.key


def path_of(migration: Migration) -> Path:
    """Return where the card of a migration belongs."""
    file = file_of(migration)
    if file is not None and not is_platform_file(str(file)):
        return file.with_name(f"{migration.name}{SUFFIX}")
    return folder() / migration.app_label / f"{migration.name}{SUFFIX}"


def folder() -> Path:
    """Return the folder of the cards of packages."""
    return Path(conf.settings().CARDS)


def cards_of(key: Key) -> list[Found]:
    """Read the card of a migration; more than one if it lies in more than one place."""
    label, name = key
    places = [place for place in _folders(label) if not is_platform_file(str(place / "x"))]
    paths = (place / f"{name}{SUFFIX}" for place in (*places, folder() / label))
    return list(_found((path, label) for path in paths if path.exists()))


def all_cards() -> list[Found]:
    """Read every card there is, in the order of their paths."""
    paths = dict(_beside())
    paths |= {path: path.parent.name for path in sorted(folder().glob(f"*/*{SUFFIX}"))}
    return list(_found(paths.items()))


def _beside() -> Iterator[tuple[Path, str]]:
    for config in apps.get_app_configs():
        for place in _folders(config.label):
            if not is_platform_file(str(place / "x")):
                yield from ((path, config.label) for path in sorted(place.glob(f"*{SUFFIX}")))


def _folders(label: str) -> list[Path]:
    """Return the folders of an app's migrations; none where they can't be imported."""
    try:
        name, _ = MigrationLoader.migrations_module(label)
        return [Path(place) for place in import_module(name).__path__] if name else []
    except Exception:  # whatever the package raises; reading the migrations tells about it
        return []


def _found(paths: Iterable[tuple[Path, str]]) -> Iterator[Found]:
    for path, label in paths:
        key = label, path.name.removesuffix(SUFFIX)
        yield Found(path=path, key=key, read=read(path))

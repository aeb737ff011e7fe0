"""Which migrations are to be reviewed?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from django.apps import apps

from governance import git
from governance.cards.content import file_of
from governance.conf import did_you_mean
from governance.exceptions import ConfigurationError
from governance.ownership.building import is_first_party
from governance.review.loading import Key, TolerantLoader


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Migrations, and how they were chosen, in words: «new or changed since origin/main»."""

    keys: frozenset[Key]
    how: str
    together: bool = False
    """They will be released together."""
    complete: bool = False
    """Nothing of the project is left out."""

    def of(self, label: str) -> Selection:
        """Return those of one app."""
        keys = frozenset(key for key in self.keys if key[0] == label)
        return replace(self, keys=keys, how=f"{self.how}, of {label}", complete=False)

    def told(self, number: int, done: str) -> str:
        """Return «2 migrations reviewed: new or changed since main.»"""
        if not number and self.together:
            return f"No migration is {self.how}."
        return f"{number} migration{'' if number == 1 else 's'} {done}: {self.how}."


def since(loader: TolerantLoader, ref: str) -> Selection:
    """Choose what is new or changed since a commit.

    Raises ``ConfigurationError`` when git does not know the commit.
    """
    here = Path.cwd()
    if not git.knows(here, ref):
        raise ConfigurationError(git.unknown(here, ref))
    changed = git.changed_since(here, ref)
    keys = {
        key
        for key, migration in loader.disk_migrations.items()
        if (file := file_of(migration)) and file.resolve() in changed
    }
    return Selection(keys=frozenset(keys), how=f"new or changed since {ref}", together=True)


def waiting(loader: TolerantLoader, app_labels: Collection[str] = ()) -> Selection:
    """Choose what the loader's database has not applied yet.

    Nothing waits on a database where none of the project's migrations was applied: there the
    whole history would be judged, and test databases could not be built. In the same way an app
    of a package is not judged when it is installed, but when it is upgraded.
    """
    applied = {label for label, _ in loader.applied_migrations or ()}
    own = _own_labels()
    labels = (own if own & applied else set()) | (applied - own)
    keys = {
        key
        for key in loader.graph.nodes
        if key not in (loader.applied_migrations or ())
        and key[0] in labels
        and (not app_labels or key[0] in app_labels)
    }
    return Selection(keys=frozenset(keys), how="waiting to be applied", together=True)


def everything(loader: TolerantLoader, label: str = "") -> Selection:
    """Choose the whole history of the project's apps, or of one app.

    The past of a package is nothing that anybody could change; who names it gets it.
    """
    labels = {label} if label else _own_labels()
    keys = frozenset(key for key in loader.graph.nodes if key[0] in labels)
    whole = not label and not loader.findings
    return Selection(keys=keys, how="the whole history", complete=whole)


def named(loader: TolerantLoader, label: str, name: str) -> Selection:
    """Choose one migration by its name or the beginning of it, as ``migrate`` does.

    Raises ``ConfigurationError`` when there is none, or more than one.
    """
    require_app(loader, label)
    names = sorted(each for app, each in loader.disk_migrations if app == label)
    found = [each for each in names if each == name] or [n for n in names if n.startswith(name)]
    if not found:
        hint = did_you_mean(name, names)
        raise ConfigurationError(f"{label} has no migration {name!r}. {hint}".strip())
    if len(found) > 1:
        raise ConfigurationError(f"Several migrations begin like this: {', '.join(found)}.")
    return Selection(keys=frozenset({(label, found[0])}), how=f"{label}.{found[0]}")


def require_app(loader: TolerantLoader, label: str) -> None:
    """Raise ``ConfigurationError`` for an app that has no migrations."""
    known = loader.migrated_apps
    if label not in known:
        hint = did_you_mean(label, known)
        raise ConfigurationError(f"There is no app {label!r} with migrations. {hint}".strip())


def _own_labels() -> set[str]:
    return {config.label for config in apps.get_app_configs() if is_first_party(config)}

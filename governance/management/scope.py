"""Options that say which migrations and whose sizes are meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError, connections

from governance import conf
from governance.exceptions import ConfigurationError
from governance.gate import selecting
from governance.gate.selecting import Selection
from governance.review import stats
from governance.review.loading import TolerantLoader
from governance.review.sizes import NO_SIZES, Sizes

_NOTHING_KNOWN = "the whole history, as neither a commit nor a database says what is new"


def add_arguments(parser: CommandParser) -> None:
    """Add the options that choose migrations, the same for whoever looks at them."""
    parser.add_argument("app_label", nargs="?", help="Only migrations of this app.")
    parser.add_argument("name", nargs="?", help="Only this one, or the beginning of its name.")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--all", action="store_true", help="The whole history of the project's apps."
    )
    which.add_argument("--since", metavar="REF", help="What is new or changed since that commit.")


def loader_for(alias: str, options: Mapping[str, Any]) -> TolerantLoader:
    """Read the migrations, and what a database has applied where that is asked for.

    A database that was not named may be absent: then nothing counts as applied.
    """
    if not options["database"] and (options["all"] or options["name"] or _since(options)):
        return TolerantLoader()
    try:
        return TolerantLoader(connections[alias])
    except DatabaseError as error:
        if options["database"]:
            raise unreachable(alias, error) from error
        return TolerantLoader()


def selection(loader: TolerantLoader, options: Mapping[str, Any]) -> Selection:
    """Choose the migrations. Raises ``ConfigurationError`` for names that match nothing."""
    label, name = options["app_label"], options["name"]
    if name:
        return _named(loader, label, name)
    if label:
        selecting.require_app(loader, label)
    chosen = _scope(loader, options)
    return chosen.of(label) if label else chosen


def is_whole(chosen: Selection) -> bool:
    """Tell whether a history was chosen, of which only the troubles are worth showing."""
    return chosen.how.startswith("the whole history")


def is_guess(chosen: Selection) -> bool:
    """Tell whether everything was chosen because nothing says what is new."""
    return chosen.how.startswith(_NOTHING_KNOWN)


def sizes(alias: str, options: Mapping[str, Any]) -> Sizes:
    """Return the sizes given with ``--stats``, else those of the database that was named."""
    if options["stats"]:
        path = Path(options["stats"])
        try:
            return stats.loads(path.read_bytes().decode())
        except OSError as error:
            raise ConfigurationError(f"{path} can't be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise ConfigurationError(f"{path} can't be read: it is not UTF-8.") from error
        except ConfigurationError as error:
            raise ConfigurationError(f"{path} {error}. {_WRITE}") from error
    if not options["database"]:
        return NO_SIZES
    try:
        return stats.of_database(connections[alias])
    except DatabaseError as error:
        raise unreachable(alias, error) from error


_WRITE = "Write it with: manage.py schema_review --write-stats FILE"


def unreachable(alias: str, error: Exception) -> CommandError:
    """Return the error that ends the command."""
    reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
    return CommandError(f"The database {alias!r} can't be asked: {reason}", returncode=2)


def _named(loader: TolerantLoader, label: str, name: str) -> Selection:
    """What can't be loaded has no graph; its finding is the answer then."""
    told = any(finding.subject.startswith(f"{label}.{name}") for finding in loader.findings)
    if told:
        return Selection(keys=frozenset(), how=f"{label}.{name}")
    chosen = selecting.named(loader, label, name)
    (key,) = chosen.keys
    if key not in loader.graph.nodes:
        by = ", ".join(".".join(k) for k, m in loader.replacements.items() if key in m.replaces)
        raise ConfigurationError(f"{chosen.how} is not applied any more; it is part of {by}.")
    return chosen


def _scope(loader: TolerantLoader, options: Mapping[str, Any]) -> Selection:
    ref = _since(options)
    everything = selecting.everything(loader, options["app_label"] or "")
    if options["all"]:
        return everything
    if ref:
        return _new_since(loader, ref, given=bool(options["since"]))
    if loader.applied_migrations:
        return selecting.waiting(loader)
    return replace(everything, how=_NOTHING_KNOWN)


def _new_since(loader: TolerantLoader, ref: str, *, given: bool) -> Selection:
    try:
        return selecting.since(loader, ref)
    except ConfigurationError as error:
        if given:
            raise
        raise ConfigurationError(f"GOVERNANCE['SINCE']: {error}") from error


def _since(options: Mapping[str, Any]) -> str:
    """A database that is named goes before the setting."""
    return options["since"] or ("" if options["database"] else conf.settings().SINCE)

"""``makemigrations`` of whatever app provides it, with the gate in front."""

from importlib import import_module
from pathlib import Path

from django.apps import apps
from django.core.management import find_commands
from django.core.management.base import BaseCommand

from governance.gate.makemigrations import GovernanceMixin


def _provided() -> type[BaseCommand]:
    """Return the command class that would run if governance were not installed."""
    for config in apps.get_app_configs():
        folder = str(Path(config.path) / "management")
        if config.name != "governance" and "makemigrations" in find_commands(folder):
            module = import_module(f"{config.name}.management.commands.makemigrations")
            return module.Command  # type: ignore[no-any-return]
    return import_module("django.core.management.commands.makemigrations").Command  # type: ignore[no-any-return]


class Command(GovernanceMixin, _provided()):  # type: ignore[misc]
    """Refuses, before a file is written, changes to tables of other modules."""

"""A first ``ownership.py`` for each app of a project that has none."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from django.apps import AppConfig, apps

from governance import conf
from governance.ownership import current
from governance.ownership.building import module_name
from governance.ownership.names import is_unknown

_INTERFACES = ("services", "interface", "api", "public", "selectors")
"""Submodules that projects commonly publish to other apps."""


def write() -> list[Path]:
    """Write the missing declarations and return their paths; no existing file is touched."""
    written = []
    for config in undeclared():
        path = Path(config.path) / f"{conf.settings().DISCOVER}.py"
        if not path.exists():
            path.write_text(source(config), encoding="utf-8")
            written.append(path)
    current.forget()
    return written


def undeclared() -> list[AppConfig]:
    """Return the project's apps that no declaration names."""
    registry = current.ownership().registry
    return [
        config
        for config in apps.get_app_configs()
        if is_unknown(registry.apps[config.label])
        or (not registry.declared and registry.apps[config.label] == module_name(config.label))
    ]


def source(config: AppConfig) -> str:
    """Return the text of a declaration for one app."""
    interfaces = ", ".join(f'"{config.name}.{name}"' for name in _published(config))
    return f'''"""Who owns the tables of {config.label}."""

from governance import Module

MODULE = Module(
    name="{module_name(config.label)}",
    apps=["{config.label}"],
    # Functions that other modules call to change this module's data.
    interfaces=[{interfaces}],
    team="",
    contact="",
)
'''


def _published(config: AppConfig) -> list[str]:
    return [name for name in _INTERFACES if find_spec(f"{config.name}.{name}") is not None]

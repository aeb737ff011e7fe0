"""Which files to look at: the modules' folders, wherever they lie, and the rest of the project."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from django.conf import settings

from governance.ownership.names import PLATFORM
from governance.ownership.places import is_platform_file, is_test_file, shown, spec_of
from governance.ownership.registry import Registry

_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages", "dist-packages"})
_OF_ANOTHER = ("pyvenv.cfg", "pyproject.toml", "setup.py", "setup.cfg", "PKG-INFO", "manage.py")


def files_of(registry: Registry, paths: Sequence[str] | None = None) -> list[str]:
    """Return first-party files in order, without tests.

    With ``paths`` only what lies below them, also where it belongs to no module.
    """
    folders = [folder for folder, owner in registry.folders if owner != PLATFORM]
    found: dict[str, str] = {}
    named = [path for path in paths or () if os.path.isdir(path)]  # noqa: PTH112
    single = [os.path.abspath(path) for path in paths or () if os.path.isfile(path)]  # noqa: PTH100, PTH113
    for file in single:
        found.setdefault(os.path.realpath(file), file)
    for folder in (*sorted(folders), *_of_no_module(), *map(os.path.abspath, named)):
        for file in _below(folder):
            found.setdefault(os.path.realpath(file), file)
    chosen = [file for file in found.values() if _counts(file, registry)]
    if paths is not None:
        chosen = [file for file in chosen if _lies_in(file, paths)]
    return sorted(chosen)


def _of_no_module() -> Iterator[str]:
    """Folders of the project beside its modules: settings, URLs, scripts."""
    here = Path.cwd()
    if (here / "manage.py").exists():
        yield str(here)
    for dotted in (
        os.environ.get("DJANGO_SETTINGS_MODULE", ""),
        getattr(settings, "ROOT_URLCONF", ""),
    ):
        top = dotted.partition(".")[0] if "." in dotted else ""
        spec = spec_of(top) if top else None
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            if not is_platform_file(os.path.join(folder, "")):  # noqa: PTH118
                yield folder


def _below(folder: str) -> Iterator[str]:
    for path, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if _enters(path, name))
        for name in sorted(files):
            if name.endswith(".py"):
                yield os.path.join(path, name)  # noqa: PTH118 - thousands of them


def _enters(path: str, name: str) -> bool:
    """A folder with packaging of its own is another project, a copy or a virtual environment.

    Where it is a module of this one, it is walked as such.
    """
    if name in _SKIPPED or name.startswith("."):
        return False
    inside = os.path.join(path, name, "")  # noqa: PTH118
    return not any(os.path.exists(inside + mark) for mark in _OF_ANOTHER)  # noqa: PTH110


def _counts(file: str, registry: Registry) -> bool:
    module = registry.module_of(file)
    if module == PLATFORM:
        return False
    folders: Iterable[str] = (folder for folder, _ in registry.folders if file.startswith(folder))
    relative = file.removeprefix(next(iter(folders), "")) if module else shown(file)
    return not is_test_file(relative, owned=bool(module))


def _lies_in(file: str, paths: Sequence[str]) -> bool:
    wanted = [os.path.realpath(path) for path in paths]
    real = os.path.realpath(file)
    return any(real == path or real.startswith(os.path.join(path, "")) for path in wanted)  # noqa: PTH118

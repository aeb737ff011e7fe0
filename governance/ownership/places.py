"""Which files are the project's own, and which belong to Python, Django or a package."""

import os
import sys
import sysconfig
from functools import lru_cache
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import asgiref
import django

_PACKAGE_FOLDERS = ("site-packages", "dist-packages")
_TEST_FOLDERS = frozenset({"test", "tests"})
_MEASURING_FOLDERS = frozenset({"benchmark", "benchmarks"})


@lru_cache(maxsize=1)
def platform_folders() -> tuple[str, ...]:
    """Return the folders of Python itself, Django, asgiref and this package, with a separator."""
    interpreter = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib")]
    packages = [str(Path(module.__file__ or "").parent) for module in (django, asgiref)]
    ours = str(Path(__file__).parent.parent)
    return tuple(os.path.join(folder, "") for folder in (*interpreter, *packages, ours))  # noqa: PTH118


def is_platform_file(path: str) -> bool:
    """Tell whether a file is not the project's: standard library, Django, an installed package."""
    if path.startswith("<frozen"):
        return True
    parts = Path(path).parts
    installed = any(folder in parts for folder in _PACKAGE_FOLDERS)
    return installed or path.startswith(platform_folders())


def spec_of(dotted: str) -> ModuleSpec | None:
    """Find a module by name; None also when a package above it can't be imported."""
    try:
        return find_spec(dotted)
    except Exception:
        return None


def is_platform_package(name: str) -> bool:
    """Tell whether a top-level package is not the project's; one not imported yet counts as its."""
    loaded = sys.modules.get(name)
    file = getattr(loaded, "__file__", None)
    return name in sys.stdlib_module_names or (file is not None and is_platform_file(file))


def is_test_file(relative: str, *, owned: bool = True) -> bool:
    """Tell whether a file arranges data for tests: it may write any table.

    Takes a path relative to its module's folder or the working directory. Test code lies in a
    folder ``test`` or ``tests``, or is named ``test_*``, ``*_test``, ``tests``, ``conftest`` or
    ``factories``. What is not ``owned`` by a module may also measure, in a folder ``benchmarks``.
    """
    file = Path(relative)
    folders = file.parts[-2:-1] if file.is_absolute() else file.parts[:-1]
    named = file.stem in {"tests", "conftest", "factories"}
    return (
        named
        or file.stem.startswith(("test_", "tests_"))
        or file.stem.endswith("_test")
        or not _TEST_FOLDERS.isdisjoint(folders)
        or not (owned or _MEASURING_FOLDERS.isdisjoint(folders))
    )


def shown(path: str) -> str:
    """Return a path as people read it: relative to the working directory where it lies below."""
    relative = os.path.relpath(path) if os.path.isabs(path) else path  # noqa: PTH117
    return path if relative.startswith("..") else relative

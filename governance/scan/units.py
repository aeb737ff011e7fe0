"""Find and read the source of modules by name or file; each is read once."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from governance.ownership.places import shown
from governance.scan.reader import read_unit
from governance.scan.syntax import Unit


class Units:
    """Files that were read in this process."""

    def __init__(self) -> None:
        self._by_file: dict[str, Unit | Exception] = {}
        self._files: dict[str, str | None] = {}
        self._packages: dict[str, tuple[str, ...]] = {}
        self._names = {
            os.path.realpath(file): name
            for name, module in list(sys.modules.items())
            if (file := getattr(module, "__file__", None)) and name != "__main__"
        }

    def of_file(self, file: str) -> Unit | Exception:
        """Return a file's unit, or why it can't be read."""
        known = self._by_file.get(file)
        if known is None:
            known = self._by_file[file] = self._read(file)
        return known

    def named(self, dotted: str) -> Unit | None:
        """Return the unit of a module; None when it has no Python source."""
        file = self.file_of(dotted)
        unit = self.of_file(file) if file else None
        return unit if isinstance(unit, Unit) else None

    def file_of(self, dotted: str) -> str | None:
        """Return where a module's source lies, without importing anything."""
        if dotted not in self._files:
            self._files[dotted] = self._find(dotted)
        return self._files[dotted]

    def name_of(self, file: str) -> str:
        """Return the dotted name of a file: as it is loaded, else as it would be imported."""
        known = self._names.get(os.path.realpath(file))
        if known is not None:
            return known
        path = Path(file)
        folders = self._packages_around(str(path.parent))
        parts = [*folders, *([] if path.stem == "__init__" else [path.stem])]
        known = ".".join(parts)
        return known if folders and len(parts) > 1 else _below_path(path) or known

    def _packages_around(self, folder: str) -> tuple[str, ...]:
        """The packages that a folder is, and lies in, outermost first."""
        known = self._packages.get(folder)
        if known is None:
            above, _, name = folder.rpartition(os.sep)
            marked = os.path.isfile(os.path.join(folder, "__init__.py"))  # noqa: PTH113, PTH118
            inside = bool(above) and marked
            known = (*self._packages_around(above), name) if inside else ()
            self._packages[folder] = known
        return known

    def _read(self, file: str) -> Unit | Exception:
        name = self.name_of(file)
        package = name if Path(file).stem == "__init__" else name.rpartition(".")[0]
        try:
            source = Path(file).read_bytes()
            return read_unit(source, file=file, name=name, package=package, shown=shown(file))
        except (SyntaxError, ValueError, OSError, RecursionError, MemoryError) as error:
            return error

    def _find(self, dotted: str) -> str | None:
        loaded = sys.modules.get(dotted)
        if loaded is not None:
            file = getattr(loaded, "__file__", None)
            return file if file and file.endswith(".py") else None
        parent, _, name = dotted.rpartition(".")
        for folder in self._folders(parent) if parent else sys.path:
            for candidate in (f"{name}.py", f"{name}/__init__.py"):
                file = os.path.join(folder or ".", candidate)  # noqa: PTH118 - many are tried
                if os.path.isfile(file):  # noqa: PTH113
                    return os.path.abspath(file)  # noqa: PTH100
        return None

    def _folders(self, package: str) -> list[str]:
        loaded = sys.modules.get(package)
        if loaded is not None:
            return list(getattr(loaded, "__path__", ()))
        file = self.file_of(package)
        if file:
            return [str(Path(file).parent)]
        above, _, name = package.rpartition(".")
        found = self._folders(above) if above else sys.path
        return [str(Path(folder) / name) for folder in found if (Path(folder) / name).is_dir()]


def _below_path(path: Path) -> str:
    """The dotted name below the longest folder of ``sys.path``: packages need no ``__init__``."""
    folders = sorted((p for p in sys.path if p), key=len, reverse=True)
    for folder in folders:
        if path.is_relative_to(folder):
            parts = path.relative_to(folder).with_suffix("").parts
            return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return ""

"""What a file on the stack stands for. Learned once for each file name, then one look-up."""

from __future__ import annotations

from pathlib import Path

import asgiref.sync
import django

from governance.ownership import current
from governance.ownership.names import PLATFORM, is_unknown
from governance.ownership.places import is_test_file, shown
from governance.writes.sites import TESTS

SKIP = "-skip"
"""Python, Django or an installed package: says nothing about who acts."""
ORM = "-orm"
"""Django's ORM, and the user model that comes with Django."""
FRAMEWORK = "-framework"
"""Code that runs a first-party class: admin, generic views, forms, commands, DRF."""
EDGE = "-edge"
"""A border between threads, or between an event loop and who runs it."""
NAMED = "-named"
"""Code that acts under a name of its own: migrate, flush, the test database."""
UNOWNED = "-unowned"
"""The project's own, but in no module."""

kinds: dict[str, str] = {}
"""File name → one of the marks above, or the module that the file belongs to."""

_DJANGO = Path(django.__file__).parent
_AUTH = _DJANGO / "contrib" / "auth"
EXECUTOR = str(_DJANGO / "db" / "migrations" / "executor.py")
TEST_DATABASE = str(_DJANGO / "db" / "backends" / "base" / "creation.py")
NAMED_FILES = {
    EXECUTOR: "migrate",
    TEST_DATABASE: "tests",
    str(Path(__file__).parent / "storing.py"): "governance",
    **{
        str(Path(__file__).parent.parent / "enforcement" / f"{name}.py"): "governance"
        for name in ("comments", "running")
    },
    **{
        str(_DJANGO / "core" / "management" / "commands" / f"{name}.py"): name
        for name in ("migrate", "flush", "loaddata", "createcachetable")
    },
}
"""File → name of the system actor."""

COLLECTOR = str(_DJANGO / "db" / "models" / "deletion.py")
"""Where Django deletes rows and what depends on them."""
ORM_FOLDER = str(_DJANGO / "db" / "models" / "x")[:-1]
AUTH_FILES = tuple(str(_AUTH / name) for name in ("__init__.py", "backends.py", "forms.py"))
AUTH_COMMANDS = str(_AUTH / "management" / "x")[:-1]
_USER_FILES = tuple(str(_AUTH / name) for name in ("models.py", "base_user.py"))
_FRAMEWORK = (
    *(
        str(_DJANGO.joinpath(*parts, "x"))[:-1]
        for parts in (("contrib", "admin"), ("views", "generic"), ("forms",))
    ),
    str(_DJANGO / "core" / "management" / "base.py"),
    str(_AUTH / "admin.py"),
    *AUTH_FILES,
    AUTH_COMMANDS,
)
_FRAMEWORK_PACKAGES = {"rest_framework"}
_TEST_RUNNERS = ("unittest/case.py", "unittest/async_case.py", "unittest/suite.py")
HANDLERS = str(_DJANGO / "core" / "handlers" / "base.py")
"""Where Django calls a view: what stands around it is middleware, and does not write."""
ASGIREF = str(asgiref.sync.__file__)
_EVENT_LOOP = ("asyncio/events.py", "asyncio/base_events.py", "asyncio/runners.py")


def learn(path: str) -> str:
    """Find out what a file stands for, and remember it."""
    kind = kinds[path] = _kind_of(path)
    return kind


def forget_files() -> None:
    """Learn anew which file belongs to which module: the registry has changed."""
    kinds.clear()


def _kind_of(path: str) -> str:
    if path.startswith((ORM_FOLDER, *_USER_FILES)):
        return ORM
    if path in NAMED_FILES:
        return NAMED
    if path in {ASGIREF, HANDLERS} or path.endswith(_EVENT_LOOP):
        return EDGE
    if path.endswith(_TEST_RUNNERS) or Path(path).parent.name == "_pytest":
        return TESTS
    registry = current.ownership().registry
    module = registry.module_of(path)
    if module == PLATFORM:
        is_framework = path.startswith(_FRAMEWORK) or _FRAMEWORK_PACKAGES & set(Path(path).parts)
        return FRAMEWORK if is_framework else SKIP
    folder = next((f for f, _ in registry.folders if path.startswith(f)), "")
    if module and is_unknown(module):  # an app called "tests" that nobody declares
        folder = str(Path(folder).parent)
    relative = path.removeprefix(folder).lstrip("/") if module else shown(path)
    if is_test_file(relative, owned=bool(module)):
        return TESTS
    return module or UNOWNED

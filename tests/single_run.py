"""One run at a time in a checkout: two would take each other's test database away."""

import fcntl
import os
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent
HELD = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    folder = os.open(FOLDER, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(folder)
        raise pytest.UsageError(
            f"Another run of the tests goes on in {FOLDER.parent}, and both would use one test "
            "database. Wait for it, or run these in a worktree of their own."
        ) from None
    config.stash[HELD] = folder


def pytest_unconfigure(config: pytest.Config) -> None:
    if HELD in config.stash:
        os.close(config.stash[HELD])

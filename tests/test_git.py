"""What is said where git does not know a commit."""

import subprocess
from pathlib import Path

import pytest

from governance import git


def run(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A repository with two commits on main, and one more on a branch."""
    folder = tmp_path / "origin"
    folder.mkdir()
    run(folder, "init", "-q", "-b", "main")
    for message in ("one", "two"):
        run(folder, "commit", "-q", "--allow-empty", "-m", message)
    run(folder, "checkout", "-q", "-b", "branch")
    run(folder, "commit", "-q", "--allow-empty", "-m", "three")
    return folder


def test_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert git.unknown(tmp_path, "main") == (
        "git can't be asked for 'main': there is no git on the PATH."
    )


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert git.unknown(tmp_path, "main") == (
        "git can't be asked for 'main' here. It says: fatal: not a git repository "
        "(or any of the parent directories): .git"
    )


def test_commit_that_is_not_here(origin: Path) -> None:
    assert git.unknown(origin, "origin/mian") == (
        "git knows no commit 'origin/mian' here. In CI, fetch it first: git fetch origin mian"
    )


def test_remedy_for_a_shallow_clone(origin: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    run(tmp_path, "clone", "-q", "--depth", "1", origin.as_uri(), clone.name)
    assert not git.knows(clone, "origin/main")
    told = git.unknown(clone, "origin/main")
    remedy = "git fetch --unshallow origin +main:refs/remotes/origin/main"
    assert told == (
        "git knows no commit 'origin/main' here, for the clone is shallow. "
        f"Fetch it first: {remedy}"
    )
    run(clone, *remedy.split()[1:])
    assert git.knows(clone, "origin/main")
    assert git.ask(clone, "merge-base", "origin/main", "HEAD") == (
        git.ask(origin, "rev-parse", "main")
    )

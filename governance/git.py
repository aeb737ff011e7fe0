"""What git knows, asked past its exit codes: no answer is None, and git may be absent."""

from __future__ import annotations

import subprocess
from pathlib import Path

_PATIENCE = 20
"""Seconds after which git is not waited for."""


def ask(folder: Path, *arguments: str) -> str | None:
    """Return what git prints; None without git, outside of a repository, or when it fails."""
    done = _run(folder, *arguments)
    return done.stdout.decode(errors="replace") if done and done.returncode == 0 else None


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes] | None:
    try:
        return subprocess.run(  # noqa: S603 - no shell, and nothing of it is from outside
            ["git", "-C", str(folder.absolute()), *arguments],  # noqa: S607
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def knows(folder: Path, ref: str) -> bool:
    """Tell whether a reference names a commit here."""
    return ask(folder, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}") is not None


def unknown(folder: Path, ref: str) -> str:
    """Return why git does not know a commit, and what to do about it."""
    found = _run(folder, "rev-parse", "--git-dir")
    if found is None:
        return f"git can't be asked for {ref!r}: there is no git on the PATH."
    if found.returncode:
        complaint = next(iter(found.stderr.decode(errors="replace").splitlines()), "it fails")
        return f"git can't be asked for {ref!r} here. It says: {complaint}"
    branch = ref.removeprefix("origin/")
    if ask(folder, "rev-parse", "--is-shallow-repository") == "true\n":
        return (
            f"git knows no commit {ref!r} here, for the clone is shallow. Fetch it first: "
            f"git fetch --unshallow origin +{branch}:refs/remotes/origin/{branch}"
        )
    return f"git knows no commit {ref!r} here. In CI, fetch it first: git fetch origin {branch}"


def who_am_i(folder: Path) -> str:
    """Return ``Name <address>`` of who would commit now; empty where git does not know."""
    ident = ask(folder, "var", "GIT_AUTHOR_IDENT") or ""
    return ident.rpartition(">")[0] + ">" if ">" in ident else ""


def author_of(file: Path) -> str:
    """Return ``Name <address>`` of who changed a file last; who has changes on it is that."""
    folder = file.parent
    changed = ask(folder, "status", "--porcelain", "--", file.name)
    if changed:
        return who_am_i(folder)
    return (ask(folder, "log", "-1", "--format=%aN <%aE>", "--", file.name) or "").strip()


def changed_since(folder: Path, ref: str) -> set[Path]:
    """Return the files of the repository around a folder that are new or changed since a commit.

    What is not committed yet counts, whether it was added or not. Changes that the commit's
    branch got after ours began do not.
    """
    top = (ask(folder, "rev-parse", "--show-toplevel") or "").strip()
    base = (ask(folder, "merge-base", ref, "HEAD") or ref).strip()
    root = Path(top or folder)
    changed = ask(root, "diff", "--name-only", "-z", "--diff-filter=d", base, "--") or ""
    untracked = ask(root, "ls-files", "--others", "--exclude-standard", "-z") or ""
    return {(root / name).resolve() for name in (changed + untracked).split("\0") if name}

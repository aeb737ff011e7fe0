"""Migrations that tests write for the app ``dev``, in place of its own."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import LazySettings

INITIAL = """
from django.db import migrations, models

class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Item", [
            ("id", models.BigAutoField(primary_key=True)),
            ("name", models.CharField(max_length=10)),
            ("note", models.TextField(null=True)),
        ]),
    ]
"""


class History:
    """A folder of migrations, in a project folder that may be a git repository.

    ``dev.0001_initial`` creates ``dev_item`` and counts as applied on the database of the tests,
    as do migrations that are called as those of the demonstration.
    """

    def __init__(self, folder: Path, settings: LazySettings) -> None:
        self.project = folder
        self.package = f"history_{uuid4().hex[:8]}"
        self.folder = folder / self.package
        self.folder.mkdir()
        (self.folder / "__init__.py").write_text("")
        settings.MIGRATION_MODULES = {"dev": self.package}
        self.file("0001_initial", INITIAL)

    def file(self, name: str, text: str) -> Path:
        """Write a whole file."""
        path = self.folder / f"{name}.py"
        path.write_text(textwrap.dedent(text))
        sys.modules.pop(f"{self.package}.{name}", None)
        return path

    def add(
        self,
        name: str,
        operations: str,
        *,
        after: str = "0001_initial",
        head: str = "",
        more: str = "",
    ) -> Path:
        """Write a migration with these operations, as source."""
        lines = ["from django.db import migrations, models", textwrap.dedent(head), ""]
        lines += ["class Migration(migrations.Migration):"]
        lines += [f"    dependencies = [{', '.join(repr(('dev', n)) for n in after.split())}]"]
        lines += [f"    operations = [{operations}]", f"    {more}"]
        return self.file(name, "\n".join(lines))

    def card(self, name: str) -> Path:
        return self.folder / f"{name}.review.toml"

    def here(self, name: str) -> str:
        """Return the place of a migration as it is shown."""
        return f"{self.package}/{name}.py"

    def git(self, *arguments: str, who: str = "Ada") -> str:
        """Run git as somebody."""
        address = f"{who.lower()}@example.com"
        roles = {"AUTHOR", "COMMITTER"}
        identity = {f"GIT_{role}_NAME": who for role in roles}
        identity |= {f"GIT_{role}_EMAIL": address for role in roles}
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.project,
            env={**os.environ, **identity},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def repository(self) -> None:
        """Make the project folder a repository, and commit what is there as Ada."""
        self.git("init", "-q", "-b", "main")
        self.commit("begin")

    def commit(self, message: str, who: str = "Ada") -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message, who=who)


def history_at(tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> History:
    """Return a history in a fresh folder, which is made the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    for variable in ("GIT_DIR", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    return History(tmp_path, settings)

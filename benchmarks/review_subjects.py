"""Projects that ``review_corpora`` can judge, made from a checkout or an unpacked sdist.

What is recognised: folders of Django apps with migrations, SQL scripts in parts marked
``-- 1.sql``, folders called ``…_safe`` and ``…_unsafe`` with an ``up.sql``, and the tests of a
linter written in Rust that call ``lint_errors(sql, Rule::X)``. Scripts become apps with one RunSQL
a part. Everything that is made stays in a temporary folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

PART = re.compile(r"^-- \d+\.sql\s*$", re.MULTILINE)
TEST = re.compile(
    r'let sql = r?(?P<hash>#*)"(?P<sql>(?:(?!let sql =).)*?)"(?P=hash);\s*'
    r"assert_snapshot!\(lint_errors(?:_with)?\(\s*sql,[^;]*?Rule::(?P<rule>\w+)",
    re.DOTALL,
)
NOT_ABOUT_SAFETY = ("Prefer", "Identifier", "RequireTable", "RequireTimeout", "RequireEnum")
NOT_ABOUT_SAFETY += ("BanChar", "TransactionNesting", "BanUncommitted", "BanDuplicate")
WITHOUT_REVERSE = "SCRIPTS_WITHOUT_REVERSE"
"""A variable: scripts have no way back, and a rehearsal shall not believe that they have one."""
MIGRATION = """import os

from django.db import migrations

REVERSE = None if os.environ.get("{without}") else migrations.RunSQL.noop


class Migration(migrations.Migration):
    atomic = {atomic}
    dependencies = {dependencies!r}
    operations = [migrations.RunSQL({sql!r}, REVERSE)]
"""


@dataclass(slots=True, kw_only=True)
class Subject:
    """A Django project to be judged."""

    name: str
    paths: list[str]
    """What goes on PYTHONPATH."""
    apps: list[str]
    cases: dict[str, list[str]] = field(default_factory=dict)
    """Name of a case → its migrations, as ``app.0002_x``."""
    author: dict[str, str] = field(default_factory=dict)
    """Name of a case → what its author calls it, where names or tests tell."""
    apart: bool = False
    """Each app is a project of its own: scripts make tables of the same names."""

    def projects(self) -> Iterator[Subject]:
        """Yield what is judged at a time."""
        if not self.apart:
            yield self
            return
        for app in self.apps:
            yield replace(self, apps=[app], cases={app: self.cases[app]})


def find(path: Path, made: Path) -> Subject:
    """Return what is at ``path``; ``made`` is for what has to be written."""
    name = path.resolve().name
    if scripts := sorted(path.rglob("examples/*/*.sql")):
        return _from_scripts(name, made, _examples(scripts))
    if rules := sorted(path.rglob("*_linter/src/rules/*.rs")):
        return _from_scripts(name, made, _rust_tests(rules))
    if scripts := sorted(path.rglob("*_*safe/up.sql")):
        return _from_scripts(name, made, _labelled_folders(scripts))
    return _from_apps(name, path)


def _from_apps(name: str, path: Path) -> Subject:
    folders = [
        folder
        for folder in sorted(path.rglob("migrations"))
        if any(folder.glob("0*.py")) and not folder.parent.name.endswith("_old")
    ]
    root = next((p for p in (path, path / "src") if p.exists()), path)
    subject = Subject(name=name, paths=[str(root), str(path / "src")], apps=[])
    for folder in folders:
        app = folder.parent
        if any(part in ("src", "examples") for part in app.relative_to(path).parts):
            continue
        subject.apps.append(".".join(app.relative_to(path).parts))
        for file in sorted(folder.glob("[0-9]*.py")):
            if file.stem.startswith("0001_"):
                continue  # new tables: nobody can be harmed
            subject.cases[f"{app.name}.{file.stem}"] = [f"{app.name}.{file.stem}"]
    return subject


def _examples(files: list[Path]) -> Iterator[tuple[str, str, list[str]]]:
    for file in files:
        parts = [part.strip() for part in PART.split(file.read_text()) if part.strip()]
        if file.stem in ("good", "bad") and parts:
            yield f"{file.parent.name}_{file.stem}", file.stem, parts


def _labelled_folders(files: list[Path]) -> Iterator[tuple[str, str, list[str]]]:
    for file in files:
        label = "good" if file.parent.name.endswith("_safe") else "bad"
        yield file.parent.name, label, [file.read_text()]


def _rust_tests(files: list[Path]) -> Iterator[tuple[str, str, list[str]]]:
    for file in files:
        if file.stem == "require_timeout_settings":
            continue
        for number, match in enumerate(TEST.finditer(file.read_text()), start=1):
            if not match["rule"].startswith(NOT_ABOUT_SAFETY):
                yield f"{file.stem}_{number}", "bad", [match["sql"].strip()]


def _from_scripts(name: str, made: Path, scripts: Iterator[tuple[str, str, list[str]]]) -> Subject:
    subject = Subject(name=name, paths=[str(made)], apps=[], apart=True)
    for script, label, parts in scripts:
        app = re.sub(r"\W", "_", f"{name}_{script}").lower()
        _write_app(made / app, app, parts)
        subject.apps.append(app)
        subject.cases[app] = [f"{app}.{n:04}_part" for n in range(1, len(parts) + 1)]
        subject.author[app] = {"good": "safe", "bad": "unsafe"}[label]
    return subject


def _write_app(folder: Path, app: str, parts: list[str]) -> None:
    migrations = folder / "migrations"
    migrations.mkdir(parents=True, exist_ok=True)
    (folder / "__init__.py").touch()
    (migrations / "__init__.py").touch()
    for number, sql in enumerate(parts, start=1):
        before = [(app, f"{number - 1:04}_part")] if number > 1 else []
        text = MIGRATION.format(
            without=WITHOUT_REVERSE,
            atomic="concurrently" not in sql.lower(),
            dependencies=before,
            sql=sql,
        )
        (migrations / f"{number:04}_part.py").write_text(text)


def settings(subject: Subject, folder: Path, extra: tuple[str, ...] = ()) -> dict[str, str]:
    """Write a settings module for a subject; return the environment to use it with."""
    apps = [*extra, "django.contrib.contenttypes", "django.contrib.auth", *subject.apps]
    (folder / "review_settings.py").write_text(
        f"import os\nINSTALLED_APPS = {apps!r}\nSECRET_KEY = 'x'\nUSE_TZ = True\n"
        "DEFAULT_AUTO_FIELD = 'django.db.models.AutoField'\n"
        "GOVERNANCE = {'REVIEW': 'none'}\n"  # no cards: only what migrations do counts
        "SILENCED_SYSTEM_CHECKS = ['models.E028', 'models.E030', 'models.E032']\n"
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql',\n"
        "    'NAME': os.environ['PGDATABASE'], 'USER': os.environ.get('PGUSER', ''),\n"
        "    'HOST': os.environ['PGHOST'], 'PORT': os.environ.get('PGPORT', '5432')}}\n"
    )
    paths = [str(folder), *subject.paths, os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "review_settings",
        "PYTHONPATH": os.pathsep.join(p for p in paths if p),
        "PYTHONWARNINGS": "ignore",
    }

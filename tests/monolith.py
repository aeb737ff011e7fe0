"""Small Django projects that tests write, and run in processes of their own."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from django.conf import settings

CHECKOUT = Path(__file__).resolve().parent.parent

SETTINGS = """
import json, os
SECRET_KEY = "test"
INSTALLED_APPS = json.loads(os.environ["TEST_APPS"])
DATABASES = json.loads(os.environ["TEST_DATABASES"])
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
"""


class Monolith:
    """Write files, run commands. ``settings`` and ``apps`` may be changed before each run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.apps = ["governance", "django.contrib.auth", "django.contrib.contenttypes"]
        self.path = [str(CHECKOUT)]
        self._names: list[str] = []
        self.databases: dict[str, Any] = {"default": self._new_database()}
        self.write("settings.py", SETTINGS)

    def copy(self, folder: Path) -> "Monolith":
        """Return this project as it stands in another folder, on a copy of its database."""
        other = Monolith.__new__(Monolith)
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        other.folder, other.apps, other.path, other._names = folder, [*self.apps], [*self.path], []
        template = self.databases["default"]["NAME"]
        other.databases = {"default": other._new_database(template=template)}
        return other

    def write(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text))
        return file

    def app(self, label: str, models: str = "", ownership: str | None = None) -> None:
        """Add an app with models, and a declaration if one is given."""
        self.write(f"{label}/__init__.py", "")
        self.write(f"{label}/migrations/__init__.py", "")
        self.write(f"{label}/models.py", "from django.db import models\n" + textwrap.dedent(models))
        if ownership is not None:
            text = "from datetime import date\nfrom governance import Module, Share\n"
            self.write(f"{label}/ownership.py", text + textwrap.dedent(ownership))
        self.apps.append(label)

    def set(self, text: str) -> None:
        """Append to the settings."""
        with (self.folder / "settings.py").open("a") as file:
            file.write(textwrap.dedent(text) + "\n")

    def manage(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self._run(["-m", "django", *arguments], environment)

    def python(self, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run code after ``django.setup()``."""
        setup = "import django; django.setup()\n"
        return self._run(["-c", setup + textwrap.dedent(code)], environment)

    def second_database(self) -> dict[str, Any]:
        """Return the settings of one more, empty database."""
        return self._new_database()

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the interpreter with arguments of its own."""
        return self._run(list(arguments), environment)

    def drop(self) -> None:
        with self._server() as connection:
            for name in self._names:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
                connection.execute(f'DROP DATABASE IF EXISTS "test_{name}" WITH (FORCE)')

    def _run(
        self, arguments: list[str], environment: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        kept = {k: v for k, v in os.environ.items() if k not in {"GOVERNANCE_MODE", "COLUMNS"}}
        own = {
            "PYTHONPATH": os.pathsep.join([str(self.folder), *self.path]),
            "DJANGO_SETTINGS_MODULE": "settings",
            "TEST_APPS": json.dumps(self.apps),
            "TEST_DATABASES": json.dumps(self.databases),
            "COLUMNS": "120",
            "PYTHONDONTWRITEBYTECODE": "1",  # files that tests change may look the same as before
        }
        return subprocess.run(
            [sys.executable, *arguments],
            env=kept | own | environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def _new_database(self, *, template: str = "template1") -> dict[str, Any]:
        name = f"monolith_{uuid4().hex[:12]}"
        self._names.append(name)
        with self._server() as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        default = settings.DATABASES["default"]
        keys = ("ENGINE", "USER", "PASSWORD", "HOST", "PORT")
        return {key: default.get(key, "") for key in keys} | {"NAME": name}

    def _server(self) -> "psycopg.Connection[Any]":
        default = settings.DATABASES["default"]
        return psycopg.connect(
            host=default.get("HOST") or None,
            port=default.get("PORT") or None,
            user=default.get("USER") or None,
            password=default.get("PASSWORD") or None,
            dbname="postgres",
            autocommit=True,
        )

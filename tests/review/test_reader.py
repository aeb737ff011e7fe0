"""Scripts that hold querysets in variables and call functions of other files."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from django.apps import apps
from django.test import override_settings

from governance.review.data_migrations import read
from governance.review.script import Loop, Write

Reading = Callable[..., Any]
FILES = {
    "__init__.py": "",
    "models.py": """
        from django.db import models

        class Shelf(models.Model):
            name = models.TextField()

        class Book(models.Model):
            shelf = models.ForeignKey(Shelf, models.CASCADE, related_name="books")
            authors = models.ManyToManyField("Author")

        class Author(models.Model):
            pass
        """,
    "filling.py": """
        from django.core.management import call_command
        from . import texts

        def fill(apps, editor):
            apps.get_model("library", "Book").objects.filter(name="").update(name="x")

        def fill_rows(books):
            books.update(name="x")

        def by_keyword(*, books):
            books.delete()

        def save_each(rows):
            for row in rows:
                row.save()

        def deep(apps):
            fill(apps, None)
            again(apps)

        def again(apps):
            deep(apps)

        def load():
            call_command("loaddata", "x")

        def run(editor):
            editor.execute("DELETE FROM library_shelf")

        class Filler:
            def __init__(self, apps): ...
            def run(self): ...
            @staticmethod
            def static(apps):
                apps.get_model("library", "Author").objects.create()
            @classmethod
            def made(cls, apps): ...

        filler = Filler(None)
        """,
    "texts.py": "def shortened(text): return text[:9]",
    "migrations/__init__.py": "",
}


@pytest.fixture
def reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reading]:
    """Write an app with a migration of these lines, and read its function ``forwards``."""
    folder = tmp_path / "library"
    (folder / "migrations").mkdir(parents=True)
    for name, text in FILES.items():
        (folder / name).write_text(dedent(text))
    monkeypatch.syspath_prepend(str(tmp_path))
    installed = [*(config.name for config in apps.get_app_configs()), "library"]

    def written(body: str, top: str = "") -> Any:
        lines = [dedent(top), "def forwards(apps, schema_editor):"]
        lines += [f"    {line}" for line in dedent(body).strip().splitlines()]
        (folder / "migrations" / "m0002.py").write_text("\n".join(lines))
        importlib.invalidate_caches()
        return read(importlib.import_module("library.migrations.m0002").forwards)

    with override_settings(INSTALLED_APPS=installed):
        yield written
    for name in [name for name in sys.modules if name.partition(".")[0] == "library"]:
        del sys.modules[name]
    apps.all_models.pop("library", None)


SHELVES = 'apps.get_model("library", "Shelf").objects'
BOOKS = 'apps.get_model("library", "Book").objects'


def told(script: Any) -> list[tuple[str, str, bool]]:
    return [
        (write.operation, write.model or write.table, write.whole_table) for write in script.writes
    ]


@pytest.mark.parametrize(
    ("body", "writes"),
    [
        (f"books = {BOOKS}.all()\nbooks.update(name='x')", [("update", "book", True)]),
        (
            f"books = {BOOKS}\nbooks = books.filter(id=1)\nbooks.delete()",
            [("delete", "book", False)],
        ),
        (f"books: object = {BOOKS}.all()\nbooks.delete()", [("delete", "book", True)]),
        (f"if (books := {BOOKS}.all()):\n    books.delete()", [("delete", "book", True)]),
        (f"for book in {BOOKS}.all():\n    book.delete()", [("delete", "book", False)]),
        (f"for n, book in enumerate({BOOKS}.all()):\n    book.save()", [("update", "book", False)]),
        (f"for book in list({BOOKS}.all()):\n    book.save()", [("update", "book", False)]),
        (
            f"book, made = {BOOKS}.get_or_create(id=1)\nbook.delete()",
            [("insert", "book", False), ("delete", "book", False)],
        ),
        (f"[book.save() for book in {BOOKS}.all()]", [("update", "book", False)]),
        (f"book = {BOOKS}.first()\nbook.shelf.save()", [("update", "shelf", False)]),
        (
            f"book = {BOOKS}.first()\nbook.authors.add(1)",
            [("insert", "library_book_authors", False)],
        ),
        (
            f"shelf = {SHELVES}.get(id=1)\nshelf.books.all().delete()",
            [("delete", "book", False)],
        ),
    ],
)
def test_variables_are_followed(reading: Reading, body: str, writes: list[Any]) -> None:
    script = reading(body)
    assert told(script) == writes
    assert script.unreadable == ()


def test_loops_over_variables(reading: Reading) -> None:
    script = reading(f"books = {BOOKS}.all()\nfor book in books:\n    book.save()")
    assert script.loops == (Loop(app_label="library", model="book", line=4, saves=True),)


def test_loops_over_variables_in_pieces(reading: Reading) -> None:
    assert reading(f"books = {BOOKS}.iterator()\nfor book in books:\n    book.save()").loops == ()


@pytest.mark.parametrize(
    ("top", "body", "writes"),
    [
        (
            "from library.filling import fill",
            "fill(apps, schema_editor)",
            [("update", "book", False)],
        ),
        ("from library import filling", "filling.fill(apps, None)", [("update", "book", False)]),
        ("from library import filling", "filling.deep(apps)", [("update", "book", False)]),
        (
            "from library.filling import fill_rows",
            f"fill_rows({BOOKS}.all())",
            [("update", "book", True)],
        ),
        (
            "from library.filling import by_keyword",
            f"books = {BOOKS}.filter(id=1)\nby_keyword(books=books)",
            [("delete", "book", False)],
        ),
        (
            "from library.filling import save_each",
            f"save_each({BOOKS}.iterator())",
            [("update", "book", False)],
        ),
        (
            "from library.filling import Filler",
            "Filler.static(apps)",
            [("insert", "author", False)],
        ),
        (
            "def own(apps):\n    " + f"{BOOKS}.all().delete()",
            "own(apps)",
            [("delete", "book", True)],
        ),
        (
            "def own(apps):\n    " + f"{BOOKS}.all().delete()",
            "atomic(own)",
            [("delete", "book", True)],
        ),
    ],
)
def test_functions_are_followed(reading: Reading, top: str, body: str, writes: list[Any]) -> None:
    script = reading(body, top)
    assert told(script) == writes
    assert script.unreadable == ()


def test_users(reading: Reading) -> None:
    script = reading(
        "User = get_user_model()\nUser.objects.update(is_staff=True)",
        "from django.contrib.auth import get_user_model",
    )
    assert told(script) == [("update", "user", True)]
    assert script.live_models == ("auth.User",)


def test_functions_that_are_given_the_editor(reading: Reading) -> None:
    script = reading("run(schema_editor)", "from library.filling import run")
    assert [step.table for step in script.steps] == ["library_shelf"]


@pytest.mark.parametrize(
    ("top", "body", "why"),
    [
        (
            "from library.filling import save_each",
            "save_each(object())",
            "calls save() of rows whose model is not known here",
        ),
        (
            "",
            "apps.get_model('library', name).objects.update(x=1)",
            "calls update() of rows whose model is not known here",
        ),
        (
            "",
            "M = apps.get_model('library', name)\nM.objects.create()",
            "calls create() of rows whose model is not known here",
        ),
        (
            "from library.filling import Filler",
            "Filler(apps).run()",
            "calls Filler of library.filling, which is not read",
        ),
        (
            "from library.filling import filler",
            "filler.run()",
            "calls Filler.run of library.filling, which is not read",
        ),
        (
            "from library.filling import Filler",
            "Filler.made(apps)",
            "calls Filler.made of library.filling, which is not read",
        ),
        (
            "from library.filling import load",
            "load()",
            "calls call_command of django.core.management, which is not read",
        ),
        (
            "from project.finance.services import tag_transaction",
            "tag_transaction()",
            "calls tag_transaction of project.finance.services, which is not read",
        ),
        (
            "from rich.progress import track",
            f"books = {BOOKS}.all()\ntrack(books)",
            "calls track of rich.progress, which is not read",
        ),
    ],
)
def test_what_is_not_followed_is_told(reading: Reading, top: str, body: str, why: str) -> None:
    assert why in reading(body, top).unreadable


@pytest.mark.parametrize(
    ("top", "body"),
    [
        ("from library import texts", "texts.shortened('x')"),
        ("from rich.progress import track", "track([1])"),
        (
            "import json, logging\nfrom django.utils import timezone",
            "json.loads('1'); timezone.now()",
        ),
        ("from project.core.services import counts", "counts()"),
        ("", "found = {}\nfound.update(a=1)\nseen = set()\nseen.add(1)\nseen.clear()"),
        ("import logging\nlog = logging.getLogger()", "log.info('x')\nprint(len([1]))"),
        ("class Refused(Exception): ...", "raise Refused('x')"),
    ],
)
def test_what_writes_nothing_is_silent(reading: Reading, top: str, body: str) -> None:
    script = reading(body, top)
    assert (script.steps, script.unreadable) == ((), ())


LATE = "library.late, which is not read"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("from library.late import x\nx(apps)", f"calls x of {LATE}"),
        ("from library.late import x\nx()", f"calls x of {LATE}"),
        ("from ..late import Late as L\nL.all()", f"calls Late.all of {LATE}"),
        ("from library import late\nlate.x()", f"calls x of {LATE}"),
        ("from .. import late\nlate.Late.all()", f"calls Late.all of {LATE}"),
        ("import library.late\nlibrary.late.x()", f"calls x of {LATE}"),
        ("import library.late as later\nlater.x()", f"calls x of {LATE}"),
        ("from library.late import x\nany(map(x, [1]))", f"hands on x of {LATE}"),
        ("import library\nlibrary.late.x()", f"calls x of {LATE}"),
    ],
)
def test_modules_that_nobody_has_imported(reading: Reading, body: str, why: str) -> None:
    """They are told, and not imported to be read."""
    assert why in reading(body).unreadable
    assert "library.late" not in sys.modules


def test_modules_of_libraries_that_nobody_has_imported(reading: Reading) -> None:
    assert reading("import turtledemo.clock as clock\nclock.main()").unreadable == ()


def test_lines_of_other_files(reading: Reading) -> None:
    (write,) = reading("fill(apps, None)", "from library.filling import fill").writes
    assert write == Write(operation="update", app_label="library", model="book", line=6)

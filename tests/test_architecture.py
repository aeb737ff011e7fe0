"""What keeps the code small to read: sizes, names, one catalogue, no printing."""

import ast
import re
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

from governance.rules import RULES

PACKAGE = Path(__file__).resolve().parent.parent / "governance"
FILES = sorted(PACKAGE.rglob("*.py"))
FORBIDDEN = {"utils", "helpers", "common", "misc", "base", "manager"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_sizes(file: Path) -> None:
    text = file.read_text()
    assert len(text.splitlines()) <= 350
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, node.name


def test_no_forbidden_names() -> None:
    assert [f for f in FILES if {f.stem.rstrip("s"), f.stem} & FORBIDDEN] == []


def test_nothing_prints() -> None:
    calls = [
        file
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    ]
    assert [f for f in calls if f.parent.name != "postgres"] == []


def test_what_imports_without_psycopg_3() -> None:
    """Projects with psycopg 2 go without rehearsals; the guard takes its own way there."""
    names = [f.relative_to(PACKAGE).as_posix() for f in FILES if "psycopg" in _imported_first(f)]
    assert [n for n in names if not n.startswith("rehearsal/")] == ["writes/cursors.py"]


def _imported_first(file: Path) -> set[str]:
    """Return the packages that a module imports as soon as it is imported itself."""
    body = ast.parse(file.read_text()).body
    whole = {a.name.partition(".")[0] for n in body if isinstance(n, ast.Import) for a in n.names}
    parts = {(n.module or "").partition(".")[0] for n in body if isinstance(n, ast.ImportFrom)}
    return whole | parts


def test_rules_are_unique_and_used() -> None:
    assert len({rule.number for rule in RULES}) == len(RULES)
    assert len({rule.slug for rule in RULES}) == len(RULES)
    source = "\n".join(f.read_text() for f in FILES if not _is_catalogue(f))
    used = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source))
    assert {rule.slug for rule in RULES} - used == set()


def _is_catalogue(file: Path) -> bool:
    return file.name == "rules.py" or file.parent.name == "catalogue"


def test_rules_speak_plainly() -> None:
    for rule in RULES:
        assert rule.meaning.endswith(".")
        assert rule.remedy.endswith((".", '")'))
        assert "!" not in rule.meaning + rule.remedy
        assert re.fullmatch(r"governance\.[EWI]\d{3}", rule.id)


def test_every_package_says_what_it_answers() -> None:
    for package in (p for p in PACKAGE.iterdir() if (p / "__init__.py").exists()):
        if package.name not in {"migrations", "management"}:
            assert "?" in (
                ast.get_docstring(ast.parse((package / "__init__.py").read_text())) or ""
            )


def test_mutations_are_about_code_that_is_there() -> None:
    file = PACKAGE.parent / "scripts/mutate"
    loader = SourceFileLoader("mutate", str(file))
    module = module_from_spec(spec_from_loader("mutate", loader) or pytest.fail())
    sys.modules["mutate"] = module  # its dataclass asks for it
    loader.exec_module(module)
    mutations = list(module.mutations())
    assert len(mutations) > 120
    root = PACKAGE.parent
    assert [m.name for m in mutations if m.old not in (root / m.file).read_text()] == []
    named = {path for m in mutations for path in m.tests if path.startswith("tests")}
    assert {path for path in named if not (root / path).exists()} == set()

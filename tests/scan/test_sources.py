"""Which files are looked at, and what becomes of those that can't be read."""

from pathlib import Path

from governance.ownership import current
from governance.scan.judging import low_resolution
from governance.scan.sources import files_of
from tests.scan.planted import body, scan_of


def test_tests_and_our_own_code_are_left_out() -> None:
    names = [Path(file).name for file in files_of(current.ownership().registry)]
    assert "wrong_ways.py" in names
    assert "settings.py" in names
    assert "conftest.py" not in names
    assert "trigger_cost.py" not in names
    assert not [file for file in files_of(current.ownership().registry) if "/governance/" in file]


def test_test_files_write_what_they_like(tmp_path: Path) -> None:
    code = body("Transaction.objects.create()")
    for name in ("dev/tests/cases.py", "dev/test_x.py", "dev/factories.py", "dev/conftest.py"):
        assert scan_of(tmp_path, {name: code}).files == 0


def test_file_that_is_no_python(tmp_path: Path) -> None:
    found = scan_of(tmp_path, {"dev/planted.py": "#plain\ndef broken(:\n    pass\n"})
    (finding,) = found.findings
    assert finding.rule.id == "governance.E211"
    assert finding.message.endswith("dev/planted.py can't be read: invalid syntax.")
    assert finding.hint == "Correct it, or remove it. Nobody knows what it writes."
    assert finding.location is not None
    assert finding.location.line == 2


def test_file_that_says_nothing_of_rows_is_parsed_all_the_same(tmp_path: Path) -> None:
    (finding,) = scan_of(tmp_path, {"dev/planted.py": "#plain\nx = (\n"}).findings
    assert finding.rule.slug == "unreadable-source"
    assert scan_of(tmp_path, {"dev/planted.py": "#plain\nx = 1\n"}).findings == ()


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (finding,) = scan_of(tmp_path, {"dev/planted.py": "#plain\nx = '\x00'\n"}).findings
    assert finding.rule.slug == "unreadable-source"


def test_deep_source_does_not_break_the_scan(tmp_path: Path) -> None:
    text = "x = " + " + ".join(f"'{n}'" for n in range(900))
    code = text + "\n" + body("Transaction.objects.create()")
    found = scan_of(tmp_path, {"dev/planted.py": code})
    assert [f.rule.slug for f in found.findings] == ["cross-module-write"]


def test_functions_that_call_each_other(tmp_path: Path) -> None:
    code = body("return b(x)", name="a(x)") + body("return a(x)", name="b(x)")
    found = scan_of(tmp_path, {"dev/planted.py": code + body("a(1).save()")})
    assert found.findings == ()
    assert found.resolution.resolved == 0


def test_low_resolution() -> None:
    finding = low_resolution(81.25, 90, 3)
    assert finding.rule.id == "governance.E213"
    assert finding.message == (
        "The scan resolved 81.2 % of the calls that look like writes; 90 % are asked for."
    )
    assert finding.hint == (
        "List the 3 it could not resolve with --unresolved, and annotate parameters and "
        "returns there."
    )


def test_another_project_below_is_left_out(tmp_path: Path) -> None:
    """A copy, a checkout or a virtual environment that lies in the folder of this one."""
    folder = tmp_path / "vendored"
    folder.mkdir()
    (folder / "x.py").write_text("x = 1\n")
    registry = current.ownership().registry
    assert files_of(registry, [str(tmp_path)]) == [str(folder / "x.py")]
    (folder / "setup.py").write_text("")
    assert files_of(registry, [str(tmp_path)]) == []

"""The command: its exit codes, forms of output and options."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from governance.rules import rule


def run(*arguments: str, code: int = 0, **options: Any) -> str:
    out = StringIO()
    if code:
        with pytest.raises(SystemExit) as caught:
            call_command("schema_scan", *arguments, stdout=out, **options)
        assert caught.value.code == code
    else:
        call_command("schema_scan", *arguments, stdout=out, **options)
    return out.getvalue()


def test_findings_and_the_closing_line() -> None:
    lines = run("project/dev/signals.py", code=1).splitlines()
    assert lines[0] == (
        "error: dev may not insert into finance_transaction: the table belongs to finance "
        "(Payments, #payments). (governance.E201 cross-module-write)"
    )
    assert lines[1] == "  at project/dev/signals.py:28"
    assert lines[-2:] == [
        "1 error.",
        "1 file (not the whole project), 1 write, resolution 100.0 % (1 of 1).",
    ]


def test_clean() -> None:
    lines = run("project/core").splitlines()
    assert lines[0] == "No findings."
    assert lines[-1].endswith("%).") or "resolution 100.0 %" in lines[-1]


def test_min_resolution() -> None:
    text = run("project/dev/signals.py", "--min-resolution", "100", code=1)
    assert rule("low-resolution").id not in text
    clean = run("project/finance", "--min-resolution", "95")
    assert "No findings." in clean


def test_too_little_is_resolved(tmp_path: Any) -> None:
    file = tmp_path / "strange.py"
    file.write_text("def act(thing):\n    thing.save()\n")
    lines = run(str(file), "--min-resolution", "90", "--unresolved", code=1).splitlines()
    assert lines[0] == "unresolved: thing.save(…)"
    assert lines[1] == f"  at {file}:2"
    assert lines[2] == (
        "error: The scan resolved 0.0 % of the calls that look like writes; 90 % are asked for. "
        "(governance.E213 low-resolution)"
    )


def test_github_and_sarif_name_the_line() -> None:
    annotation = run("project/dev/signals.py", "--format", "github", code=1)
    assert annotation.startswith("::error file=project/dev/signals.py,line=28,")
    sarif = json.loads(run("project/dev/signals.py", "--format", "sarif", code=1))
    (found,) = sarif["runs"][0]["results"]
    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "project/dev/signals.py"


def test_fail_level() -> None:
    assert run("project/dev/signals.py", "--fail-level", "error", code=1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "There is no file or folder 'nowhere'."),
        (["--min-resolution", "101"], "101 is no percentage between 0 and 100"),
        (["--jobs", "0"], "0 is no number of processes"),
        (["--jobs", "many"], "invalid"),
    ],
)
def test_mistakes(arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message.replace("'", ".")):
        call_command("schema_scan", *arguments)

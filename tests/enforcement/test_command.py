"""The command: what it prints, and its exit codes."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.enforcement.conftest import ALIAS, Database


def enforce(*arguments: str) -> int:
    try:
        call_command("schema_enforce", "--database", ALIAS, *arguments)
    except SystemExit as stopped:
        return int(str(stopped.code))
    return 0


def test_nothing_chosen() -> None:
    with pytest.raises(CommandError) as caught:
        call_command("schema_enforce")
    assert caught.value.returncode == 2


def test_unknown_module() -> None:
    with pytest.raises(CommandError) as caught:
        call_command("schema_enforce", "--status", "--module", "finanse")
    assert str(caught.value) == "There is no module 'finanse'. Did you mean 'finance'?"
    assert caught.value.returncode == 2


def test_install_and_again(database: Database, capsys: Any) -> None:
    assert enforce("--install") == 0
    out, err = capsys.readouterr()
    assert out == "16 changes.\n"
    assert err.splitlines()[:2] == [
        "governance_guard: function written",
        "core_audit: guarded (enforce)",
    ]
    assert enforce("--install") == 0
    assert capsys.readouterr() == ("Nothing to do.\n", "")


def test_dry_run_shows_what_install_runs(database: Database, capsys: Any) -> None:
    assert enforce("--install", "--dry-run", "--module", "notes") == 0
    out = capsys.readouterr().out
    assert out.startswith('CREATE OR REPLACE FUNCTION "public"."governance_guard"() RETURNS ')
    assert (
        "CREATE OR REPLACE TRIGGER governance_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE "
        'ON "public"."notes_note" FOR EACH STATEMENT '
        "WHEN (starts_with(current_query(), '/*own:notes*/') IS NOT TRUE) EXECUTE FUNCTION "
        "\"public\".\"governance_guard\"('report', 'notes', 'notes', 'notes_note');\n"
    ) in out
    assert "core_person" not in out
    with database.connect() as connection:
        connection.execute("SELECT 1")
        found = "SELECT count(*) FROM pg_trigger WHERE tgname = 'governance_guard'"
        assert connection.execute(found).fetchone() == (0,)
        connection.execute(out)  # type: ignore[arg-type]
        assert connection.execute(found).fetchone() == (1,)


def test_status(guarded: Any, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    guarded.execute("DROP TRIGGER governance_guard ON notes_note")
    guarded.execute("ALTER TABLE core_person DISABLE TRIGGER governance_guard")
    assert enforce("--status", "--module", "core") == 1
    assert capsys.readouterr().out == (
        "table        owner  mode     trigger   because\n"
        "──────────────────────────────────────────────────────────────────\n"
        "core_audit   core   enforce  current\n"
        "core_person  core   enforce  disabled  it was switched off by hand\n"
        "\n"
        "2 tables: 1 current, 1 disabled.\n"
        "\n"
        "error: The trigger of core_person is disabled (it was switched off by hand). "
        "(governance.E404 trigger-disabled)\n"
        "  Run: manage.py schema_enforce --install\n"
        "\n"
        "1 error.\n"
    )


def test_status_as_json(guarded: Any, capsys: Any) -> None:
    assert enforce("--status", "--module", "notes", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["tables"] == [
        {
            "table": "notes_note",
            "owner": "notes",
            "mode": "report",
            "state": "current",
            "reason": "",
        }
    ]


def test_check(guarded: Any, capsys: Any) -> None:
    """Remarks do not fail it; whatever is not current does, warnings too."""
    assert enforce("--check") == 0
    assert "partitions-not-followed" in capsys.readouterr().out
    guarded.execute("ALTER TABLE finance_sample DETACH PARTITION finance_sample_2026")
    assert enforce("--check") == 1
    assert enforce("--status") == 0
    assert enforce("--prune") == 0
    assert enforce("--check") == 0
    assert enforce("--remove") == 0
    assert enforce("--check") == 1


def test_what_could_not_be_done_is_a_finding(
    database: Database,
    capsys: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from governance.enforcement import running

    monkeypatch.setattr(running, "LOCK_TIMEOUT_MS", 20)
    monkeypatch.setattr(running, "_LONGEST_PAUSE_S", 0)
    with database.connect() as other, other.transaction():
        other.execute("LOCK TABLE core_person IN ROW EXCLUSIVE MODE")
        assert enforce("--install") == 1
    assert capsys.readouterr().out == (
        "15 changes.\n"
        "\n"
        "error: PostgreSQL did not let core_person be changed: its lock was not to be had, "
        "somebody writes it all the time. (governance.E408 enforcement-refused)\n"
        "  Run the command again, at a quieter time.\n"
        "\n"
        "1 error.\n"
    )


def test_outsiders_have_to_exist(db: None, governance_settings: Callable[..., None]) -> None:
    governance_settings(OUTSIDERS={"etl": "finanse"})
    with pytest.raises(CommandError) as caught:
        call_command("schema_enforce", "--install")
    assert str(caught.value) == (
        "GOVERNANCE['OUTSIDERS']['etl'] names no module: 'finanse'. Did you mean 'finance'?"
    )
    assert caught.value.returncode == 2


@pytest.mark.parametrize(
    ("outsiders", "message", "hint"),
    [
        (
            "etl",
            "GOVERNANCE['OUTSIDERS'] is 'etl', not a dictionary",
            "Write {'etl_user': 'reports'}.",
        ),
        (
            {"etl": "two:parts"},
            "GOVERNANCE['OUTSIDERS']['etl'] is 'two:parts'",
            "Name a module, or a system actor such as 'system:restore'.",
        ),
        (
            {"application_name:": "dev"},
            "GOVERNANCE['OUTSIDERS']['application_name:'] is 'dev'",
            "Name a module, or a system actor such as 'system:restore'.",
        ),
    ],
)
def test_outsiders_are_judged(outsiders: object, message: str, hint: str) -> None:
    from governance import conf

    (finding,) = conf.parse({"OUTSIDERS": outsiders}).findings
    assert finding.message == f"{message}, so governance stays off."
    assert finding.hint == hint


def test_outsiders_that_can_be_used() -> None:
    from governance import conf

    given = {"etl": "dev", "application_name:pg_restore": "system:restore"}
    assert dict(conf.parse({"OUTSIDERS": given}).OUTSIDERS) == given

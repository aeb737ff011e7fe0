"""0 clean, 1 with findings, 2 could not run; the same for every command."""

from collections.abc import Callable

import pytest
from django.core.management import CommandError, get_commands, load_command_class
from django.db import connection


def code_of(name: str, *arguments: str) -> int:
    """Exit code of a command that is started at a terminal."""
    command = load_command_class(get_commands()[name], name)
    command._called_from_command_line = True
    parser = command.create_parser("manage.py", name)
    try:
        options = vars(parser.parse_args(list(arguments)))
        command.execute(*options.pop("args", ()), **options)
    except SystemExit as stopped:
        return int(stopped.code or 0)
    except CommandError as error:
        return error.returncode
    return 0


CLEAN = [
    ("schema_owners",),
    ("schema_owners", "--format", "json"),
    ("schema_owners", "--format", "github", "--fail-level", "warning"),
    ("schema_owners", "--init"),
    ("schema_enforce", "--comments", "--dry-run"),
    ("schema_enforce", "--install", "--dry-run"),
    ("schema_scan", "--fail-level", "error", "project/core/models.py"),
    ("schema_review",),
    ("schema_review", "--check"),
    ("schema_review", "--all", "--fail-level", "warning"),
    ("schema_review", "finance", "0003", "--sql", "--format", "json"),
    ("idempotency_prune", "--dry-run"),
    ("idempotency_stats", "--format", "json"),
    ("idempotency_reap",),
    ("idempotency_complete",),
    ("makemigrations", "--check", "--dry-run"),
    ("migrate", "--check"),
]
UNABLE = [
    ("schema_owners", "--module", "finanse"),
    ("schema_owners", "--format", "xml"),
    ("schema_owners", "--fail-level", "fatal"),
    ("schema_owners", "--database", "nowhere"),
    ("schema_owners", "--no-such-option"),
    ("schema_scan", "--format", "xml"),
    ("schema_scan", "no/such/file.py"),
    ("schema_review", "--format", "xml"),
    ("schema_review", "finanse"),
    ("schema_review", "finance", "0099"),
    ("schema_review", "--since", "no-such-commit"),
    ("schema_review", "--stats", "no/such/file.json"),
    ("schema_review", "--card", "--check"),
    ("schema_rehearse", "--format", "xml"),
    ("schema_rehearse", "finanse"),
    ("schema_check", "--format", "xml"),
    ("schema_check", "--module", "finanse"),
    ("schema_enforce",),
    ("schema_enforce", "--status", "--module", "finanse"),
    ("schema_enforce", "--status", "--format", "xml"),
    ("idempotency_prune", "--batch", "0"),
    ("idempotency_stats", "--format", "xml"),
    ("idempotency_reap", "--resolve", "no-uuid"),
    ("idempotency_complete", "--max-attempts", "0"),
]
MISCONFIGURED = [
    ("schema_scan",),
    ("schema_check",),
    ("schema_review",),
    ("schema_owners",),
    ("schema_owners", "--init"),
    ("schema_enforce", "--status"),
    ("idempotency_prune",),
]


@pytest.mark.parametrize("arguments", CLEAN, ids=" ".join)
def test_clean(arguments: tuple[str, ...], seeded: None) -> None:
    assert code_of(*arguments) == 0


@pytest.mark.parametrize("arguments", UNABLE, ids=" ".join)
def test_could_not_run(arguments: tuple[str, ...], db: None) -> None:
    assert code_of(*arguments) == 2


@pytest.mark.parametrize("arguments", MISCONFIGURED, ids=" ".join)
def test_wrong_setting(
    arguments: tuple[str, ...], db: None, governance_settings: Callable[..., None]
) -> None:
    governance_settings(MODE="enforced")
    assert code_of(*arguments) == 2


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
@pytest.mark.parametrize(("level", "code"), [("error", 0), ("warning", 1), ("info", 1)])
def test_findings(form: str, level: str, code: int, seeded: None) -> None:
    """A warning fails from its own level on."""
    with connection.schema_editor() as editor:
        editor.execute("CREATE TABLE stray (id int)")
    assert code_of("schema_owners", "--format", form, "--fail-level", level) == code


def test_missing_triggers(seeded: None) -> None:
    assert code_of("schema_enforce", "--check") == 1


def test_every_command_is_here() -> None:
    ours = {name for name, app in get_commands().items() if app == "governance"}
    assert ours == {arguments[0] for arguments in [*CLEAN, *UNABLE]} - {"migrate"}

"""docs/commands.md lists every command and every option there is, and no others."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "commands.md").read_text()
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
OURS = sorted(name for name, app in get_commands().items() if app == "governance")


def options_of(command: BaseCommand) -> set[str]:
    parser = command.create_parser("manage.py", "x")
    return {option for action in parser._actions for option in action.option_strings}


@pytest.mark.parametrize("name", OURS)
def test_options(name: str) -> None:
    command = load_command_class("governance", name)
    known = load_command_class("django.core", name) if name == "makemigrations" else BaseCommand()
    section = SECTIONS[name]
    listed = re.findall(r"^(?:\| |(?=`--))(.*?)(?: \||$)", section, re.MULTILINE)
    assert options_of(command) - options_of(known) == {
        option for cell in listed for option in re.findall(r"--[a-z-]+", cell)
    }


def test_commands() -> None:
    assert {name for name in SECTIONS if "_" in name} == {name for name in OURS if "_" in name}

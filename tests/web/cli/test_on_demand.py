"""A command is imported when it is asked for, and all of them are there."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from tests.web.door import PROJECT
from web.cli import READERS, main

NAMES = [name for names in READERS.values() for name in names]


@pytest.mark.parametrize("name", NAMES)
def test_every_named_command_is_there_under_its_name(name: str) -> None:
    found = main.commands[name]
    assert name == found.name
    assert found is main.commands[name]


def test_the_commands_are_counted_and_listed_without_being_imported() -> None:
    assert NAMES == list(main.commands)
    assert len(NAMES) == len(main.commands)
    assert "check" in main.commands
    assert "chek" not in main.commands
    assert None is main.commands.get("chek")


def test_a_command_that_is_not_there_is_wrong_usage() -> None:
    result = CliRunner().invoke(main, ["chek"])
    assert 2 == result.exit_code
    assert "chek" in result.output


def test_a_command_can_be_added() -> None:
    group = click.Group(commands=type(main.commands)(("check",)))
    group.add_command(click.Command("mine"))
    assert ["check", "mine"] == list(group.commands)
    assert "mine" == group.commands["mine"].name


def test_check_waits_for_neither_database_nor_web_server() -> None:
    program = (
        "import sys; from web.cli import main; main(['check'], standalone_mode=False); "
        "print(*sorted({'sqlalchemy', 'flask', 'joserfc', 'asyncio', 'durable'} & {*sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "" == done.stdout.splitlines()[-1]

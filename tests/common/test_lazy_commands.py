"""A group imports a command when it is used, and lists it by the line that it was given."""

from __future__ import annotations

import click
from click.testing import CliRunner

from common.cli import CommandGroup, LazyCommand


@click.command()
def told() -> None:
    """Say what it does."""
    click.echo("told")


GROUP = CommandGroup(
    lazy_commands={
        "missing": LazyCommand("no.such.module:command", "Be listed."),
        "told": LazyCommand(f"{__name__}:told"),
    }
)


def test_a_command_with_a_line_is_listed_without_being_imported():
    lines = CliRunner().invoke(GROUP, ["--help"]).output.splitlines()
    assert lines[-2:] == ["  missing  Be listed.", "  told     Say what it does."]


def test_a_lazy_command_runs():
    assert CliRunner().invoke(GROUP, ["told"]).output == "told\n"

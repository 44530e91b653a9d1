"""The click group behind every command: errors become lines on standard error and an exit code.

Commands import what they need when they run, so that `--help` and a mistyped option answer at once.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click

from common.characters import escape_line
from common.errors import ExitCode, KlartekstError
from common.machine_faults import describe_machine_fault
from common.messages import Message, Translator
from common.standard_streams import ForgivingStreams

_STYLE = re.compile(r"(\x1b\[[\d;]*m)")  # colours and underlines of our own
_TRANSLATOR_KEY = f"{__name__}.translator"  # in `click.Context.meta`, which a group and its commands share


def set_translator(ctx: click.Context, translator: Translator) -> None:
    """Choose the language in which the lines of errors are printed; without a choice they are English."""
    ctx.meta[_TRANSLATOR_KEY] = translator


def print_lines(*lines: str, err: bool = False) -> None:
    """Print each text as one line, in which nothing steers the terminal or a CI runner (`escape_line`).

    Commands print every message with it, whatever names and texts of others are in it.
    """
    for line in lines:
        _print_encodable(escape_line(line), err=err)


def print_styled_lines(*lines: str) -> None:
    """Print lines in the same way, but for their colours."""
    for line in lines:
        parts = _STYLE.split(line)
        _print_encodable("".join(part if _STYLE.fullmatch(part) else escape_line(part) for part in parts))


def print_escaped_text(text: str) -> None:
    """Print a text of several lines, such as JSON or HTML, that is escaped for its own syntax already."""
    _print_encodable(text)


def _print_encodable(text: str, *, err: bool = False) -> None:
    """Print a text; a character that the terminal's encoding lacks is printed as an escape."""
    encoding = getattr(sys.stderr if err else sys.stdout, "encoding", None) or "utf-8"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding), err=err)


class LazyCommand(NamedTuple):
    """A command that is imported when it is used: where it is, `module:attribute`, and its line in `--help`.

    One without such a line is imported to be listed.
    """

    place: str
    short_help: str = ""

    def load(self) -> click.Command:
        """Import the command."""
        module, _, attribute = self.place.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


class CommandGroup(click.Group):
    """Reports every problem that a user can fix in lines, never as a traceback.

    `default_command` runs when none is named. `lazy_commands` are further commands by their names.
    """

    def __init__(
        self,
        *args: Any,
        default_command: str = "",
        lazy_commands: Mapping[str, LazyCommand] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.default_command = default_command
        self.lazy_commands = lazy_commands or {}

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Treat leading options as those of the default command."""
        if self.default_command and (
            not args or (args[0].startswith("-") and args[0] not in {"--help", "-h"})
        ):
            args = [self.default_command, *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, sorted."""
        return sorted({*super().list_commands(ctx), *self.lazy_commands})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by name, importing it if it is lazy; None for an unknown name."""
        if lazy := self.lazy_commands.get(cmd_name):
            return lazy.load()
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List all commands, importing no lazy one that has a line for it."""
        listed = dict(self.commands)
        for name, lazy in self.lazy_commands.items():
            listed[name] = click.Command(name, help=lazy.short_help) if lazy.short_help else lazy.load()
        click.Group(commands=listed).format_commands(ctx, formatter)

    def main(self, *args: Any, **options: Any) -> Any:
        """Run the program to its end, even if its output cannot be written."""
        with ForgivingStreams() as streams:
            try:
                return super().main(*args, **options)
            except SystemExit as end:
                if fault := streams.find_output_fault():
                    click.echo(f"standard output: {fault}; what was printed is incomplete", err=True)
                    sys.exit(end.code or ExitCode.TRY_LATER)
                raise

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; turn problems its user can fix into lines and an exit code."""
        try:
            return super().invoke(ctx)
        except KlartekstError as error:
            print_lines(*error.translate_lines(ctx.meta.get(_TRANSLATOR_KEY, str)), err=True)
            ctx.exit(error.exit_code)
        except click.UsageError as error:
            print_lines(
                f"Error: {error.format_message()}", err=True
            )  # click itself would print the usage too
            ctx.exit(ExitCode.INVALID_INPUT)
        except Exception as error:
            if not (fault := describe_machine_fault(error)):
                raise
            click.echo(f"{fault} and try again", err=True)
            ctx.exit(ExitCode.TRY_LATER)


def ask_question(question: Message, translator: Translator) -> bool:
    """Ask until the answer is yes or no, in the editor's language or in English; nothing means no."""
    choice = Message("[y/N]").translate(translator)
    yes, no = choice.strip("[]").lower().split("/")
    while True:
        prompt = escape_line(f"{question.translate(translator)} {choice}")
        answer = click.prompt(prompt, default="", show_default=False).strip().lower()[:1]
        if answer in {yes, "y"}:
            return True
        if answer in {no, "n", ""}:
            return False
        print_lines(Message("answer yes or no").translate(translator))

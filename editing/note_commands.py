"""The commands `confirm` and `note`, imported only when one of them is used."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from common.cli import ask_question, print_lines
from common.cli_options import SOURCE_OPTION, today_option
from common.messages import Message
from editing.command_options import LANGUAGE_OPTION

if TYPE_CHECKING:
    import datetime as dt

    from editing.message_language import MessageLanguage


@click.command()
@SOURCE_OPTION
@click.argument("sections", metavar="SECTION...", nargs=-1, required=True)
@LANGUAGE_OPTION
def confirm(source: Path, sections: tuple[str, ...], language: MessageLanguage) -> None:
    """Mark translations as checked against the current text of the first language."""
    from editing.translations import confirm_translations

    for path in confirm_translations(source, sections):
        print_lines(Message("confirmed  {path}", path=path).translate(language.translator))


@click.command()
@SOURCE_OPTION
@click.option(
    "--level", type=click.Choice(["minor", "major", "special"]), help="Set the level without asking."
)
@today_option("The date of the note.")
@LANGUAGE_OPTION
def note(source: Path, level: str | None, today: dt.date | None, language: MessageLanguage) -> None:
    """Start a change note for changes that have none."""
    from common.oslo import get_today_in_oslo
    from editing.change_notes import find_pending_change, list_weighty_lines, write_note
    from policy.models import Level

    day, translator = today or get_today_in_oslo(), language.translator
    change = find_pending_change(source, day)
    if change is None:
        print_lines(Message("every change has a note").translate(translator))
        return
    chosen = Level(level) if level else change.assessment.level
    if level is None and chosen is not Level.MAJOR and sys.stdin.isatty():
        print_lines(*list_weighty_lines(change, translator))
        question = Message("Must people be told before this takes effect?")
        chosen = Level.MAJOR if ask_question(question, translator) else Level.MINOR
    path = write_note(source, change, chosen, day, translator)
    print_lines(Message("written  {path}", path=path).translate(translator))

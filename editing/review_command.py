"""The command `review`, imported only when it is used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from common.cli import print_escaped_text
from common.cli_options import PATH, SOURCE_OPTION, today_option
from common.errors import InputError
from common.machine_faults import describe_machine_fault
from common.messages import Message
from editing.command_options import LANGUAGE_OPTION

if TYPE_CHECKING:
    import datetime as dt

    from editing.message_language import MessageLanguage


@click.command()
@SOURCE_OPTION
@click.option(
    "--base", metavar="REF", required=True, help="Describe all commits since this one as one change."
)
@click.option("--out", metavar="FILE", type=PATH, help="Write it to this file instead.")
@today_option("The day of publication.")
@LANGUAGE_OPTION
def review(
    source: Path, base: str, out: Path | None, today: dt.date | None, language: MessageLanguage
) -> None:
    """Print what reviewers of a change need to know, as Markdown for a comment.

    The version and its level, the days, who will be told, problems, the note, a checklist, and the redline
    in every language. It is shorter than 65,536 characters. Exits with 0 even if there are problems: see
    check.
    """
    from common.oslo import get_today_in_oslo
    from editing.review import prepare_review
    from editing.review_markdown import format_review

    text = format_review(prepare_review(source, base, today or get_today_in_oslo()), language.translator)
    if out is None:
        print_escaped_text(text)
        return
    try:
        out.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        if describe_machine_fault(error):
            raise
        message = Message("{path}: {reason}; choose another file with --out", path=out, reason=error.strerror)
        raise InputError(message) from None

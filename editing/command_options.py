"""The option that the commands for editors share: the language of messages."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from common.cli import set_translator

if TYPE_CHECKING:
    from editing.message_language import MessageLanguage


def choose_message_language(
    ctx: click.Context, _option: click.Parameter, code: str | None
) -> MessageLanguage:
    """Return the language of `--lang`, or else of the terminal, and print errors in it too."""
    from editing import message_language

    if code:
        language = message_language.load_message_language(code)
    else:
        language = message_language.choose_message_language(os.environ)
    set_translator(ctx, language.translator)
    return language


LANGUAGE_OPTION = click.option(
    "--lang",
    "language",
    metavar="CODE",
    callback=choose_message_language,
    help="Language of the messages, such as nb.  [default: that of the terminal, else English]",
)

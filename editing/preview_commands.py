"""The commands `diff` and `serve`, which show a change before it is published; imported only when used."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from common.cli import print_escaped_text, print_lines, print_styled_lines
from common.cli_options import SOURCE_OPTION, TEMPLATES_OPTION, format_option
from common.errors import InputError
from common.messages import Message
from editing.command_options import LANGUAGE_OPTION
from generator.build_options import open_templates

if TYPE_CHECKING:
    from editing.message_language import MessageLanguage


@click.command()
@SOURCE_OPTION
@click.argument("old", metavar="[FROM", default="")
@click.argument("new", metavar="[TO]]", default="")
@format_option("text", "html", "markdown")
@TEMPLATES_OPTION
@LANGUAGE_OPTION
def diff(
    source: Path,
    old: str,
    new: str,
    output_format: str,
    own_templates: Path | None,
    language: MessageLanguage,
) -> None:
    """Show the differences between two versions or commits.

    By default, compares the last commit with the working tree.
    """
    from changelog.redline_text import PLAIN_SIGNS
    from common.oslo import get_today_in_oslo
    from editing.diffing import COLOR_SIGNS, compare_snapshots, format_html, format_lines, format_markdown

    comparison = compare_snapshots(source, old, new, get_today_in_oslo())
    signs = COLOR_SIGNS if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else PLAIN_SIGNS
    if output_format == "text":
        print_styled_lines(*format_lines(comparison, language.translator, signs))
    elif output_format == "html":
        print_escaped_text(format_html(comparison, language.translator, open_templates(own_templates)))
    else:
        print_escaped_text(format_markdown(comparison, language.translator))


@click.command()
@SOURCE_OPTION
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port; 0 for a free one."
)
@TEMPLATES_OPTION
@LANGUAGE_OPTION
def serve(source: Path, port: int, own_templates: Path | None, language: MessageLanguage) -> None:
    """Serve a live preview of the draft, its redline and findings on 127.0.0.1."""
    from common.oslo import get_today_in_oslo
    from editing.preview import PreviewServer
    from editing.preview_page import PreviewOptions
    from policy.sources import read_content_files

    read_content_files(source)
    options = PreviewOptions(source, open_templates(own_templates), get_today_in_oslo(), language)
    try:
        preview = PreviewServer(options, port)
    except OSError as error:
        message = Message(
            "port {port}: {reason}; choose another with --port", port=port, reason=error.strerror
        )
        raise InputError(message) from None
    print_lines(Message("preview  {address}", address=preview.address).translate(language.translator))
    if preview.admin_address:
        message = Message("admin    {address}", address=preview.admin_address)
        print_lines(message.translate(language.translator))
    try:
        preview.run()
    except KeyboardInterrupt:
        preview.server_close()

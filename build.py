#!/usr/bin/env python3
"""The command line: commands, their options and exit codes (docs/reference/commands.md).

This file only turns options into calls and results into text; nothing imports it. Each command imports what
it needs when it runs, so that `--help` and a mistyped option answer at once.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Python would look for reference cycles after every 700 new objects. Importing our modules and reading a
# policy creates a hundred times as many, all of which stay; a command that creates more is looked at then.
gc.set_threshold(200_000, *gc.get_threshold()[1:])

try:
    import click
    from click.core import ParameterSource
except ModuleNotFoundError as missing:
    # Nothing is installed for this Python, so there is nothing yet that could print a message.
    project = Path(__file__).resolve().parent
    python = project / ".venv" / "bin" / "python"
    sys.stderr.write(
        f"the package {missing.name} is missing; run: make -C {project} setup-site; then use {python}\n"
    )
    sys.exit(2)

from common.cli import (
    CommandGroup,
    LazyCommand,
    ask_question,
    print_escaped_text,
    print_lines,
    print_styled_lines,
)
from common.cli_options import PATH, SOURCE_OPTION, TEMPLATES_OPTION, format_option, today_option
from common.errors import ExitCode, InputError
from common.messages import Message
from editing.command_options import LANGUAGE_OPTION

if TYPE_CHECKING:
    import datetime as dt

    from editing.message_language import MessageLanguage
    from generator.template_files import TemplateFiles

# Pydantic looks for plugins in every installed package, which takes as long as Git.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


@click.group(
    cls=CommandGroup,
    default_command="build",
    lazy_commands={
        "build": LazyCommand("generator.build_command:build", "Build the site and the letters into out/."),
        "deploy": LazyCommand(
            "deployment.commands:deploy", "Build the site and publish it on a server, all or nothing."
        ),
        "evidence": LazyCommand(
            "generator.evidence_command:evidence",
            "Collect what proves what was published and told of a version.",
        ),
        "notify": LazyCommand("notifier.cli:notify", "Mail the letter of a version to its addressees."),
        "smoke": LazyCommand("deployment.commands:smoke", "Test what a server answers for the site."),
        "submit": LazyCommand(
            "editing.submit_commands:submit",
            "Check, commit and push a change and its note; exit 1 if there are errors.",
        ),
        "review": LazyCommand(
            "editing.review_command:review", "Describe a change for the reviewers of a pull request."
        ),
        "undo": LazyCommand(
            "editing.submit_commands:undo",
            "Restore a deleted note, or draft the withdrawal of an announced version.",
        ),
        "redact": LazyCommand(
            "editing.submit_commands:redact", "Remove words from all published versions of a section."
        ),
        "verify": LazyCommand("verifier.cli:verify", "Verify a published site, with saved letters and logs."),
        "witness": LazyCommand(
            "editing.witness_command:witness", "Store a time stamp of the log from an outside authority."
        ),
    },
    context_settings={"help_option_names": ["-h", "--help"], "terminal_width": 78},
)
def main() -> None:
    """Klartekst: a privacy policy as a static site, with a change log that can be trusted.

    Without a command, runs build.
    """


@main.command("import")
@click.argument("file", type=PATH)
@SOURCE_OPTION
@click.option(
    "--language",
    "text_language",
    metavar="CODE",
    default="",
    help="Language of the text; needed for the second language of a policy.",
)
@click.option("--replace", is_flag=True, help="Replace the sections in the language of the text.")
@LANGUAGE_OPTION
def import_(file: Path, source: Path, text_language: str, replace: bool, language: MessageLanguage) -> None:
    """Import a policy from a document: Markdown, a web page, an export of WordPress, or a word processor."""
    from adoption.documents.importer import import_policy, write_imported_files

    imported = import_policy(file, source, text_language, replace=replace)
    new = write_imported_files(imported, source)
    print_lines(*(line.message.translate(language.translator) for line in imported.report))
    print_lines(f"content   {source / 'content'}: {len(imported.files)} files, {new} of them new")


@main.command()
@click.argument("folder", metavar="[DIR]", type=PATH, required=False)
@click.option("--answers", "file", metavar="FILE", type=PATH, help="Read the answers from a YAML file.")
@click.option("--example-answers", is_flag=True, help="Print an example of such a file, with comments.")
@LANGUAGE_OPTION
def new(folder: Path | None, file: Path | None, language: MessageLanguage, *, example_answers: bool) -> None:
    """Create a policy of your own in the new folder DIR, from answers to some questions."""
    from adoption.new_policy.answers import read_answers, read_example_answers

    if example_answers:
        print_escaped_text(read_example_answers(language.code).rstrip("\n"))
        return
    if folder is None:
        raise click.UsageError("Missing argument 'DIR': the folder for the policy, such as ../our-policy.")
    from adoption.new_policy.creation import create_policy
    from adoption.new_policy.interview import ask_for_answers
    from adoption.new_policy.repository import refuse_used_folder

    refuse_used_folder(folder)
    answers = read_answers(file) if file else ask_for_answers(language.code, language.translator)
    print_lines(*(line.translate(language.translator) for line in create_policy(folder, answers)))


@main.command()
@click.argument("versions", metavar="VERSIONS", type=PATH)
@click.option(
    "--plan", type=PATH, required=True, metavar="FILE", help="The plan, a YAML file; made or renewed."
)
@click.option(
    "--path",
    "paths",
    multiple=True,
    metavar="CODE=FILE",
    help="The file of a language in a repository; repeatable.",
)
@click.option("--language", "text_language", metavar="CODE", help="The language of files that name none.")
@click.option("--preview", type=PATH, metavar="FILE", help="Write a page with the changes of all versions.")
@click.option("--write", "branch", metavar="BRANCH", help="Write the versions to this new branch.")
@SOURCE_OPTION
@today_option("The day of the commit that adopts the versions.")
@LANGUAGE_OPTION
def history(
    preview: Path | None,
    branch: str | None,
    today: dt.date | None,
    language: MessageLanguage,
    **options: Any,
) -> None:
    """Bring older versions of a policy into its change log, by a plan that you complete.

    VERSIONS is a Git repository, or a folder of files such as 2019-05-25.docx.
    """
    from adoption.history import command as older
    from common.oslo import get_today_in_oslo

    chosen = older.HistoryOptions(today=today or get_today_in_oslo(), **options)
    if branch:
        lines = older.write_history(chosen, branch)
    else:
        lines = older.write_plan_and_preview(chosen, preview, _open_templates(None), language)
    try:
        for line in lines:
            print_lines(line.translate(language.translator))
    except older.UnprovenHistoryError as error:
        print_lines(error.message.translate(language.translator), err=True)
        sys.exit(ExitCode.FINDINGS)


@main.command()
@SOURCE_OPTION
@click.option("--base", metavar="REF", help="Check all commits since this one as one change.")
@format_option("text", "json", "github")
@click.option("--staged", is_flag=True, help="Check what is staged, as a Git hook does.")
@click.option("--strict", is_flag=True, help="Report missing legally required content as errors.")
@click.option(
    "--questions",
    "sheet_format",
    type=click.Choice(["text", "html"]),
    is_flag=False,
    flag_value="text",
    help="Print the questions that only the controller can answer; html is a page for paper.",
)
@today_option("The date of the check.")
@LANGUAGE_OPTION
@click.pass_context
def check(
    ctx: click.Context,
    /,
    source: Path,
    output_format: str,
    sheet_format: str | None,
    today: dt.date | None,
    language: MessageLanguage,
    **options: Any,
) -> None:
    """Find everything that an editor must fix; exit 1 if there are errors."""
    from common.oslo import get_today_in_oslo
    from editing.checking import check_content
    from editing.formatters import format_annotations, format_json, format_lines
    from policy.findings import Severity

    is_chosen = ctx.get_parameter_source("language") is ParameterSource.COMMANDLINE
    if sheet_format:
        _print_questions(source, sheet_format, language if is_chosen else None)
        return
    findings = check_content(source, today or get_today_in_oslo(), **options)
    # What programs read is the same at every terminal.
    translator = language.translator if is_chosen or output_format == "text" else str
    if output_format == "text":
        print_lines(*format_lines(findings, translator))
    elif output_format == "json":
        print_escaped_text(format_json(findings, translator))
    elif findings:
        print_escaped_text(format_annotations(findings, translator, source))
    if any(finding.severity is Severity.ERROR for finding in findings):
        sys.exit(ExitCode.FINDINGS)


def _print_questions(source: Path, sheet_format: str, chosen: MessageLanguage | None) -> None:
    """Print the sheet in the language that was chosen, or in that of the policy: it is for its controller."""
    from adoption.question_sheet import read_question_sheet
    from adoption.sheet_formats import format_sheet_lines, format_sheet_page
    from editing.message_language import load_message_language

    sheet = read_question_sheet(source, chosen.code if chosen else None)
    language = chosen or load_message_language(sheet.locale)
    if sheet_format == "html":
        print_escaped_text(format_sheet_page(sheet, language.code, language.translator))
    else:
        print_lines(*format_sheet_lines(sheet, language.translator))


@main.command()
@SOURCE_OPTION
@click.argument("sections", metavar="SECTION...", nargs=-1, required=True)
@LANGUAGE_OPTION
def confirm(source: Path, sections: tuple[str, ...], language: MessageLanguage) -> None:
    """Mark translations as checked against the current text of the first language."""
    from editing.translations import confirm_translations

    for path in confirm_translations(source, sections):
        print_lines(Message("confirmed  {path}", path=path).translate(language.translator))


@main.command()
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


@main.command()
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
        print_escaped_text(format_html(comparison, language.translator, _open_templates(own_templates)))
    else:
        print_escaped_text(format_markdown(comparison, language.translator))


@main.command()
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
    options = PreviewOptions(source, _open_templates(own_templates), get_today_in_oslo(), language)
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


def _open_templates(own: Path | None) -> TemplateFiles:
    from generator.build_options import PROJECT
    from generator.template_files import TemplateFiles

    templates = TemplateFiles(PROJECT / "templates", own)
    templates.reject_unknown_replacements()
    return templates


if __name__ == "__main__":
    main(prog_name="build.py")

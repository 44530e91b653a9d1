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

from common.cli import CommandGroup, LazyCommand, print_escaped_text, print_lines
from common.cli_options import PATH, SOURCE_OPTION, format_option, today_option
from common.errors import ExitCode
from editing.command_options import LANGUAGE_OPTION

if TYPE_CHECKING:
    import datetime as dt

    from editing.message_language import MessageLanguage

# Pydantic looks for plugins in every installed package, which takes as long as Git.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


@click.group(
    cls=CommandGroup,
    default_command="build",
    lazy_commands={
        "build": LazyCommand("generator.build_command:build", "Build the site and the letters into out/."),
        "confirm": LazyCommand(
            "editing.note_commands:confirm",
            "Mark translations as checked against the current text of the first language.",
        ),
        "deploy": LazyCommand(
            "deployment.commands:deploy", "Build the site and publish it on a server, all or nothing."
        ),
        "diff": LazyCommand(
            "editing.preview_commands:diff", "Show the differences between two versions or commits."
        ),
        "evidence": LazyCommand(
            "generator.evidence_command:evidence",
            "Collect what proves what was published and told of a version.",
        ),
        "note": LazyCommand("editing.note_commands:note", "Start a change note for changes that have none."),
        "notify": LazyCommand("notifier.cli:notify", "Mail the letter of a version to its addressees."),
        "serve": LazyCommand(
            "editing.preview_commands:serve",
            "Serve a live preview of the draft, its redline and findings on 127.0.0.1.",
        ),
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
    from generator.build_options import open_templates

    chosen = older.HistoryOptions(today=today or get_today_in_oslo(), **options)
    if branch:
        lines = older.write_history(chosen, branch)
    else:
        lines = older.write_plan_and_preview(chosen, preview, open_templates(None), language)
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


if __name__ == "__main__":
    main(prog_name="build.py")

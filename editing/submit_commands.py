"""The commands `submit`, `undo` and `redact`, imported only when one of them is used."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from common.cli import ask_question, print_lines
from common.cli_options import SOURCE_OPTION, today_option
from common.errors import ExitCode, InputError
from common.messages import Message
from editing.command_options import LANGUAGE_OPTION

if TYPE_CHECKING:
    import datetime as dt

    from editing.message_language import MessageLanguage
    from editing.submission import Submission


@click.command()
@SOURCE_OPTION
@click.option("-m", "--message", help="Message of the commit.  [default: the titles of changed sections]")
@click.option("--branch", metavar="NAME", help="Create this branch first.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@today_option("The day of publication.")
@LANGUAGE_OPTION
def submit(
    source: Path, today: dt.date | None, *, yes: bool, language: MessageLanguage, **options: str | None
) -> None:
    """Check, commit and push a change and its note; exit 1 if there are errors.

    Commits everything in content/, and nothing else. A commit that has not been pushed is replaced where a
    text and its note would otherwise be in two commits.
    """
    from common.oslo import get_today_in_oslo
    from editing.formatters import format_lines
    from editing.submission import describe_submission, prepare_submission

    day, translator = today or get_today_in_oslo(), language.translator
    submission = prepare_submission(source, day)
    if submission is None:
        print_lines(Message("nothing to submit: content/ has no changes").translate(translator))
        return
    if submission.findings.urgent:
        print_lines(*format_lines(submission.findings.urgent, translator))
    if submission.has_errors:
        sys.exit(ExitCode.FINDINGS)
    branch = options["branch"] or submission.branch
    clone = submission.clone
    remote = clone.choose_remote(branch) if clone.has_remotes() else ""
    for line in describe_submission(submission, branch, remote):
        print_lines(line.translate(translator))
    if not yes and not sys.stdin.isatty():
        raise InputError(Message("nobody can be asked here; run it in a terminal, or with --yes"))
    if yes or ask_question(Message("Submit this?"), translator):
        _submit(submission, branch, remote, options["message"], day, language)


def _submit(
    submission: Submission,
    branch: str,
    remote: str,
    message: str | None,
    day: dt.date,
    language: MessageLanguage,
) -> None:
    """Create the branch, the commit, and push it; print each step when it is done."""
    from editing.submission import commit_submission

    clone, translator = submission.clone, language.translator
    if branch != submission.branch:
        clone.create_branch(branch)
    if submission.needs_commit:
        commit = commit_submission(submission, message or submission.suggest_message(), day)
        print_lines(Message("committed {commit}", commit=commit[:12]).translate(translator))
    if remote:
        clone.push_branch(remote, branch)
        done = Message("pushed    '{branch}' to {remote}", branch=branch, remote=remote)
        print_lines(done.translate(translator))


@click.command()
@SOURCE_OPTION
@click.argument("note", metavar="NOTE")
@today_option("The day that decides which version is in force.")
@LANGUAGE_OPTION
def undo(source: Path, note: str, today: dt.date | None, language: MessageLanguage) -> None:
    """Restore a deleted note, or draft the withdrawal of an announced version.

    A withdrawal puts back the text in force, and starts a note that says so. Nothing is committed.
    """
    from common.oslo import get_today_in_oslo
    from editing.undoing import undo_note

    for line in undo_note(source, note, today or get_today_in_oslo(), language.translator):
        print_lines(line.translate(language.translator))


@click.command()
@SOURCE_OPTION
@click.argument("section", metavar="SECTION")
@click.option("--reason", required=True, help="Why they are removed; it is not published.")
@today_option("The day of the decision.")
@LANGUAGE_OPTION
def redact(source: Path, section: str, reason: str, today: dt.date | None, language: MessageLanguage) -> None:
    """Remove words from all published versions of a section.

    Asks for the words, or reads them from standard input. They are written nowhere: redactions.yaml gets
    their places. Nothing is committed.
    """
    from common.oslo import get_today_in_oslo
    from editing.redacting import write_redaction

    translator = language.translator
    if sys.stdin.isatty():
        words = click.prompt(Message("Words to remove").translate(translator))
    else:
        words = sys.stdin.read()
    for line in write_redaction(source, section, words, reason, today or get_today_in_oslo()):
        print_lines(line.translate(translator))

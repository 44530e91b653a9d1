#!/usr/bin/env python3
"""The front door: commands, their options and exit codes (contract §6). Wiring only; nothing imports it.

Each command imports what it needs when it runs, so that `--help` and a mistyped option answer at once.
"""

from __future__ import annotations

import os
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from common.cli import CommandGroup
from common.errors import ExitCode, InputError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from changelog.history import Revision
    from changelog.versions import VersionLog
    from generator.build_state import BuildSummary

HOUSE = Path(__file__).resolve().parent
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for some takes as long as Git
_LONG = 40  # folders: fewer are written before a progress bar could be read


class Day(click.ParamType["dt.date"]):
    """A day of the calendar, 2026-12-22."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """Read a day; a mistyped one is a usage error."""
        from datetime import date

        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"'{value}' is no day; write it like 2026-12-22", param, ctx)


SOURCE = click.option(
    "--source",
    type=click.Path(path_type=Path),
    default=HOUSE,
    show_default="the folder of build.py",
    help="The folder that holds content/.",
)


@click.group(
    cls=CommandGroup,
    default_command="build",
    lazy_commands={"notify": "notifier.cli:notify"},
    context_settings={"help_option_names": ["-h", "--help"], "terminal_width": 78},
)
def main() -> None:
    """Klartekst: a privacy policy as a static site, with a change log that can be trusted.

    Without a command it builds.
    """


@main.command()
@SOURCE
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True, help="Where to build."
)
@click.option(
    "--ref", default="HEAD", show_default=True, help="The commit whose first-parent line is published."
)
@click.option("--today", type=Day(), help="The day that decides what is in force.  [default: today in Oslo]")
@click.option(
    "--published",
    type=click.Path(path_type=Path),
    help="The last published versions.json: refuse to change it.",
)
@click.option("--base-url", help="Where the site will stand, instead of policy.yaml's base_url.")
@click.option("--draft", is_flag=True, help="Add what is not committed as one more version.")
@click.option(
    "--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, help="Processes.  [default: cores]"
)
@click.option("--no-cache", is_flag=True, help="Write every page anew.")
def build(
    source: Path,
    out: Path,
    ref: str,
    today: dt.date | None,
    published: Path | None,
    base_url: str | None,
    draft: bool,
    jobs: int,
    no_cache: bool,
) -> None:
    """Build the site and the letters into out/."""
    from changelog.days import today_in_oslo
    from changelog.git_process import resolve_ref
    from generator.build_state import describe_build_inputs, find_unchanged_build, hash_file

    if out.resolve().is_relative_to((source / "content").resolve()):
        raise InputError(f"{out}: a site inside content/ would be read as content; choose another --out")
    day = today or today_in_oslo()
    named, place = resolve_ref(source, ref)
    commit = "" if draft else named
    wanted = describe_build_inputs(
        HOUSE, source, commit, today=day, base_url=base_url, published=hash_file(published)
    )
    if not no_cache and (report := find_unchanged_build(out, wanted)):
        heard(report)
        told(out, report, written=0, changed=False)
        return

    from changelog.checkpoint import load_checkpoint, save_checkpoint
    from changelog.history import read_revisions, read_working_tree
    from changelog.replay import replay_history
    from generator.context import create_context
    from generator.json_api import refuse_changed_past
    from generator.publisher import Workshop, publish_site
    from generator.version_store import hash_software

    def history(start: str) -> Iterable[Revision]:
        return chain(
            read_revisions(source, commit or ref, start), [read_working_tree(source, day)] if draft else []
        )

    known, made_with = out / ".checkpoint", f"{hash_software(HOUSE)} {source.resolve()}"
    before, redlines = (None, None) if no_cache else load_checkpoint(known, made_with)
    folded = replay_history(history, before)
    found = folded.log
    heard(found)
    printed = create_context(found, day, HOUSE / "templates", base_url, redlines)
    if published:
        refuse_changed_past(printed, published)

    def kept_for_next() -> None:
        if commit:
            save_checkpoint(known, made_with, folded, printed.redlines.stored)

    workshop = Workshop(HOUSE, place, jobs, not no_cache, wanted, progress, kept_for_next)
    done = publish_site(out, printed, workshop)
    told(out, done.report, written=done.written, changed=done.changed)


def heard(history: VersionLog | BuildSummary) -> None:
    """Say what was found in the history."""
    for warning in history.warnings:
        click.echo(f"warning: {warning}", err=True)
    click.echo(f"history   {history.revision_count} revisions, {history.version_count} versions")


def told(out: Path, report: BuildSummary, *, written: int, changed: bool) -> None:
    """Say what a build did and where its result lies."""
    click.echo(f"versions  {written} written, {report.version_count - written} kept")
    click.echo(f"pages     {report.page_count} {'written' if changed else 'unchanged'}")
    click.echo(f"site      {out / 'site' / 'index.html'}")


@main.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@SOURCE
@click.option("--replace", is_flag=True, help="Overwrite files that stand there already.")
def import_(file: Path, source: Path, replace: bool) -> None:
    """Bring a policy in from WordPress: a page-builder text, a saved page or an export (WXR)."""
    from policy.wordpress.importer import import_policy, write_imported_files

    brought = import_policy(file)
    new = write_imported_files(brought, source, replace=replace)
    for line in brought.report:
        click.echo(line)
    click.echo(f"content   {source / 'content'}: {len(brought.files)} files, {new} of them new")


def progress(items: Iterable[str], count: int) -> Iterable[str]:
    """Show a bar on a terminal while something takes long."""
    if count < _LONG or not sys.stderr.isatty():
        return items
    return _bar(items, count)


def _bar(items: Iterable[str], count: int) -> Iterator[str]:
    with click.progressbar(items, length=count, label="versions", file=sys.stderr) as bar:
        yield from bar


TODAY = click.option("--today", type=Day(), help="The day to judge by.  [default: today in Oslo]")


@main.command()
@SOURCE
@click.option("--base", metavar="REF", help="Judge all commits since this one as one change.")
@click.option(
    "--format", "shape", type=click.Choice(["text", "json", "github"]), default="text", show_default=True
)
@click.option("--strict", is_flag=True, help="What the law wants told and is not is an error.")
@TODAY
def check(source: Path, base: str | None, shape: str, strict: bool, today: dt.date | None) -> None:
    """Find everything that an editor must mend; exit 1 where there are errors."""
    from changelog.days import today_in_oslo
    from editing.checking import check_content
    from editing.formatters import format_annotations, format_json, format_text

    findings = check_content(source, today or today_in_oslo(), base, strict=strict)
    if text := {"json": format_json, "text": format_text}.get(shape, lambda f: format_annotations(f, source))(
        findings
    ):
        click.echo(text)
    if any(finding.severity == "error" for finding in findings):
        sys.exit(ExitCode.FINDINGS)


@main.command()
@SOURCE
@click.argument("sections", metavar="SECTION...", nargs=-1, required=True)
def confirm(source: Path, sections: tuple[str, ...]) -> None:
    """Mark translations as checked against the first language as it now is."""
    from editing.translations import confirm_translations as confirmed

    for path in confirmed(source, sections):
        click.echo(f"confirmed  {path}")


@main.command()
@SOURCE
@click.option("--level", type=click.Choice(["minor", "major", "special"]), help="Do not ask; take this one.")
@TODAY
def note(source: Path, level: str | None, today: dt.date | None) -> None:
    """Start a change note for what is changed and not noted."""
    from changelog.days import today_in_oslo
    from editing.change_notes import find_pending_change, write_note
    from policy.models import Level

    day = today or today_in_oslo()
    what = find_pending_change(source, day)
    if what is None:
        click.echo("every change is noted")
        return
    chosen = Level(level) if level else what.assessment.level
    asks = level is None and chosen is Level.MINOR and sys.stdin.isatty()
    if asks and click.confirm("Must people know of this before it applies?"):
        chosen = Level.MAJOR
    click.echo(f"written  {write_note(source, what, chosen, day)}")


@main.command()
@SOURCE
@click.argument("old", metavar="[FROM", default="")
@click.argument("new", metavar="[TO]]", default="")
@click.option(
    "--format", "shape", type=click.Choice(["text", "html", "markdown"]), default="text", show_default=True
)
def diff(source: Path, old: str, new: str, shape: str) -> None:
    """Show what differs between two states, each a version or a commit; without a name, the disk."""
    from changelog.days import today_in_oslo
    from changelog.redline_text import PLAIN_SIGNS
    from editing.diffing import COLOR_SIGNS, compare_snapshots, format_html, format_markdown, format_text

    found = compare_snapshots(source, old, new, today_in_oslo())
    if shape != "text":
        click.echo(format_html(found, HOUSE / "templates") if shape == "html" else format_markdown(found))
        return
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    click.echo(format_text(found, COLOR_SIGNS if colour else PLAIN_SIGNS))


@main.command()
@SOURCE
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 for a free one."
)
def serve(source: Path, port: int) -> None:
    """Show the draft beside its redline and findings on 127.0.0.1, anew at every save."""
    from changelog.days import today_in_oslo
    from editing.preview import PreviewOptions, PreviewServer
    from policy.sources import read_content_files

    read_content_files(source)
    try:
        preview = PreviewServer(PreviewOptions(source, HOUSE / "templates", today_in_oslo()), port)
    except OSError as error:
        raise InputError(f"port {port}: {error.strerror}; choose another with --port") from None
    click.echo(f"preview  {preview.address}")
    if preview.admin_address:
        click.echo(f"admin    {preview.admin_address}")
    try:
        preview.run()
    except KeyboardInterrupt:
        preview.server_close()


if __name__ == "__main__":
    main(prog_name="build.py")

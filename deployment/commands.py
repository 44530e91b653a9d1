"""The commands `deploy` and `smoke`, imported only when they are used."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from pathlib import Path

import click

from common.cli import print_lines
from common.cli_options import PATH, SOURCE_OPTION, TEMPLATES_OPTION, today_option
from common.errors import ExitCode, InputError
from generator.build_options import BuildListener, BuildOptions, HistorySummary

_OUT_OPTION = click.option(
    "--out", type=PATH, default=Path("out"), show_default=True, help="Output directory."
)
_URL_HELP = "Address that is tested, instead of base_url in policy.yaml."


@click.command()
@click.argument("target", metavar="TARGET")
@SOURCE_OPTION
@_OUT_OPTION
@click.option(
    "--ref", default="HEAD", show_default=True, help="Commit whose first-parent history is published."
)
@today_option("The date that decides what is in force.")
@click.option(
    "--published",
    metavar="LOG",
    help="The published log.json, or the folder or address of the site; fail if the build does not only add "
    "to it. 'none' for the first publication.  [default: the site that TARGET is served as]",
)
@TEMPLATES_OPTION
@click.option("--url", help=_URL_HELP)
@click.option(
    "--keep",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="Number of generations that stay on the target, the live one included.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=os.cpu_count() or 1,
    help="Number of processes.  [default: cores]",
)
@click.option("--strict", is_flag=True, help="Refuse a newest version that must have a note and has none.")
@click.option("--rollback", is_flag=True, help="Switch to the generation before the live one; build nothing.")
@click.option("--dry-run", is_flag=True, help="Read the target and change nothing there.")
def deploy(  # noqa: PLR0913 - one for each option
    target: str,
    *,
    source: Path,
    out: Path,
    ref: str,
    today: dt.date | None,
    published: str | None,
    own_templates: Path | None,
    url: str | None,
    keep: int,
    jobs: int,
    strict: bool,
    rollback: bool,
    dry_run: bool,
) -> None:
    """Build the site without a cache, verify it, and make it what TARGET serves.

    TARGET is ssh://[user@]host[:port]/folder, or a folder; the root of the server is TARGET/site. The site is
    copied beside the live one, and one renamed link makes it live. Then the smoke test runs; if it fails,
    the site before is live again. Needs rsync, and flock on the target.
    """
    from common.oslo import get_today_in_oslo
    from deployment.deploying import DeploymentOptions, deploy_site, roll_back
    from deployment.target_address import parse_target_address

    day = today or get_today_in_oslo()
    options = DeploymentOptions(parse_target_address(target), url, published, keep, is_dry_run=dry_run)
    if rollback:
        roll_back(options, day, print_lines)
        return
    build = BuildOptions(
        source, out, day, ref, jobs=jobs, use_cache=False, strict=strict, own_templates=own_templates
    )
    deploy_site(build, options, _HistoryPrinter(), print_lines)


class _HistoryPrinter(BuildListener):
    def on_history_read(self, history: HistorySummary) -> None:
        """Print the warnings and the counts."""
        for warning in history.warnings:
            print_lines(f"warning: {warning}", err=True)
        print_lines(f"history   {history.revision_count} revisions, {history.version_count} versions")


@click.command()
@click.argument("url", default="")
@_OUT_OPTION
@click.option(
    "--max-age",
    metavar="DAYS",
    type=click.IntRange(0),
    help="Also fail if the site was built longer ago, or before a version took effect.",
)
@click.option("--no-compare", is_flag=True, help="Compare with nothing in --out, as monitoring does.")
@today_option("The date of the test.")
def smoke(url: str, out: Path, max_age: int | None, *, no_compare: bool, today: dt.date | None) -> None:
    """Compare a live site with --out and test how its server answers; exit 1 if something is wrong.

    URL is the address of the site.  [default: base_url of the site in --out]
    """
    from common.oslo import get_today_in_oslo
    from deployment.smoke import Expectation, find_problems

    site = out / "site"
    if not (url and no_compare):
        base_url = _read_base_url(site)
        url = url or base_url
    day = today or get_today_in_oslo()
    result = find_problems(url, Expectation(day, None if no_compare else site, max_age_days=max_age))
    print_lines(*result.problems or [result.summary])
    if result.problems:
        sys.exit(ExitCode.FINDINGS)


def _read_base_url(site: Path) -> str:
    path = site / "api" / "versions.json"
    try:
        return str(json.loads(path.read_bytes())["base_url"])
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(
            f"{site}: has no site; name the folder of a build with --out, or pass an address and --no-compare"
        ) from None

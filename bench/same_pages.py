"""The same pages made by tools that everybody can install: Hugo, htmldiff and `git log`, as one command.

Hugo renders the version pages, node-htmldiff marks the changes from each to the next in the rendered text,
and `git log` writes a page with a line for each change. Of the two engines of this kind that many use,
node-htmldiff is the faster one: it needs about half the time of htmldiff-js.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from bench import peers
from bench.timing import CannotRunError, Command, Measurement, measure_ratios

ENGINE = peers.TOOLS / "node_modules" / "node-htmldiff"
_SCRIPT = Path(__file__).with_suffix(".js")


def same_pages_command(archive: Path, repository: Path, ref: str) -> Command:
    """Return the command that makes version pages, change pages and a change log from nothing."""
    site, changes = archive / "hugo", archive / "changes"
    log = ("git", "-C", repository, "log", "--first-parent", "--format=<li>%cs %h %s</li>", ref)
    script = (
        f"{_join(peers.hugo_command(archive).line)}"
        f" && {_join(('node', _SCRIPT, peers.TOOLS, site, changes))}"
        f" && {{ echo '<!doctype html><title>Change log</title><ul>'; {_join(log)}; echo '</ul>'; }}"
        f" >{shlex.quote(str(changes / 'index.html'))}"
    )
    _, _, clean = peers.clean_command(archive, "hugo")
    return Command(("sh", "-c", script), ("sh", "-c", f"{clean} && rm -rf {changes.name}"))


def measure_against_same_pages(ours: Command, theirs: Command) -> Sequence[Measurement]:
    """Compare once, without a round before: theirs takes minutes, and a fraction of a second does not matter.

    Raises CannotRunError if the engine is not installed.
    """
    if not ENGINE.is_dir():
        raise CannotRunError("node-htmldiff is not installed")
    return measure_ratios(ours, [theirs], 1, warm_up=False)


def _join(line: Sequence[object]) -> str:
    return shlex.join(map(str, line))

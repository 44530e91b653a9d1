"""`python -m tests.redline --count 400 --seed 1`: known edits of made-up policies against every channel.

It prints for each kind of edit how many of how many were right in every channel, and what was wrong with the
others. `--kind "paragraph moved"` runs one kind alone; `--show SEED` prints the Markdown of one edit.
"""

from __future__ import annotations

import difflib
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import click

from tests.redline.trials import KINDS, make_edit, run_trial


@click.command()
@click.option("--count", default=400, show_default=True, help="How many edits, of each kind equally many.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same edits.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS), help="Only edits of this kind.")
@click.option(
    "--by-command", is_flag=True, help="Build with `python build.py build`, in a process of its own."
)
@click.option("--shown", default=3, show_default=True, help="How many complaints of an edit are printed.")
@click.option("--ignore", multiple=True, help="A channel or check that is not judged, such as counter.")
@click.option("--show", "shown_seed", help="Print an edit as a diff of its files, and run no trial.")
def main(kinds: tuple[str, ...], shown_seed: str | None, **options: Any) -> None:
    """Run trials; exit 1 if one was wrong in any channel."""
    if shown_seed:
        click.echo("\n".join(_list_differences(shown_seed.rpartition(" ")[0], shown_seed)))
        return
    raise SystemExit(not run_trials(list(kinds) or KINDS, **options))


def run_trials(
    names: list[str], *, count: int, seed: int, by_command: bool, shown: int, ignore: tuple[str, ...]
) -> bool:
    """Run trials and print what was wrong; return whether all were right in every channel."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    channels: defaultdict[str, int] = defaultdict(int)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            kind = names[number % len(names)]
            trial_seed = f"{kind} {seed}-{number // len(names)}"
            trial = run_trial(kind, trial_seed, Path(folder) / str(number), by_command=by_command)
            complaints = [each for each in trial.complaints if each[0] not in ignore]
            total[kind] += 1
            right[kind] += not complaints
            for channel in {channel for channel, _ in complaints}:
                channels[channel] += 1
            if complaints:
                click.echo(f"--show {trial_seed!r} ({trial.edit.new.code}, {len(complaints)} complaints)")
            for channel, complaint in complaints[:shown]:
                click.echo(f"    {channel}: expected {complaint}")
    for kind in names:
        click.echo(f"{right[kind]:4} of {total[kind]:4}  {kind}")
    click.echo(f"{right.total():4} of {total.total():4}  all")
    for channel, wrong in sorted(channels.items(), key=lambda each: -each[1]):
        click.echo(f"{wrong:4} wrong  {channel}")
    return right == total


def _list_differences(kind: str, seed: str) -> list[str]:
    edit = make_edit(kind, seed)
    old, new = edit.old.write_files(), edit.new.write_files()
    lines = [
        line
        for path in sorted({*old, *new})
        for line in difflib.unified_diff(
            old.get(path, "").splitlines(), new.get(path, "").splitlines(), path, path, lineterm=""
        )
    ]
    return [*lines, "", *map(str, edit.expected)]


if __name__ == "__main__":
    main()

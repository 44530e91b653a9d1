"""`python -m tests.record --count 500 --seed 1`: dishonest publishers against readers with a letter or a log.

It prints how many alterations there were of each kind, each that was missed, and each false alarm.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from random import Random

import click

from tests.record.rewritten_histories import REWRITES
from tests.record.trials import FORGERIES, HONEST, continue_honestly, forge_site, rewrite_history, run_trials

_METHODS = {
    "rewritten histories": (rewrite_history, REWRITES),
    "forged sites": (forge_site, FORGERIES),
    "honest sites": (continue_honestly, HONEST),
}


@click.command()
@click.option("--count", default=500, show_default=True, help="How many trials of each kind.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same trials.")
@click.option("--only", type=click.Choice(list(_METHODS)), help="Run this kind alone.")
def main(count: int, seed: int, only: str | None) -> None:
    """Run trials; exit 1 if an alteration was missed, or if there was a false alarm."""
    is_wrong = False
    for kind, (try_one, names) in _METHODS.items():
        if only not in {None, kind}:
            continue
        counts: Counter[str] = Counter()
        with tempfile.TemporaryDirectory() as folder:
            for trial in run_trials(try_one, names, Path(folder), Random(seed), count):
                altered = "altered" if trial.must_be_found else "not altered"
                counts[f"{altered}, {'found' if trial.verdict.code else 'verified'}"] += 1
                if not trial.is_right:
                    is_wrong = True
                    click.echo(f"{trial.name} ({trial.witness.saved}, {altered}): {trial.verdict.output}")
        click.echo(f"{kind}: {', '.join(f'{number} {name}' for name, number in sorted(counts.items()))}")
    raise SystemExit(is_wrong)


if __name__ == "__main__":
    main()

"""`make fuzz MINUTES=10`: runs every target, or those that are named, for that much CPU time.

A file that fails goes to `tests/fuzz/found/`, and to `tests/fuzz/corpus/` once the fault is fixed.
"""

from __future__ import annotations

import hashlib
import signal
import sys
import time
import traceback
from pathlib import Path
from random import Random
from types import FrameType

import click

from tests.fuzz.mutations import mutate
from tests.fuzz.targets import TARGETS, Target, read

FOUND = Path(__file__).parent / "found"
_CPU_SECONDS = 10  # for one file of 20 kB at most


class _TooSlowError(Exception):
    """A target needs too long for one file."""


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise _TooSlowError


def fuzz(name: str, target: Target, seconds: float, seed: int) -> int:
    """Run one target with changed files; print what fails, once for each place; return how many places."""
    random, known, count = Random(f"{name}{seed}"), set[str](), 0
    end = time.process_time() + seconds
    while time.process_time() < end:
        data = mutate(target.seeds, random)
        signal.setitimer(signal.ITIMER_VIRTUAL, _CPU_SECONDS)
        try:
            read(target, data)
        except Exception as error:  # noqa: BLE001 - whatever a target lets through is what is looked for
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            place = traceback.extract_tb(error.__traceback__)[-1]
            key = type(error).__name__ if isinstance(error, _TooSlowError) else f"{type(error)} {place}"
            if key not in known:
                known.add(key)
                FOUND.mkdir(exist_ok=True)
                path = FOUND / f"{name}-{hashlib.sha256(data).hexdigest()[:12]}"
                path.write_bytes(data)
                click.echo("\n".join((f"{name}: {path}", *traceback.format_exception(error)[-3:])))
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        count += 1
    click.echo(f"{name}: {count} files in {seconds:.0f} s of CPU, {len(known)} faults")
    return len(known)


def main(minutes: str, *names: str) -> int:
    """Run the targets one after another; return 1 if any of them fails."""
    signal.signal(signal.SIGVTALRM, _stop)
    chosen = {name: TARGETS[name] for name in names or TARGETS}
    faults = [fuzz(name, target, float(minutes) * 60, time.time_ns()) for name, target in chosen.items()]
    return 1 if any(faults) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

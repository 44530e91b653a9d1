"""Hash every published file of known histories, to prove that a change of the code changes no page.

    python -m bench.output_hashes before.txt        # on the old code
    python -m bench.output_hashes after.txt         # on the new code
    diff before.txt after.txt

The histories are this repository's own, every scenario of the tests, and a generated one of 200 versions.
Each is built for an early and for a late day. The whole takes about two minutes, so no test runs it.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import history
from tests.helpers.cli import create_history

PROJECT = Path(__file__).resolve().parents[1]
SCENARIOS = PROJECT / "tests" / "scenarios"
GENERATED_VERSIONS = 200
DAYS = ("2026-04-01", "2060-01-01")


def create_histories(folder: Path) -> Iterator[tuple[str, Path]]:
    """Create every history below `folder`; yield its name and the folder that holds content/."""
    yield "own", PROJECT
    for script in sorted(SCENARIOS.glob("*/history.sh")):
        source = folder / script.parent.name
        yield script.parent.name, create_history(source, script.read_text(encoding="utf-8"))
    generated = folder / "generated"
    history.create_repository(generated, GENERATED_VERSIONS)
    yield "generated", generated


def hash_published_files(out: Path) -> Iterator[str]:
    """Yield one line for each file of the site and the letters: its SHA-256 and its path."""
    for part in ("site", "letters"):
        for folder, _, names in sorted(os.walk(out / part, followlinks=True)):
            for path in (Path(folder, name) for name in sorted(names)):
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                yield f"{digest}  {path.relative_to(out).as_posix()}"


def main(report: Path) -> None:
    """Build every history on every day and write the hashes, with what the command printed on errors."""
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, source in create_histories(Path(folder) / "histories"):
            for day in DAYS:
                out = Path(folder) / "out" / name / day
                command = (sys.executable, str(PROJECT / "build.py"), "build", "--source", str(source))
                built = subprocess.run(
                    (*command, "--out", str(out), "--today", day), capture_output=True, check=False
                )
                lines.append(f"# {name} on {day}: exit {built.returncode}")
                lines += hash_published_files(out)
    report.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

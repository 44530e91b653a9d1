"""What the mutants of `make mutation` tell: the score of each file, and who lived without an excuse.

`mutmut run` breaks the files named in pyproject.toml in one place after another and runs the tests against
each; a mutant that no test notices lives. `python -m tests.notifier.mutation [--write PAGE]` counts them.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import click
from mutmut.mutation.diff_apply import get_diff_for_mutant

MUTANTS = Path("mutants")
LEAST = 90.0
_SURVIVED = 0
_NOT_CHECKED = None
_MARKS = ("<!-- mutation -->", "<!-- /mutation -->")

# Mutants that do what the original does, by the line they put in its place, and why nobody can tell.
EQUIVALENT = {
    "self._turn(lambda _: 0)": "nobody reads what a renewal returns",
    "self._later(post, Answer(Phase.BODY, None))": "no code is no code: both are shown and weighed alike",
    "self._inside = None": "asked for its truth only",
    "self._stale = None": "the same",
    "self._broken = None": "the same",
    "self._code = None": "the same",
    "address=case((kept, post.c.address), else_=None),": "nothing and NULL are one",
    "address=case((kept, post.c.address), ),": "the same",
    "name=case((kept, post.c.name), else_=None),": "the same",
    "name=case((kept, post.c.name), ),": "the same",
    'code, text = 0, b"XXXX"': "of what is no reply no text is kept",
    "self._line.give_back(None)": "on stop nobody takes it; the end of the run releases it",
    "self._socket.recv(2)": "one octet is as much of a word as two",
    "yield from self._read(None)": "what is said to QUIT is not weighed",
    'trouble = ""': "asked for its truth only",
    "answer = None": "never read: an envelope has commands",
    "answer = Answer(None, 0)": "the same",
    "answer = Answer(Phase.MAIL, None)": "the same",
    "answer = Answer(Phase.MAIL, 1)": "the same",
}


@dataclass(frozen=True)
class Mutant:
    name: str
    file: str
    killed: bool
    line: str = ""

    @property
    def excused(self) -> bool:
        return self.line in EQUIVALENT


def read(folder: Path) -> list[Mutant]:
    """Read what became of every mutant."""
    found = []
    for path in sorted(folder.rglob("*.meta")):
        file = str(path.relative_to(folder)).removesuffix(".meta")
        for name, code in json.loads(path.read_text())["exit_code_by_key"].items():
            if code is _NOT_CHECKED:
                raise click.ClickException(f"{name} was not checked; run make mutation to its end")
            line = changed(get_diff_for_mutant(name)) if code == _SURVIVED else ""
            found.append(Mutant(name, file, code != _SURVIVED, line))
    return found


def changed(diff: str) -> str:
    """Return the code that a diff puts in."""
    return " ".join(line[1:].strip() for line in diff.splitlines() if re.match(r"\+(?!\+\+)", line))


def table(mutants: list[Mutant]) -> str:
    """Lay the scores out for the docs, the sum last."""
    rows = [["file", "mutants", "killed", "equivalent", "score"], ["---"] * 5]
    for file in [*sorted({mutant.file for mutant in mutants}), "all"]:
        these = [mutant for mutant in mutants if file in (mutant.file, "all")]
        count = Counter("killed" if one.killed else "excused" if one.excused else "lives" for one in these)
        numbers = [len(these), count["killed"], count["excused"]]
        rows.append([file, *map(str, numbers), f"{score(these):.1f} %"])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def score(mutants: list[Mutant]) -> float:
    """Return how many in a hundred were killed of those that can be."""
    killed = sum(mutant.killed for mutant in mutants)
    return 100 * killed / sum(mutant.killed or not mutant.excused for mutant in mutants)


@click.command()
@click.option("--write", "page", type=click.Path(path_type=Path))
def main(page: Path | None) -> None:
    """Print the scores and every mutant that lives; fail below the least score."""
    mutants = read(MUTANTS)
    for mutant in mutants:
        if not mutant.killed and not mutant.excused:
            click.echo(f"{mutant.name}: {mutant.line}")
    click.echo(table(mutants))
    if page:
        before, _, rest = page.read_text().partition(_MARKS[0])
        after = rest.partition(_MARKS[1])[2]
        page.write_text(f"{before}{_MARKS[0]}\n\n{table(mutants)}\n\n{_MARKS[1]}{after}")
    if score(mutants) < LEAST:
        raise SystemExit(1)


if __name__ == "__main__":
    main()

"""Report the result of `make mutation`: the score of each file, and the survivors that are not equivalent.

`mutmut run` changes the files named in pyproject.toml in one place after another and runs the tests against
each; a mutant that no test notices survives. `python -m tests.notifier.mutation [--write PAGE]` counts them.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import click
from mutmut.mutation.diff_apply import get_diff_for_mutant

MUTANTS = Path("mutants")
MINIMUM_SCORE = 90.0
_SURVIVED = 0
_NOT_CHECKED = None
_MARKS = ("<!-- mutation -->", "<!-- /mutation -->")

# Mutants that behave like the original, by the line they put in its place, and why.
EQUIVALENT = {
    "self._commit_batch(lambda _: 0)": "nobody reads what a heartbeat returns",
    "self._record_transient_failure(delivery, Reply(Phase.BODY, None))": "None and 0 are both no code",
    'pid, _, start_time = rest.rpartition("/")': "neither a PID nor a start time contains a slash",
    "self._in_data = None": "only its truth value is used",
    "self._needs_reset = None": "the same",
    "self._is_open = None": "the same",
    "self._code = None": "the same",
    "address=case((keep, delivery_table.c.address), else_=None),": "SQLAlchemy takes None for NULL",
    "address=case((keep, delivery_table.c.address), ),": "the same",
    "name=case((keep, delivery_table.c.name), else_=None),": "the same",
    "name=case((keep, delivery_table.c.name), ),": "the same",
    'code, text = 0, b"XXXX"': "the text of no reply is not kept",
    "self._queue.put_back(None)": "after a stop nobody takes it; the end of the run releases it",
    "self._socket.recv(2)": "one octet shows as well as two that the server spoke",
    "yield from self._read_reply(None)": "the reply to QUIT is not used",
    'failure = ""': "only its truth value is used",
    "reply = None": "never read: an envelope always has commands",
    "reply = Reply(None, 0)": "the same",
    "reply = Reply(Phase.MAIL, None)": "the same",
    "reply = Reply(Phase.MAIL, 1)": "the same",
}


@dataclass(frozen=True)
class Mutant:
    name: str
    file: str
    killed: bool
    line: str = ""

    @property
    def is_equivalent(self) -> bool:
        return self.line in EQUIVALENT


def read_mutants(folder: Path) -> list[Mutant]:
    """Read the result of every mutant."""
    found = []
    for path in sorted(folder.rglob("*.meta")):
        file = str(path.relative_to(folder)).removesuffix(".meta")
        for name, code in json.loads(path.read_text())["exit_code_by_key"].items():
            if code is _NOT_CHECKED:
                raise click.ClickException(f"{name} was not checked; let make mutation finish")
            line = added_lines(get_diff_for_mutant(name)) if code == _SURVIVED else ""
            found.append(Mutant(name, file, code != _SURVIVED, line))
    return found


def added_lines(diff: str) -> str:
    """Return the lines that a diff adds, as one."""
    return " ".join(line[1:].strip() for line in diff.splitlines() if re.match(r"\+(?!\+\+)", line))


def format_table(mutants: list[Mutant]) -> str:
    """Format the scores as a Markdown table, the total last."""
    rows = [["file", "mutants", "killed", "equivalent", "score"], ["---"] * 5]
    for file in [*sorted({mutant.file for mutant in mutants}), "all"]:
        these = [mutant for mutant in mutants if file in (mutant.file, "all")]
        count = Counter(
            "killed" if one.killed else "equivalent" if one.is_equivalent else "survived" for one in these
        )
        numbers = [len(these), count["killed"], count["equivalent"]]
        rows.append([file, *map(str, numbers), f"{score(these):.1f} %"])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def score(mutants: list[Mutant]) -> float:
    """Return the percentage of mutants killed, of those that are not equivalent."""
    killed = sum(mutant.killed for mutant in mutants)
    return 100 * killed / sum(mutant.killed or not mutant.is_equivalent for mutant in mutants)


@click.command()
@click.option("--write", "page", type=click.Path(path_type=Path))
def main(page: Path | None) -> None:
    """Print the scores and every survivor; exit with 1 below the lowest accepted score."""
    mutants = read_mutants(MUTANTS)
    for mutant in mutants:
        if not mutant.killed and not mutant.is_equivalent:
            click.echo(f"{mutant.name}: {mutant.line}")
    click.echo(format_table(mutants))
    if page:
        before, _, rest = page.read_text().partition(_MARKS[0])
        after = rest.partition(_MARKS[1])[2]
        page.write_text(f"{before}{_MARKS[0]}\n\n{format_table(mutants)}\n\n{_MARKS[1]}{after}")
    if score(mutants) < MINIMUM_SCORE:
        raise SystemExit(1)


if __name__ == "__main__":
    main()

"""Readers in a loop while a site is deployed over ssh, and some deployments are killed at random moments.

As a script: `python -m tests.deployment.reader_loop --requests 20000 --deployments 20 --kills 5 nginx apache`
prints one line of JSON for each server, and fails if a reader got anything wrong.

A *wrong* answer is any that is not a file of a build that was deployed: an error, half a file, a style sheet
with another digest than its address. Each file is a request of its own, and a switch may come between two of
them. What must never be *mixed* is a page with its style sheet and script, and the data of one log: versions
and announcements, read while the log stays the same, are of one build with it.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import click

from tests.deployment.readers import DATA, Answers, Reader, dump_answers, load_answers, merge_answers
from tests.deployment.ssh_server import SshServer, run_ssh_server
from tests.deployment.web_servers import KINDS, serve_site
from tests.helpers.cli import BuildCommand, create_history, hash_files
from tests.helpers.environment import neutral_environment
from tests.helpers.in_process import build

READERS = 3
_MARKS = ("<!-- readers -->", "<!-- /readers -->")
_SECONDS = "median seconds of a deployment"  # of what else the machine did, too
_CHANGE = """
words nb/01-kontakt 'Ring {0}.'
words en/01-kontakt 'Call {0}.'
note ring-{0} minor
commit 2026-02-01
"""


@dataclass
class Loop:
    """A target behind a server, the history that is deployed, and every build that may have been live."""

    folder: Path
    address: str
    server: SshServer
    randomness: random.Random
    builds: list[dict[str, str]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    kills: int = 0

    @property
    def target(self) -> Path:
        return self.folder / "target"

    def start(self) -> None:
        """Publish the site for the first time."""
        for number in (0, 1):  # the style sheet is another one every other time
            styles = self.folder / f"templates-{number}" / "styles"
            styles.mkdir(parents=True)
            (styles / "99-print.css").write_text(f"@media print {{ p {{ orphans: {number + 2}; }} }}\n")
        assert self.deploy(0, "--published", "none") == 0

    def change(self, number: int) -> None:
        """Commit another version."""
        create_history(self.folder / "source", _CHANGE.format(number))

    def deploy(self, number: int, *options: str, kill_after: float | None = None) -> int:
        """Deploy what is committed; kill it, or a process that it has started, after some seconds."""
        started = time.monotonic()
        deployment = self._start_process(number, *options)
        if kill_after is None:
            _, errors = deployment.communicate()
            assert deployment.returncode == 0, errors.decode()
            self.seconds.append(time.monotonic() - started)
        else:
            self._kill(deployment, kill_after)
        self.builds.append(hash_files(self.folder / "out" / "site"))
        return deployment.returncode

    def _start_process(self, number: int, *options: str) -> subprocess.Popen[bytes]:
        command = BuildCommand().arguments(
            *("deploy", self.server.address(self.target), "--source", self.folder / "source", *options),
            *("--out", self.folder / "out", "--url", self.address, "--today", "2026-06-01", "--keep", 3),
            *("--templates", self.folder / f"templates-{number % 2}"),
        )
        env = neutral_environment(PATH=f"{self.server.commands}:{os.environ['PATH']}")
        return subprocess.Popen(
            command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
        )

    def _kill(self, deployment: subprocess.Popen[bytes], seconds: float) -> None:
        """Kill a deployment, all of its processes, or one that it has started, such as ssh or rsync."""
        try:
            deployment.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kills += 1
            children = _list_children(deployment.pid)
            victim = self.randomness.choice(["program", "group", *(["child"] if children else [])])
            if victim == "group":
                os.killpg(deployment.pid, signal.SIGKILL)
            else:
                pid = self.randomness.choice(children) if victim == "child" else deployment.pid
                os.kill(pid, signal.SIGKILL)
        _, errors = deployment.communicate()
        assert b"Traceback" not in errors, errors.decode()
        assert deployment.returncode in {0, 2, 75, -signal.SIGKILL}, errors.decode()

    def judge(self, answers: Answers) -> dict[str, object]:
        """Return the figures; each wrong answer and each mixed read is in a list with what it was."""
        wrong = list(answers.wrong)
        for path, digests in answers.bodies.items():
            name = f"{path}index.html" if path.endswith("/") or not path else path
            wrong += [
                f"{path}: of no build"
                for digest in digests
                if digest not in {b.get(name) for b in self.builds}
            ]
        known = {tuple(build[path] for path in DATA) for build in self.builds}
        mixed = [f"{count} reads of data" for read, count in answers.reads.items() if read not in known]
        tags = [
            f"{path}: one ETag, several files"
            for (path, _), digests in answers.tagged.items()
            if len(digests) > 1
        ]
        return {
            "requests": answers.requests,
            "deployments": len(self.builds),
            "killed": self.kills,
            "wrong answers": len(wrong),
            "mixed reads": len(mixed),
            "ETags of several files": len(tags),
            "reads during a switch": answers.switched,
            "builds that readers saw": len(answers.reads),
            _SECONDS: round(sorted(self.seconds)[len(self.seconds) // 2], 1),
            "said": [*wrong, *mixed, *tags][:10],
        }


def _list_children(pid: int) -> list[int]:
    """Return the processes that a process has started and that are running."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


class ReaderProcess:
    """Readers in a process of their own, so that they do not wait for the one that deploys."""

    def __init__(self, address: str, requests: int, folder: Path, seed: int) -> None:
        self._result, self._stop = folder / "answers.json", threading.Event()
        self.pid = os.fork()
        if not self.pid:
            try:
                signal.signal(signal.SIGTERM, lambda *_: self._stop.set())
                readers = [Reader(address, requests // READERS, self._stop, seed + n) for n in range(READERS)]
                for reader in readers:
                    reader.start()
                for reader in readers:
                    while reader.is_alive():
                        reader.join(0.1)  # a signal is handled between two of them
                self._result.write_text(dump_answers(merge_answers([reader.answers for reader in readers])))
            finally:
                os._exit(0)

    def finish(self) -> Answers:
        """Let the readers end after the requests that they have left; return what they were answered."""
        os.kill(self.pid, signal.SIGTERM)
        os.waitpid(self.pid, 0)
        return load_answers(self._result.read_text())


def run_loop(kind: str, requests: int, deployments: int, kills: int, seed: int = 1) -> dict[str, object]:
    """Run one loop against a server and return its figures."""
    randomness = random.Random(seed)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="klartekst-readers-")))
        folder.chmod(0o755)
        (folder / "sshd").mkdir()
        server = stack.enter_context(run_ssh_server(folder / "sshd"))
        create_history(folder / "source", "start 2026-01-05")
        build(folder / "source", folder / "built")
        site = folder / "target" / "site"
        address = stack.enter_context(serve_site(kind, site, folder / kind, folder / "built" / "site"))
        loop = Loop(folder, address, server, randomness)
        loop.start()
        killed = set(randomness.sample(range(1, deployments), kills))
        readers = ReaderProcess(address, requests, folder, seed)
        for number in range(1, deployments + 1):
            loop.change(number)
            seconds = randomness.uniform(0.3, max(loop.seconds)) if number in killed else None
            loop.deploy(number, kill_after=seconds)
            assert hash_files(loop.target / "site") in _list_possible(loop)
        answers = readers.finish()
        return {"server": kind, **loop.judge(answers)}


def _list_possible(loop: Loop) -> list[dict[str, str]]:
    """Return the builds, each with the assets that a target may have besides: those of other builds."""
    live = hash_files(loop.target / "site")
    others = {path: digest for path, digest in live.items() if path.startswith("assets/")}
    return [{**others, **build} for build in loop.builds]


def write_table(path: Path, results: list[dict[str, object]]) -> None:
    """Replace the table in a page, between its marks."""
    names = [name for name in results[0] if name not in {"said", _SECONDS}]
    rows = [names, ["---"] * len(names), *([str(result[name]) for name in names] for result in results)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    before, _, rest = path.read_text().partition(_MARKS[0])
    path.write_text(f"{before}{_MARKS[0]}\n\n{table}\n\n{_MARKS[1]}{rest.partition(_MARKS[1])[2]}")


@click.command()
@click.argument("servers", nargs=-1, type=click.Choice(KINDS))
@click.option("--requests", default=300)
@click.option("--deployments", default=3)
@click.option("--kills", default=1)
@click.option("--seed", default=1)
@click.option("--write", "page", type=click.Path(path_type=Path))
def main(servers, page, **options) -> None:
    """Print the figures of each server as a line of JSON; exit with 1 if a reader got anything wrong."""
    results = []
    for kind in servers:
        results.append(run_loop(kind, **options))
        click.echo(json.dumps(results[-1]))
        if results[-1]["said"]:
            raise SystemExit(1)
    if page:
        write_table(page, results)


if __name__ == "__main__":
    main()

"""The kill storm: processes that mail one campaign are killed and put to sleep at random, until all is done.

As a script: `python -m tests.notifier.storm sqlite|postgresql …` prints what came of it as one line of JSON.
"""

import contextlib
import ctypes
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import click

from tests.notifier import front_door, servers
from tests.notifier.sink import Sink

LEASE = 1.0
CONNECTIONS = 4
# One in a hundred of each, by the phase at which they happen; "accept-" is accepted and then not said.
FAULTS = {
    "RCPT": ["450 4.2.1 later", "drop"],
    "DATA": ["451 4.3.0 later", "drop"],
    "DOT": ["452 4.3.1 later", "drop", "accept-drop"],
}
_CLONE_NEWNS, _CLONE_NEWNET = 0x00020000, 0x40000000  # linux/sched.h
NAMESPACES = ("ktnorth", "ktsouth")
HUB = "10.83.0.1"


class Book(list):
    """Keeps what a sink in another process accepts where its parent can read it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = path.open("a", buffering=1)

    def append(self, accepted: tuple[str, bytes]) -> None:
        self._file.write(accepted[0] + "\n")


def serve(folder: Path, host: str, certificate: Path | None, delay: float, seed: int) -> tuple[int, str]:
    """Start the sink in a process of its own and return its pid and URL."""
    dice = random.Random(seed)
    doubted = Book(folder / "faults")

    def script(phase: str, recipient: str) -> str | None:
        roll = dice.random() * 100
        for number, fault in enumerate(FAULTS.get(phase, [])):
            if number <= roll < number + 1:
                if phase == "DOT" and "drop" in fault:
                    doubted.append((recipient, b""))
                return fault
        return None

    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        with os.fdopen(reading) as url:
            return pid, url.read().strip()
    tls = front_door.server_context(certificate) if certificate else None
    with Sink(
        script, tls=tls, implicit_tls=bool(tls), host=host, delay=delay, accepted=Book(folder / "accepted")
    ) as sink:
        os.write(writing, (sink.url.replace("smtp:", "smtps:") if tls else sink.url).encode())
        os.close(writing)
        signal.pause()
    os._exit(0)


def mail(campaign: front_door.Campaign, sending: list, namespace: str | None, log: Path) -> int:
    """Fork a process that sends; everything is imported already, so that it is killed while it works."""
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        if namespace:
            with Path(f"/var/run/netns/{namespace}").open() as handle:
                if ctypes.CDLL(None, use_errno=True).setns(handle.fileno(), 0):
                    raise OSError(ctypes.get_errno(), "setns")
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.environ.update(campaign.environment)
        try:
            front_door.notify([str(one) for one in sending])
        except SystemExit as end:
            code = int(end.code or 0)
    finally:
        sys.stdout.flush()
        os._exit(code)


class Storm:
    """Some senders, and what happens to them."""

    def __init__(self, campaign, sending, namespaces, dice: random.Random, members: int) -> None:
        self.members = members
        self.campaign = campaign
        self.sending = sending
        self.namespaces = namespaces
        self.dice = dice
        self.living: dict[int, str | None] = {}
        self.asleep: dict[int, float] = {}
        self.codes: Counter = Counter()
        self.stops = 0

    @property
    def kills(self) -> int:
        """How many were killed while they lived."""
        return self.codes[-signal.SIGKILL]

    def blow(self, kills: int, seconds: float) -> None:
        """Kill, stop and start again until so many were killed and some run has come to its end."""
        deadline = time.monotonic() + seconds
        done = False
        while (self.kills < kills or not done) and time.monotonic() < deadline:
            done = self._bury() or done
            if done and self.kills >= kills:
                break
            if not done:
                for namespace in self.namespaces:
                    if namespace not in self.living.values() or not namespace:
                        self._start(namespace)
            elif not self.living:
                break
            time.sleep(self.dice.uniform(0.15, 0.35))
            self._wake()
            # Spread over the whole campaign, however fast this machine is.
            if self._told() * (kills + 1) >= self.members * self.kills:
                self._strike(kills)
        for pid in list(self.living):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        while self.living:
            self._bury(wait=True)

    def _told(self) -> int:
        accepted = self.campaign.folder / "accepted"
        return accepted.read_bytes().count(b"\n") if accepted.exists() else 0

    def _start(self, namespace: str | None) -> None:
        if list(self.living.values()).count(namespace) < self.namespaces.count(namespace):
            sending = self.sending(namespace)
            self.living[mail(self.campaign, sending, namespace, self.campaign.folder / "log")] = namespace

    def _strike(self, kills: int) -> None:
        awake = [pid for pid in self.living if pid not in self.asleep]
        if not awake or self.kills >= kills:
            return
        victim = self.dice.choice(awake)
        if self.dice.random() < 0.15:
            os.kill(victim, signal.SIGSTOP)
            self.asleep[victim] = time.monotonic() + LEASE * 1.5
            self.stops += 1
        else:
            os.kill(victim, signal.SIGKILL)

    def _wake(self) -> None:
        for pid, when in list(self.asleep.items()):
            if time.monotonic() > when:
                del self.asleep[pid]
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def _bury(self, *, wait: bool = False) -> bool:
        """Collect those that ended; True when one of them found everything done."""
        done = False
        for pid in list(self.living):
            ended, status = os.waitpid(pid, 0 if wait else os.WNOHANG)
            if ended:
                del self.living[pid]
                self.asleep.pop(pid, None)
                code = os.waitstatus_to_exitcode(status)
                self.codes[code] += 1
                done = done or code in (0, 3)
        return done


@contextlib.contextmanager
def network():
    """Two hosts of our own, in network namespaces, that reach this one's databases and sink over a wire."""
    ip = servers.need("ip", "iproute2")

    def run(*words: str) -> None:
        subprocess.run([ip, *words], check=True, capture_output=True)

    # In namespaces of our own: two storms at once do not meet, and nothing is left, however this one ends.
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNET | _CLONE_NEWNS):
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/run/netns").mkdir(exist_ok=True)
    for mount in (["--make-rprivate", "/"], ["-t", "tmpfs", "tmpfs", "/run/netns"]):
        subprocess.run(["mount", *mount], check=True, capture_output=True)
    run("link", "set", "lo", "up")
    for number, name in enumerate(NAMESPACES, start=1):
        run("netns", "add", name)
        run("link", "add", f"kt{number}", "type", "veth", "peer", "name", "eth0", "netns", name)
        run("addr", "add", f"10.83.{number}.1/24", "dev", f"kt{number}")
        run("link", "set", f"kt{number}", "up")
        run("-n", name, "addr", "add", f"10.83.{number}.2/24", "dev", "eth0")
        run("-n", name, "link", "set", "eth0", "up")
        run("-n", name, "link", "set", "lo", "up")
        run("-n", name, "route", "add", "default", "via", f"10.83.{number}.1")
    run("addr", "add", f"{HUB}/32", "dev", "kt1")
    yield


def weigh(campaign: front_door.Campaign, folder: Path, storm: Storm, members: int) -> dict:
    """Compare what the ledger believes with what the server has."""
    accepted = Counter((folder / "accepted").read_text().split())
    faults = set((folder / "faults").read_text().split()) if (folder / "faults").exists() else set()
    ended = campaign.ask("status", "--format", "json")
    status = json.loads(ended.out)["campaigns"][0]
    counts = {state: number for state, number in status["counts"].items() if number}
    doubts = {doubt["address"] for doubt in status["in_doubt"]}
    everybody = {f"member{n}@example.no" for n in range(members)}
    return {
        "addressees": members,
        "kills": storm.kills,
        "stops": storm.stops,
        "lost": len(everybody - set(accepted) - doubts) + (members - sum(counts.values())),
        "second_mails": sum(number - 1 for number in accepted.values()),
        "in_doubt_by_kill": len(doubts - faults),
        "in_doubt_by_fault": len(doubts & faults),
        "allowed": (storm.kills + storm.stops) * CONNECTIONS,
        "counts": counts,
        "ends": {str(code): number for code, number in sorted(storm.codes.items())},
    }


def blow(database: str, members: int, kills: int, processes: int, delay: float, seed: int) -> dict:
    """Set up, let the storm blow, and weigh what is left."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="storm-")))
        places: list[str | None] = [None] * processes
        host, certificate, key = "127.0.0.1", None, ""
        url = f"sqlite:///{folder / 'notify.db'}"
        if database == "postgresql":
            stack.enter_context(network())
            places = [NAMESPACES[number % 2] for number in range(processes)]
            server = stack.enter_context(servers.postgresql(f"127.0.0.1,{HUB}"))
            host, key = HUB, "k" * 32
            certificate = front_door.certificate(folder, f"IP:{HUB}")
            url = server.database().replace("127.0.0.1", HUB)
        sink, smtp = serve(folder, host, certificate, delay, seed)
        stack.callback(os.waitpid, sink, 0)
        stack.callback(os.kill, sink, signal.SIGKILL)
        campaign = front_door.campaign(folder, members, ledger=url, key=key)
        options = ["--connections", CONNECTIONS, "--lease", LEASE, "--retry-after", 0.5]
        options += ["--ca", certificate] if certificate else []
        storm = Storm(
            campaign,
            lambda _: campaign.sending(smtp, members, *options),
            places,
            random.Random(seed),
            members,
        )
        began = time.monotonic()
        storm.blow(kills, 1200)
        for _ in range(20):
            ended = os.waitstatus_to_exitcode(
                os.waitpid(mail(campaign, storm.sending(None), places[0], folder / "log"), 0)[1]
            )
            if ended in (0, 3):
                break
        result = {"database": database, "processes": processes} | weigh(campaign, folder, storm, members)
        result["seconds"] = round(time.monotonic() - began)
        if storm.codes[1] or storm.codes[70] or "Traceback" in (folder / "log").read_text():
            result["log"] = (folder / "log").read_text()[-3000:]
        return result


_COLUMNS = (
    "database",
    "processes",
    "addressees",
    "kills",
    "stops",
    "lost",
    "second_mails",
    "in_doubt_by_kill",
    "allowed",
)
_MARKS = ("<!-- storm -->", "<!-- /storm -->")


def table(results: list[dict]) -> str:
    """Lay results out for the docs."""
    rows = [[str(result[column]) for column in _COLUMNS] for result in results]
    heads = [column.replace("_", " ") for column in _COLUMNS]
    return "\n".join("| " + " | ".join(row) + " |" for row in [heads, ["---"] * len(heads), *rows])


def write(path: Path, results: list[dict]) -> None:
    """Put the table between its marks."""
    before, _, rest = path.read_text().partition(_MARKS[0])
    _, _, after = rest.partition(_MARKS[1])
    path.write_text(f"{before}{_MARKS[0]}\n\n{table(results)}\n\n{_MARKS[1]}{after}")


@click.command()
@click.argument("databases", nargs=-1, type=click.Choice(["sqlite", "postgresql"]))
@click.option("--members", default=300)
@click.option("--kills", default=10)
@click.option("--processes", default=2)
@click.option("--delay", default=0.01)
@click.option("--seed", default=1)
@click.option("--write", "docs", type=click.Path(path_type=Path))
def main(databases, docs, **options) -> None:
    """Print what storms left, as JSON, one line each."""
    results = []
    for database in databases:
        results.append(blow(database, **options))
        click.echo(json.dumps(results[-1]))
        if (
            results[-1]["lost"]
            or results[-1]["second_mails"]
            or results[-1]["in_doubt_by_kill"] > results[-1]["allowed"]
        ):
            raise SystemExit(1)
    if docs:
        write(docs, results)


if __name__ == "__main__":
    for module in ("job", "members", "letterbox", "planning", "relay", "seal", "reports"):
        __import__(f"notifier.{module}")
    main()

"""The kill storm: processes that send one campaign are killed and suspended at random until it is finished.

Twelve in a hundred letters are returned, as reports of twelve kinds of servers, and others get replies that
are no such reports. Meanwhile processes that read them are killed as well.

As a script: `python -m tests.notifier.kill_storm sqlite|postgresql …` prints the result as one line of JSON.
"""

import contextlib
import ctypes
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter
from pathlib import Path

import click
from sqlalchemy import select

from notifier.cli import notify
from notifier.database import open_database
from notifier.keys import build_message_id, parse_key
from notifier.ledger_tables import campaign_table, delivery_table
from tests.notifier import servers
from tests.notifier.factories import CampaignFiles, create_campaign, create_certificate, server_tls_context
from tests.notifier.reports_of_servers import OTHERS, TWELVE_KINDS, deliver, make_report
from tests.notifier.smtp_server import SmtpServer

LEASE = 1.0
CONNECTIONS = 4
# One in a hundred of each, by the phase in which they happen; "accept-drop" accepts and does not reply.
FAULTS = {
    "RCPT": ["450 4.2.1 later", "drop"],
    "DATA": ["451 4.3.0 later", "drop"],
    "DOT": ["452 4.3.1 later", "drop", "accept-drop"],
}
_CLONE_NEWNS, _CLONE_NEWNET = 0x00020000, 0x40000000  # linux/sched.h
NAMESPACES = ("ktnorth", "ktsouth")
HUB = "10.83.0.1"
RETURNED_PERCENT = 12
OTHER_REPLIES_PERCENT = 6


class AcceptedFile(list):
    """Writes the recipients that a server accepts to a file, where another process can read them."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = path.open("a", buffering=1)

    def append(self, accepted: tuple[str, bytes]) -> None:
        self._file.write(accepted[0] + "\n")


class AnsweredFile(AcceptedFile):
    """Answers what the server accepts by a report into a Maildir, and writes down which are returned."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "accepted")
        self._maildir = folder / "Maildir"
        self._returned = (folder / "returned").open("a", buffering=1)

    def append(self, accepted: tuple[str, bytes]) -> None:
        recipient, octets = accepted
        super().append(accepted)
        choice = zlib.crc32(recipient.encode())  # the same for whatever is sent to the same recipient
        percent, number = choice % 100, choice // 100
        if percent < RETURNED_PERCENT:
            kind = TWELVE_KINDS[number % len(TWELVE_KINDS)]
        elif percent < RETURNED_PERCENT + OTHER_REPLIES_PERCENT:
            kind = OTHERS[number % len(OTHERS)]
        else:
            return
        message_id = re.search(rb"^Message-ID: (<\S+>)", octets, re.MULTILINE)[1].decode()
        if kind in TWELVE_KINDS:
            self._returned.write(f"{message_id} {kind}\n")
        deliver(self._maildir, f"{choice}.{kind}", make_report(kind, message_id, recipient))


def start_server(
    folder: Path, host: str, certificate: Path | None, delay: float, seed: int
) -> tuple[int, str]:
    """Start an SMTP server in a process of its own and return its PID and URL."""
    randomness = random.Random(seed)
    faults = AcceptedFile(folder / "faults")

    def script(phase: str, recipient: str) -> str | None:
        roll = randomness.random() * 100
        for number, fault in enumerate(FAULTS.get(phase, [])):
            if number <= roll < number + 1:
                if phase == "DOT" and "drop" in fault:
                    faults.append((recipient, b""))
                return fault
        return None

    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        with os.fdopen(reading) as url:
            return pid, url.read().strip()
    tls = server_tls_context(certificate) if certificate else None
    with SmtpServer(
        script,
        tls=tls,
        implicit_tls=bool(tls),
        host=host,
        delay=delay,
        accepted=AnsweredFile(folder),
    ) as server:
        os.write(writing, (server.url.replace("smtp:", "smtps:") if tls else server.url).encode())
        os.close(writing)
        signal.pause()
    os._exit(0)


def fork_command(campaign: CampaignFiles, arguments: list, namespace: str | None, log: Path) -> int:
    """Fork a command and return its PID; it has all modules already, so that it is killed while it works."""
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
            notify([str(one) for one in arguments])
        except SystemExit as end:
            code = int(end.code or 0)
    finally:
        sys.stdout.flush()
        os._exit(code)


class Storm:
    """The senders of one campaign, and what is done to them."""

    def __init__(self, campaign, arguments, namespaces, randomness: random.Random, members: int) -> None:
        self.members = members
        self.campaign = campaign
        self.arguments = arguments
        self.namespaces = namespaces
        self.randomness = randomness
        self.living: dict[int, str | None] = {}
        self.asleep: dict[int, float] = {}
        self.codes: Counter = Counter()
        self.stops = 0
        self.reader = 0  # the PID of the process that reads reports, if there is one
        self.reader_codes: Counter = Counter()

    @property
    def kills(self) -> int:
        """How many senders were killed."""
        return self.codes[-signal.SIGKILL]

    def run(self, kills: int, seconds: float) -> None:
        """Kill, suspend and restart senders until `kills` were killed and one has finished the campaign."""
        deadline = time.monotonic() + seconds
        done = False
        while (self.kills < kills or not done) and time.monotonic() < deadline:
            done = self._reap() or done
            if done and self.kills >= kills:
                break
            if not done:
                for namespace in self.namespaces:
                    if namespace not in self.living.values() or not namespace:
                        self._start(namespace)
            elif not self.living:
                break
            time.sleep(self.randomness.uniform(0.15, 0.35))
            self._wake_sleepers()
            self._start_or_kill_reader()
            # Spread over the whole campaign, however fast this machine is.
            if self._count_accepted() * (kills + 1) >= self.members * self.kills:
                self._strike_one(kills)
        self._wait_for_all()

    def _wait_for_all(self) -> None:
        for pid in list(self.living):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        while self.living:
            self._reap(wait=True)
        if self.reader:
            self.reader_codes[os.waitstatus_to_exitcode(os.waitpid(self.reader, 0)[1])] += 1

    def _start_or_kill_reader(self) -> None:
        """Have some process read the reports most of the time; kill every other one at some point."""
        if not self.reader:
            if (self.campaign.folder / "Maildir" / "new").is_dir():
                log = self.campaign.folder / "log"
                self.reader = fork_command(
                    self.campaign, build_reading(self.campaign), self.namespaces[0], log
                )
            return
        if self.randomness.random() < 0.3:
            os.kill(self.reader, signal.SIGKILL)
        ended, status = os.waitpid(self.reader, os.WNOHANG)
        if ended:
            self.reader = 0
            self.reader_codes[os.waitstatus_to_exitcode(status)] += 1

    def _count_accepted(self) -> int:
        accepted = self.campaign.folder / "accepted"
        return accepted.read_bytes().count(b"\n") if accepted.exists() else 0

    def _start(self, namespace: str | None) -> None:
        if list(self.living.values()).count(namespace) < self.namespaces.count(namespace):
            log = self.campaign.folder / "log"
            self.living[fork_command(self.campaign, self.arguments, namespace, log)] = namespace

    def _strike_one(self, kills: int) -> None:
        awake = [pid for pid in self.living if pid not in self.asleep]
        if not awake or self.kills >= kills:
            return
        victim = self.randomness.choice(awake)
        if self.randomness.random() < 0.15:
            os.kill(victim, signal.SIGSTOP)
            self.asleep[victim] = time.monotonic() + LEASE * 1.5
            self.stops += 1
        else:
            os.kill(victim, signal.SIGKILL)

    def _wake_sleepers(self) -> None:
        for pid, when in list(self.asleep.items()):
            if time.monotonic() > when:
                del self.asleep[pid]
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def _reap(self, *, wait: bool = False) -> bool:
        """Reap the senders that ended; return whether one of them found the campaign finished."""
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


def build_reading(campaign: CampaignFiles) -> list:
    """Return the command that reads the reports."""
    return ["bounces", "--ledger", campaign.ledger, "--maildir", campaign.folder / "Maildir"]


@contextlib.contextmanager
def network():
    """Create two hosts, as network namespaces, that reach the servers of this one over a link."""
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


def compare(campaign: CampaignFiles, folder: Path, storm: Storm, members: int) -> dict:
    """Compare the ledger with what the SMTP server accepted and returned."""
    accepted = Counter((folder / "accepted").read_text().split())
    faults = set((folder / "faults").read_text().split()) if (folder / "faults").exists() else set()
    ended = campaign.run("status", "--format", "json")
    status = json.loads(ended.out)["campaigns"][0]
    counts = {state: number for state, number in status["counts"].items() if number}
    doubts = {doubt["address"] for doubt in status["in_doubt"]}
    everybody = {f"member{n}@example.no" for n in range(members)}
    kinds = dict(line.split() for line in (folder / "returned").read_text().splitlines())
    states = read_states(campaign)
    returned = {message_id for message_id, state in states.items() if state == "returned"}
    return {
        "addressees": members,
        "kills": storm.kills,
        "stops": storm.stops,
        "lost": len(everybody - set(accepted) - doubts) + (members - sum(counts.values())),
        "duplicates": sum(number - 1 for number in accepted.values()),
        "in_doubt_after_kills": len(doubts - faults),
        "in_doubt_by_fault": len(doubts & faults),
        "maximum_allowed": (storm.kills + storm.stops) * CONNECTIONS,
        "returned": len(returned),
        "kinds": len(set(kinds.values())),
        "not_recognized": len(set(kinds) - returned),
        "falsely_recognized": len(returned - set(kinds)),
        "wrong_member_keys": count_wrong_member_keys(campaign, everybody),
        "in_no_part_of_coverage": members - count_coverage(campaign),
        "readers_killed": storm.reader_codes[-signal.SIGKILL],
        "counts": counts,
        "ends": {str(code): number for code, number in sorted(storm.codes.items())},
        "reader_ends": {str(code): number for code, number in sorted(storm.reader_codes.items())},
    }


def read_states(campaign: CampaignFiles) -> dict[str, str]:
    """Return the state of every letter by its Message-ID."""
    database = open_database(campaign.ledger, create=False)
    try:
        with database.transaction() as connection:
            rows = connection.execute(
                select(delivery_table.c.key, delivery_table.c.state, campaign_table.c.sender_domain).join(
                    campaign_table, campaign_table.c.id == delivery_table.c.campaign
                )
            )
            return {build_message_id(key, domain): state for key, state, domain in rows}
    finally:
        database.close()


def count_wrong_member_keys(campaign: CampaignFiles, everybody: set[str]) -> int:
    """Count the deliveries that the website would not recognize, and the members that have none."""
    beside = campaign.folder / "notify.db.key"
    key = parse_key(campaign.key or beside.read_text())
    expected = {key.build_member_key("2.0", address) for address in everybody}
    database = open_database(campaign.ledger, create=False)
    try:
        with database.transaction() as connection:
            found = Counter(connection.execute(select(delivery_table.c.member)).scalars())
            return (found - Counter(expected)).total() + (Counter(expected) - found).total()
    finally:
        database.close()


def count_coverage(campaign: CampaignFiles) -> int:
    """Return how many people `coverage` has, in all its parts."""
    ended = campaign.run("coverage", "--letter", campaign.letter, "--format", "json")
    found = json.loads(ended.out)
    parts = [found[name] for name in ("acknowledged", "shown_at_login", "mailed", "returned")]
    return sum([*parts, found["not_concerned"]["total"], found["still_to_be_told"]["total"]])


def read_reports_to_the_end(campaign: CampaignFiles) -> None:
    """Read all reports once more, and once again, which must change nothing."""
    for changed in (True, False):
        ended = campaign.run("bounces", "--maildir", campaign.folder / "Maildir")
        assert ended.code == 0, ended.err
        assert changed or ended.out.startswith("0 returned, "), ended.out


def run_storm(database: str, members: int, kills: int, processes: int, delay: float, seed: int) -> dict:
    """Run one storm on one kind of database and return the comparison."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="storm-")))
        places: list[str | None] = [None] * processes
        host, certificate, key = "127.0.0.1", None, ""
        url = f"sqlite:///{folder / 'notify.db'}"
        if database == "postgresql":
            stack.enter_context(network())
            places = [NAMESPACES[number % 2] for number in range(processes)]
            postgresql = stack.enter_context(servers.postgresql(f"127.0.0.1,{HUB}"))
            host, key = HUB, "k" * 32
            certificate = create_certificate(folder, f"IP:{HUB}")
            url = postgresql.database().replace("127.0.0.1", HUB)
        server_pid, smtp = start_server(folder, host, certificate, delay, seed)
        stack.callback(os.waitpid, server_pid, 0)
        stack.callback(os.kill, server_pid, signal.SIGKILL)
        campaign = create_campaign(folder, members, ledger=url, key=key)
        options = ["--connections", CONNECTIONS, "--lease", LEASE, "--retry-after", 0.5]
        options += ["--ca", certificate] if certificate else []
        storm = Storm(
            campaign,
            campaign.send_arguments(smtp, members, *options),
            places,
            random.Random(seed),
            members,
        )
        began = time.monotonic()
        storm.run(kills, 1200)
        for _ in range(20):
            ended = os.waitstatus_to_exitcode(
                os.waitpid(fork_command(campaign, storm.arguments, places[0], folder / "log"), 0)[1]
            )
            if ended in (0, 3):
                break
        read_reports_to_the_end(campaign)
        result = {"database": database, "processes": processes} | compare(campaign, folder, storm, members)
        result["seconds"] = round(time.monotonic() - began)
        if (
            storm.codes[1]
            or storm.codes[70]
            or set(storm.reader_codes) - {0, 75, -signal.SIGKILL}
            or "Traceback" in (folder / "log").read_text()
        ):
            result["log"] = (folder / "log").read_text()[-3000:]
        return result


_COLUMNS = (
    "database",
    "processes",
    "addressees",
    "kills",
    "stops",
    "lost",
    "duplicates",
    "in_doubt_after_kills",
    "maximum_allowed",
    "returned",
    "not_recognized",
    "falsely_recognized",
    "readers_killed",
)
_MARKS = ("<!-- storm -->", "<!-- /storm -->")


def format_table(results: list[dict]) -> str:
    """Format results as a Markdown table."""
    rows = [[str(result[column]) for column in _COLUMNS] for result in results]
    heads = [column.replace("_", " ") for column in _COLUMNS]
    return "\n".join("| " + " | ".join(row) + " |" for row in [heads, ["---"] * len(heads), *rows])


def write_table(path: Path, results: list[dict]) -> None:
    """Replace the table in a page, between its marks."""
    before, _, rest = path.read_text().partition(_MARKS[0])
    _, _, after = rest.partition(_MARKS[1])
    path.write_text(f"{before}{_MARKS[0]}\n\n{format_table(results)}\n\n{_MARKS[1]}{after}")


@click.command()
@click.argument("databases", nargs=-1, type=click.Choice(["sqlite", "postgresql"]))
@click.option("--members", default=300)
@click.option("--kills", default=10)
@click.option("--processes", default=2)
@click.option("--delay", default=0.01)
@click.option("--seed", default=1)
@click.option("--write", "docs", type=click.Path(path_type=Path))
def main(databases, docs, **options) -> None:
    """Print the result of each storm as a line of JSON; exit with 1 if somebody was lost or mailed twice."""
    results = []
    for database in databases:
        results.append(run_storm(database, **options))
        click.echo(json.dumps(results[-1]))
        if (
            results[-1]["lost"]
            or results[-1]["duplicates"]
            or results[-1]["not_recognized"]
            or results[-1]["falsely_recognized"]
            or results[-1]["wrong_member_keys"]
            or results[-1]["in_no_part_of_coverage"]
            or results[-1]["in_doubt_after_kills"] > results[-1]["maximum_allowed"]
        ):
            raise SystemExit(1)
    if docs:
        write_table(docs, results)


if __name__ == "__main__":
    for module in (
        "bounces",
        "cli_bounces",
        "log_returns",
        "mail_stores",
        "plan",
        "reports",
        "send_run",
    ):  # before the first fork, see fork_command
        __import__(f"notifier.{module}")
    main()

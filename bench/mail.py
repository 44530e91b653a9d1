"""Compare the notification job with smtplib and aiosmtplib senders that have no ledger.

Both peers keep as many connections open and send the same bytes; the SMTP sink discards them. It delays each
reply by the round trip time. `python -m bench.mail [--quick]`.
"""

import asyncio
import json
import os
import resource
import signal
import smtplib
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import aiosmtplib
import click

from tests.notifier.cli import ENTRY, ROOT, run_command
from tests.notifier.factories import CampaignFiles, create_campaign, write_letter

if TYPE_CHECKING:
    from collections.abc import Callable

CONNECTIONS = 16
ROUNDS = 5
_LETTER = (
    "Vi endrer personvernerklæringen fra 22. desember, og her er hva det betyr for deg.\n" * 60
)  # 12 kB printed


class _SmtpSink(asyncio.Protocol):
    """An SMTP server that accepts and discards all mail; it answers pipelined commands together."""

    delay = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.unread = b""
        self.inside = False
        self.reply(b"220 sink\r\n")

    def reply(self, replies: bytes) -> None:
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, self.transport.write, replies)
        else:
            self.transport.write(replies)

    def data_received(self, received: bytes) -> None:
        self.unread += received
        replies = []
        while True:
            if self.inside:
                _, dot, rest = self.unread.partition(b"\r\n.\r\n")
                if not dot:
                    break
                self.inside, self.unread = False, rest
                replies.append(b"250 2.0.0 taken\r\n")
                continue
            line, end, rest = self.unread.partition(b"\r\n")
            if not end:
                break
            self.unread = rest
            verb = line[:4].upper()
            self.inside = verb == b"DATA"
            replies.append(
                {
                    b"EHLO": b"250-sink\r\n250 PIPELINING\r\n",
                    b"DATA": b"354 go\r\n",
                    b"QUIT": b"221 bye\r\n",
                }.get(verb, b"250 ok\r\n")
            )
        if replies:
            self.reply(b"".join(replies))


def start_sink(delay: float) -> tuple[int, int]:
    """Start the SMTP sink in a process of its own; return its pid and its port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    pid = os.fork()
    if pid == 0:
        _SmtpSink.delay = delay

        async def serve() -> None:
            await (await asyncio.get_running_loop().create_server(_SmtpSink, sock=listener)).serve_forever()

        asyncio.run(serve())
    port = listener.getsockname()[1]
    listener.close()
    return pid, port


def time_notifier(campaign: CampaignFiles, port: int, count: int) -> float:
    """Return the seconds of the whole command, its start included."""
    sending = campaign.send_arguments(f"smtp://127.0.0.1:{port}", count, "--connections", CONNECTIONS)
    for file in campaign.folder.glob("notify.db*"):
        file.unlink()
    run_command("plan", *sending[1:5], "--ledger", campaign.ledger)
    start = time.perf_counter()
    ended = run_command(*sending)
    took = time.perf_counter() - start
    assert ended.code == 0, ended
    return took


def time_smtplib(message: bytes, port: int, count: int) -> float:
    """Return the seconds of threads with one smtplib connection each."""
    line: SimpleQueue[str] = SimpleQueue()
    for number in range(count):
        line.put(f"member{number}@example.no")

    def work() -> None:
        with smtplib.SMTP("127.0.0.1", port, local_hostname="bench") as smtp:
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while True:
                try:
                    to = line.get_nowait()
                except Empty:
                    return
                smtp.sendmail("varsel@dinbedrift.example", [to], b"To: <%s>\r\n" % to.encode() + message)

    start = time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start


def time_aiosmtplib(message: bytes, port: int, count: int) -> float:
    """Return the seconds of tasks with one aiosmtplib connection each."""

    async def work(line: list[str]) -> None:
        smtp = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, local_hostname="bench", start_tls=False)
        async with smtp:
            while line:
                to = line.pop()
                await smtp.sendmail(
                    "varsel@dinbedrift.example", [to], b"To: <%s>\r\n" % to.encode() + message
                )

    async def send() -> None:
        line = [f"member{number}@example.no" for number in range(count)]
        await asyncio.gather(*(work(line) for _ in range(CONNECTIONS)))

    start = time.perf_counter()
    asyncio.run(send())
    return time.perf_counter() - start


def compare_senders(delay: float, count: int, rounds: int) -> dict[str, float]:
    """Run the three senders in turn; return messages per second and ratios of time, by their medians."""
    with tempfile.TemporaryDirectory() as name:
        campaign = create_campaign(Path(name), count)
        write_letter(campaign.letter, text=_LETTER)
        message = (campaign.letter / "nb.eml").read_bytes()
        pid, port = start_sink(delay)
        try:
            senders: list[Callable[[], float]] = [
                lambda: time_notifier(campaign, port, count),
                lambda: time_smtplib(message, port, count),
                lambda: time_aiosmtplib(message, port, count),
            ]
            times = [[sender() for sender in senders] for _ in range(rounds)]
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    return {
        "round_trip_ms": delay * 1000,
        "messages": count,
        "ours_per_second": round(statistics.median(count / mine for mine, _, _ in times)),
        "smtplib_per_second": round(statistics.median(count / theirs for _, theirs, _ in times)),
        "aiosmtplib_per_second": round(statistics.median(count / theirs for _, _, theirs in times)),
        "time_over_smtplib": round(statistics.median(mine / theirs for mine, theirs, _ in times), 2),
        "time_over_aiosmtplib": round(statistics.median(mine / theirs for mine, _, theirs in times), 2),
    }


def measure_plan_memory(count: int) -> dict[str, float]:
    """Return the peak memory in MiB and the seconds of `plan` for many addressees."""
    with tempfile.TemporaryDirectory() as name:
        campaign = create_campaign(Path(name), count)
        command = [*ENTRY, "plan", "--letter", campaign.letter, "--recipients", campaign.addressees]
        start = time.perf_counter()
        subprocess.run(
            command,
            check=True,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        took = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"addressees": count, "plan_mib": round(peak), "seconds": round(took, 1)}


@click.command()
@click.option("--quick", is_flag=True, help="Few messages, to check that it works.")
def main(*, quick: bool) -> None:
    """Print one line of JSON per comparison."""
    click.echo(json.dumps(measure_plan_memory(10_000 if quick else 1_000_000)))
    sys.stdout.flush()
    click.echo(json.dumps(compare_senders(0.0, 500 if quick else 4000, 1 if quick else ROUNDS)))
    sys.stdout.flush()
    click.echo(json.dumps(compare_senders(0.01, 500 if quick else 3000, 1 if quick else ROUNDS)))


if __name__ == "__main__":
    main()

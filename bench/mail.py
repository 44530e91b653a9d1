"""Compare the notification job with smtplib and aiosmtplib senders that have no ledger.

Both peers keep as many connections open and send the same bytes; the SMTP sink discards them. It delays each
reply by the round trip time. All three run in this process, so no start of an interpreter is in the figures.
`python -m bench.mail [--quick]`.
"""

from __future__ import annotations

import asyncio
import json
import smtplib
import socket
import statistics
import tempfile
import threading
import time
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import aiosmtplib
import click

from bench.smtp_sink import run_sink
from bench.timing import Figure, Usage, compare
from tests.notifier.cli import run_command
from tests.notifier.factories import CampaignFiles, create_campaign, write_letter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CONNECTIONS = 16
ROUNDS = 5
ROUNDS_WITH_DELAY = 3  # they wait most of the time, so they differ little
_LETTER = (
    "Vi endrer personvernerklæringen fra 22. desember, og her er hva det betyr for deg.\n" * 60
)  # 12 kB printed


def time_notifier(campaign: CampaignFiles, port: int, count: int) -> Usage:
    """Return the time of the whole command."""
    sending = campaign.send_arguments(f"smtp://127.0.0.1:{port}", count, "--connections", CONNECTIONS)
    for file in campaign.folder.glob("notify.db*"):
        file.unlink()
    run_command("plan", *sending[1:5], "--ledger", campaign.ledger)
    start, cpu = time.perf_counter(), time.process_time()
    ended = run_command(*sending)
    usage = Usage(time.perf_counter() - start, time.process_time() - cpu)
    assert ended.code == 0, ended
    return usage


def time_smtplib(message: bytes, port: int, count: int) -> Usage:
    """Return the time of threads with one smtplib connection each."""
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

    start, cpu = time.perf_counter(), time.process_time()
    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Usage(time.perf_counter() - start, time.process_time() - cpu)


def time_aiosmtplib(message: bytes, port: int, count: int) -> Usage:
    """Return the time of tasks with one aiosmtplib connection each."""

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

    start, cpu = time.perf_counter(), time.process_time()
    asyncio.run(send())
    return Usage(time.perf_counter() - start, time.process_time() - cpu)


def compare_senders(delay: float, count: int, rounds: int) -> dict[str, float]:
    """Run the three senders in turn; return messages per second and ratios of time, by their medians."""
    with tempfile.TemporaryDirectory() as name:
        campaign = create_campaign(Path(name), count)
        write_letter(campaign.letter, text=_LETTER)
        message = (campaign.letter / "nb.eml").read_bytes()
        with run_sink(delay) as port:
            senders: list[Callable[[], Usage]] = [
                lambda: time_notifier(campaign, port, count),
                lambda: time_smtplib(message, port, count),
                lambda: time_aiosmtplib(message, port, count),
            ]
            times = [[sender() for sender in senders] for _ in range(rounds)]
    return {
        "round_trip_ms": delay * 1000,
        "messages": count,
        "ours_per_second": round(statistics.median(count / mine.wall for mine, _, _ in times)),
        "smtplib_per_second": round(statistics.median(count / theirs.wall for _, theirs, _ in times)),
        "aiosmtplib_per_second": round(statistics.median(count / theirs.wall for _, _, theirs in times)),
        **_compute_medians("smtplib", [compare(mine, theirs) for mine, theirs, _ in times]),
        **_compute_medians("aiosmtplib", [compare(mine, theirs) for mine, _, theirs in times]),
    }


def _compute_medians(peer: str, rounds: Sequence[Figure]) -> dict[str, float]:
    return {
        f"time_over_{peer}": round(statistics.median(figure.value for figure in rounds), 2),
        f"cpu_over_{peer}": round(statistics.median(figure.cpu or 0 for figure in rounds), 2),
    }


@click.command()
@click.option("--quick", is_flag=True, help="Few messages, to check that it works.")
def main(*, quick: bool) -> None:
    """Print one line of JSON per comparison."""
    click.echo(json.dumps(compare_senders(0.0, 500 if quick else 4000, 1 if quick else ROUNDS)))
    click.echo(json.dumps(compare_senders(0.01, 500 if quick else 3000, 1 if quick else ROUNDS_WITH_DELAY)))


if __name__ == "__main__":
    main()

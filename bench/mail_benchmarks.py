"""The benchmarks of the notification job: sending, and the beginning of a large campaign."""

from __future__ import annotations

import json
import shlex
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bench.rows import Benchmark, TableRow
from bench.smtp_sink import run_sink
from bench.timing import (
    Command,
    Figure,
    Measurement,
    compare,
    measure_usage,
    measure_usage_and_memory,
    run,
)
from bench.workspace import PROJECT, Workspace
from tests.notifier.factories import create_campaign

_SENDING_ROWS = (
    (TableRow("mail, loopback", "smtplib, 16 threads", 0.6), "smtplib", 0),
    (TableRow("mail, loopback", "aiosmtplib, 16 tasks", None), "aiosmtplib", 0),
    (TableRow("mail, round trip of 10 ms", "smtplib, 16 threads", 0.25), "smtplib", 10),
)


def list_mail_benchmarks(workspace: Workspace) -> tuple[Benchmark, ...]:
    """Return the benchmarks of the notification job, in the order of the table."""
    return (_sending_benchmark(workspace), _beginning_benchmark(workspace))


def _sending_benchmark(workspace: Workspace) -> Benchmark:
    quick = ("--quick",) if workspace.size == "small" else ()
    command = Command(("env", "-C", str(PROJECT), sys.executable, "-m", "bench.mail", *quick))

    def measure() -> list[Measurement]:
        lines = [json.loads(line) for line in run(command.line).splitlines()]
        return [_find_figure(lines, peer, delay) for _, peer, delay in _SENDING_ROWS]

    return Benchmark("mail", tuple(row for row, _, _ in _SENDING_ROWS), measure, (command,))


def _find_figure(lines: Sequence[dict[str, float]], peer: str, delay: float) -> Measurement:
    for line in lines:
        if line["round_trip_ms"] == delay:
            return (Figure(line[f"time_over_{peer}"], line[f"cpu_over_{peer}"]),)
    return f"bench.mail measures no round trip of {delay} ms"


def _beginning_benchmark(workspace: Workspace) -> Benchmark:
    count = 10_000 if workspace.size == "small" else 1_000_000
    work = f"mail: `plan` and start of `send`, {count:,} addressees"
    rows = (
        # 0.6 of what it was before the work on speed began: 67.6 CPU seconds, 16.6 times those of the script.
        TableRow(work, "a script that reads the list into SQLite", 10),
        TableRow(f"{work}: most memory of a process", "–", 60, " MiB"),
    )
    return Benchmark("mail-start", rows, partial(_measure_beginning, count))


def _measure_beginning(count: int) -> list[Measurement]:
    """Plan a campaign and send its first letter; the script reads the same list."""
    with tempfile.TemporaryDirectory() as name, run_sink() as port:
        campaign = create_campaign(Path(name), count)
        program = [sys.executable, str(PROJECT / "build.py"), "notify"]
        sending = campaign.send_arguments(f"smtp://127.0.0.1:{port}", count, "--limit", 1)
        planning = ["plan", *sending[1:5]]
        script = f"{_join(program, planning)} && {_join(program, sending)}"
        usage, memory = measure_usage_and_memory(Command(("sh", "-c", script)))
        database = Path(name) / "plain.db"
        plain = (sys.executable, str(PROJECT / "bench" / "list_import.py"))
        theirs = measure_usage(Command((*plain, str(campaign.addressees), str(database))))
    return [(compare(usage, theirs),), (Figure(memory),)]


def _join(program: Sequence[str], arguments: Sequence[object]) -> str:
    return shlex.join([*program, *map(str, arguments)])

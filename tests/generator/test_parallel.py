"""Worker processes end when their parent is killed, and release what it had locked."""

from __future__ import annotations

import fcntl
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).parents[2]
SLOW = """
import fcntl, sys, time
from generator.parallel import parallel_map

def slow(number):
    print(number, flush=True)
    time.sleep(0.1)

with open(sys.argv[1], "w") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    list(parallel_map(slow, range(10_000), 2, 1))
"""


def _is_free(lock: Path) -> bool:
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def test_worker_processes_end_with_a_killed_parent(tmp_path):
    lock = tmp_path / "lock"
    command = [sys.executable, "-c", SLOW, lock]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        assert not _is_free(lock)
        process.kill()
        # They share its standard output, which ends when the last of them has ended.
        process.stdout.read()
    until = time.monotonic() + 600
    while not _is_free(lock) and time.monotonic() < until:
        time.sleep(0.05)
    assert _is_free(lock)

"""A parallel map gives what a plain one gives, or one error; no process, lock or wait outlives it."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import TryLaterError
from common.machine_faults import describe_machine_fault
from generator.parallel import parallel_map
from tests.helpers.long_tests import choose_examples

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


def square(number: int) -> int:
    return number * number


@choose_examples(20, 80)
@given(st.integers(0, 40), st.integers(1, 50), st.integers(0, 5))
def test_results_are_those_of_a_plain_map_in_order(count, jobs, serial_limit):
    numbers = list(range(count))
    assert list(parallel_map(square, numbers, jobs, serial_limit)) == [number * number for number in numbers]


def list_open_descriptors() -> set[str]:
    return set(os.listdir("/proc/self/fd"))  # noqa: PTH208


def fail_at(number: int):
    """Return a function that raises or kills its process at one number."""

    def compute(item: int) -> int:
        if item == number:
            raise ValueError("this one", item)
        return item

    return compute


def test_an_error_in_a_process_is_raised_here_and_says_where():
    before = list_open_descriptors()
    with pytest.raises(ValueError, match="this one") as caught:
        list(parallel_map(fail_at(17), range(40), 3, 1))
    assert caught.value.args == ("this one", 17)
    assert "in compute" in caught.value.__notes__[0]
    assert list_open_descriptors() == before


class UnpicklableError(Exception):
    def __init__(self, one: str, other: str) -> None:
        super().__init__(one + other)


def test_an_error_that_cannot_be_sent_is_told_in_words():
    def fail(_: int) -> None:
        raise UnpicklableError("one", "other")

    with pytest.raises(RuntimeError, match="oneother"):
        list(parallel_map(fail, range(40), 2, 1))


@pytest.mark.parametrize("number", [0, 1, 20, 39])
@pytest.mark.parametrize("jobs", [2, 5])
def test_a_process_that_is_killed_ends_in_one_error(number, jobs):
    def die(item: int) -> int:
        if item == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    before = list_open_descriptors()
    with pytest.raises(TryLaterError, match="a build process was killed; build again"):
        list(parallel_map(die, range(40), jobs, 1))
    assert list_open_descriptors() == before


def test_a_process_that_ends_without_a_word_ends_in_one_error():
    with pytest.raises(TryLaterError, match="a build process was killed"):
        list(parallel_map(lambda item: os._exit(0) if item == 3 else item, range(40), 2, 1))


@pytest.mark.parametrize("started", [0, 1, 2])
@pytest.mark.parametrize("code", [errno.EAGAIN, errno.ENOMEM])
def test_those_that_could_be_started_do_all_the_work(started, code, monkeypatch):
    fork, forks = os.fork, []

    def fork_or_fail() -> int:
        if len(forks) == started:
            raise OSError(code, os.strerror(code))
        forks.append(1)
        return fork()

    monkeypatch.setattr(os, "fork", fork_or_fail)
    before = list_open_descriptors()
    assert list(parallel_map(square, range(40), 4, 1)) == [number * number for number in range(40)]
    assert len(forks) == started
    assert list_open_descriptors() == before


@pytest.mark.parametrize("opened", [0, 1, 2, 3, 4, 5])
def test_too_few_file_descriptors_mean_fewer_processes(opened, monkeypatch):
    pipe, pipes = os.pipe, []

    def pipe_or_fail() -> tuple[int, int]:
        if len(pipes) == opened:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        pipes.append(1)
        return pipe()

    monkeypatch.setattr(os, "pipe", pipe_or_fail)
    before = list_open_descriptors()
    assert list(parallel_map(square, range(40), 8, 1)) == [number * number for number in range(40)]
    assert list_open_descriptors() == before


def test_no_process_goes_on_when_nobody_wants_its_results():
    with closing(parallel_map(lambda item: (item, os.getpid()), range(1000), 4, 1)) as results:
        _, process = next(results)
        assert process != os.getpid()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_results_arrive_though_the_system_reaps_the_processes():
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert list(parallel_map(square, range(40), 3, 1)) == [number * number for number in range(40)]
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_an_interrupt_in_a_process_group_is_left_to_the_parent():
    def interrupt(item: int) -> int:
        os.kill(os.getpid(), signal.SIGINT)
        return item

    assert list(parallel_map(interrupt, range(10), 2, 1)) == list(range(10))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, ""), "the disk is full"),
        (OSError(errno.EMFILE, ""), "too many files are open"),
        (MemoryError(), "too little memory"),
        (OSError(errno.ENOENT, ""), ""),
        (ValueError(), ""),
    ],
)
def test_a_fault_of_the_machine_is_told_apart_from_others_also_as_a_cause(error, words):
    assert words in describe_machine_fault(error)
    assert bool(describe_machine_fault(error)) is bool(words)
    hidden = ImportError("cannot initialise")
    hidden.__cause__ = error
    assert describe_machine_fault(hidden) == describe_machine_fault(error)

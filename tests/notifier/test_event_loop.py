"""One thread for all: who may go on, who waits, and what one who fails means to the others."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from notifier.event_loop import READABLE, ROUND_END, WRITABLE, Wait, run_in_thread, run_tasks, sleep


def nothing():
    return None


def test_tasks_take_turns_and_meet_at_the_end_of_the_round():
    told = []

    def task(name, pauses):
        for _ in range(pauses):
            told.append(f"{name} pauses")
            yield from sleep(0.01)
        told.append(f"{name} arrives")
        yield ROUND_END
        told.append(f"{name} goes on")

    readable, other = socket.socketpair()
    other.sendall(b"x")

    def reads():
        yield Wait(time.monotonic() + 9, readable, READABLE)
        told.append("c reads")
        yield ROUND_END
        told.append("c goes on")

    with readable, other:
        run_tasks([task("a", 0), task("b", 0), reads()], nothing)
    assert told == ["a arrives", "b arrives", "c reads", "a goes on", "b goes on", "c goes on"]


def test_the_end_of_a_round_waits_for_no_sleeper():
    told = []

    def sleeper():
        yield from sleep(0.2)
        told.append("awake")

    def worker():
        for number in range(3):
            yield ROUND_END
            told.append(number)

    run_tasks([sleeper(), worker()], nothing)
    assert told == [0, 1, 2, "awake"]


def test_a_pause_lasts_as_long_as_it_should():
    began = time.monotonic()
    run_tasks([sleep(0.15), sleep(0.05)], nothing)
    assert time.monotonic() - began >= 0.15


def test_a_socket_is_waited_for_until_the_moment_and_no_longer():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        told = []

        def waits(name, events, seconds):
            until = time.monotonic() + seconds
            yield Wait(until, ours, events)
            told.append((name, time.monotonic() >= until))

        run_tasks([waits("silent", READABLE, 0.1)], nothing)
        theirs.sendall(b"x")
        run_tasks([waits("writable", WRITABLE, 60)], nothing)
        run_tasks([waits("readable", READABLE, 60)], nothing)
    assert told == [("silent", True), ("writable", False), ("readable", False)]


def test_a_look_is_taken_now_and_then_while_all_wait_and_while_all_work():
    looks = []

    def busy(until):
        while time.monotonic() < until:
            yield ROUND_END

    run_tasks([sleep(0.55)], lambda: looks.append("waiting"))
    run_tasks([busy(time.monotonic() + 0.55)], lambda: looks.append("working"))
    assert 1 <= looks.count("waiting") <= 6
    assert 1 <= looks.count("working") <= 6


def test_what_one_raises_is_raised_when_the_others_have_ended():
    told = []

    def fails(name):
        yield from sleep(0.01)
        raise ZeroDivisionError(name)

    def works():
        yield from sleep(0.1)
        told.append("done")

    with pytest.raises(ZeroDivisionError, match="first"):
        run_tasks([fails("first"), fails("second"), works()], nothing)
    assert told == ["done"]


def test_what_blocks_is_done_elsewhere_while_others_go_on():
    told = []

    def asks(pool):
        told.append((yield from run_in_thread(pool, lambda: time.sleep(0.2) or "slow")))

    def works():
        for number in range(3):
            yield ROUND_END
            told.append(number)

    with ThreadPoolExecutor(1) as pool:
        run_tasks([asks(pool), works()], nothing)
    assert told == [0, 1, 2, "slow"]


def test_what_fails_elsewhere_fails_where_it_was_asked_for():
    with ThreadPoolExecutor(1) as pool, pytest.raises(ZeroDivisionError):
        run_tasks([run_in_thread(pool, lambda: 1 / 0)], nothing)

"""The event loop: which task runs, which waits, and what the failure of one means for the others."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from notifier.event_loop import READABLE, ROUND_END, WRITABLE, Wait, run_in_thread, run_tasks, sleep


def nothing():
    return None


def test_tasks_take_turns_and_meet_at_the_end_of_the_round():
    events = []

    def task(name, pauses):
        for _ in range(pauses):
            events.append(f"{name} pauses")
            yield from sleep(0.01)
        events.append(f"{name} arrives")
        yield ROUND_END
        events.append(f"{name} goes on")

    readable, other = socket.socketpair()
    other.sendall(b"x")

    def reads():
        yield Wait(time.monotonic() + 9, readable, READABLE)
        events.append("c reads")
        yield ROUND_END
        events.append("c goes on")

    with readable, other:
        run_tasks([task("a", 0), task("b", 0), reads()], nothing)
    assert events == ["a arrives", "b arrives", "c reads", "a goes on", "b goes on", "c goes on"]


def test_the_end_of_a_round_does_not_wait_for_sleeping_tasks():
    events = []

    def sleeper():
        yield from sleep(0.2)
        events.append("awake")

    def worker():
        for number in range(3):
            yield ROUND_END
            events.append(number)

    run_tasks([sleeper(), worker()], nothing)
    assert events == [0, 1, 2, "awake"]


def test_a_task_sleeps_as_long_as_it_asked_for():
    began = time.monotonic()
    run_tasks([sleep(0.15), sleep(0.05)], nothing)
    assert time.monotonic() - began >= 0.15


def test_a_socket_is_waited_for_until_the_deadline():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        woken = []

        def waits(name, events, seconds):
            until = time.monotonic() + seconds
            yield Wait(until, ours, events)
            woken.append((name, time.monotonic() >= until))

        run_tasks([waits("silent", READABLE, 0.1)], nothing)
        theirs.sendall(b"x")
        run_tasks([waits("writable", WRITABLE, 60)], nothing)
        run_tasks([waits("readable", READABLE, 60)], nothing)
    assert woken == [("silent", True), ("writable", False), ("readable", False)]


def test_ticks_come_while_all_tasks_wait_and_while_all_work():
    ticks = []

    def busy(until):
        while time.monotonic() < until:
            yield ROUND_END

    run_tasks([sleep(0.55)], lambda: ticks.append("waiting"))
    run_tasks([busy(time.monotonic() + 0.55)], lambda: ticks.append("working"))
    assert 1 <= ticks.count("waiting") <= 6
    assert 1 <= ticks.count("working") <= 6


def test_the_exception_of_a_task_is_raised_when_the_others_have_ended():
    events = []

    def fails(name):
        yield from sleep(0.01)
        raise ZeroDivisionError(name)

    def works():
        yield from sleep(0.1)
        events.append("done")

    with pytest.raises(ZeroDivisionError, match="first"):
        run_tasks([fails("first"), fails("second"), works()], nothing)
    assert events == ["done"]


def test_blocking_work_runs_in_a_thread_while_other_tasks_go_on():
    events = []

    def asks(pool):
        events.append((yield from run_in_thread(pool, lambda: time.sleep(0.2) or "slow")))

    def works():
        for number in range(3):
            yield ROUND_END
            events.append(number)

    with ThreadPoolExecutor(1) as pool:
        run_tasks([asks(pool), works()], nothing)
    assert events == [0, 1, 2, "slow"]


def test_an_exception_in_a_thread_is_raised_in_its_task():
    with ThreadPoolExecutor(1) as pool, pytest.raises(ZeroDivisionError):
        run_tasks([run_in_thread(pool, lambda: 1 / 0)], nothing)

"""One thread for all: who may go on, who waits, and what one who fails means to the others."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from notifier import loop
from notifier.loop import READABLE, ROUND_END, WRITABLE, Wait


def nothing():
    return None


def test_tasks_take_turns_and_meet_at_the_end_of_the_round():
    told = []

    def task(name, pauses):
        for _ in range(pauses):
            told.append(f"{name} pauses")
            yield from loop.pause(0.01)
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
        loop.run([task("a", 0), task("b", 0), reads()], nothing)
    assert told == ["a arrives", "b arrives", "c reads", "a goes on", "b goes on", "c goes on"]


def test_the_end_of_a_round_waits_for_no_sleeper():
    told = []

    def sleeper():
        yield from loop.pause(0.2)
        told.append("awake")

    def worker():
        for number in range(3):
            yield ROUND_END
            told.append(number)

    loop.run([sleeper(), worker()], nothing)
    assert told == [0, 1, 2, "awake"]


def test_a_pause_lasts_as_long_as_it_should():
    began = time.monotonic()
    loop.run([loop.pause(0.15), loop.pause(0.05)], nothing)
    assert time.monotonic() - began >= 0.15


def test_a_socket_is_waited_for_until_the_moment_and_no_longer():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        told = []

        def waits(name, events, seconds):
            until = time.monotonic() + seconds
            yield Wait(until, ours, events)
            told.append((name, time.monotonic() >= until))

        loop.run([waits("silent", READABLE, 0.1)], nothing)
        theirs.sendall(b"x")
        loop.run([waits("writable", WRITABLE, 60)], nothing)
        loop.run([waits("readable", READABLE, 60)], nothing)
    assert told == [("silent", True), ("writable", False), ("readable", False)]


def test_a_look_is_taken_now_and_then_while_all_wait_and_while_all_work():
    looks = []

    def busy(until):
        while time.monotonic() < until:
            yield ROUND_END

    loop.run([loop.pause(0.55)], lambda: looks.append("waiting"))
    loop.run([busy(time.monotonic() + 0.55)], lambda: looks.append("working"))
    assert 1 <= looks.count("waiting") <= 6
    assert 1 <= looks.count("working") <= 6


def test_what_one_raises_is_raised_when_the_others_have_ended():
    told = []

    def fails(name):
        yield from loop.pause(0.01)
        raise ZeroDivisionError(name)

    def works():
        yield from loop.pause(0.1)
        told.append("done")

    with pytest.raises(ZeroDivisionError, match="first"):
        loop.run([fails("first"), fails("second"), works()], nothing)
    assert told == ["done"]


def test_what_blocks_is_done_elsewhere_while_others_go_on():
    told = []

    def asks(pool):
        told.append((yield from loop.elsewhere(pool, lambda: time.sleep(0.2) or "slow")))

    def works():
        for number in range(3):
            yield ROUND_END
            told.append(number)

    with ThreadPoolExecutor(1) as pool:
        loop.run([asks(pool), works()], nothing)
    assert told == [0, 1, 2, "slow"]


def test_what_fails_elsewhere_fails_where_it_was_asked_for():
    with ThreadPoolExecutor(1) as pool, pytest.raises(ZeroDivisionError):
        loop.run([loop.elsewhere(pool, lambda: 1 / 0)], nothing)

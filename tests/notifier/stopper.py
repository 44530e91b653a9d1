"""Runs a command that dies, or falls asleep, at a named step: `stopper.py STEP NTH SIGNAL -- COMMAND…`.

The steps are functions of the notifier, before and after: `desk.hand:after`, `session.Session.dot:before`, …
"""

import contextlib
import functools
import importlib
import inspect
import os
import signal
import sys
import threading

STEPS = {
    "freeze": ("notifier.register", "freeze"),
    "begin": ("notifier.ledger", "begin"),
    "claim": ("notifier.ledger", "claim"),
    "renew": ("notifier.ledger", "renew"),
    "connect": ("notifier.smtp", "connect"),
    "open": ("notifier.session", "Session.open"),
    "write": ("notifier.session", "Session.write"),
    "hand": ("notifier.ledger", "hand"),
    "handed": ("notifier.desk", "Desk.hand"),
    "silent": ("notifier.session", "Session.silent"),
    "dot": ("notifier.session", "Session.dot"),
    "answer": ("notifier.session", "Session._read"),
    "judge": ("notifier.judge", "Judge.answered"),
    "settle": ("notifier.ledger", "settle"),
    "leave": ("notifier.desk", "Desk.leave"),
    "end": ("notifier.ledger", "end"),
}


def arm(step: str, nth: int, number: int) -> None:
    name, _, when = step.partition(":")
    module, path = STEPS[name]
    holder = importlib.import_module(module)
    *parents, attribute = path.split(".")
    for parent in parents:
        holder = getattr(holder, parent)
    original = getattr(holder, attribute)
    calls = [0]
    lock = threading.Lock()

    @contextlib.contextmanager
    def step_taken():
        with lock:  # those that dial are threads
            calls[0] += 1
            mine = calls[0] == nth
        if mine and when == "before":
            os.kill(os.getpid(), number)
        try:
            yield
        finally:
            if mine and when == "after":
                os.kill(os.getpid(), number)

    @functools.wraps(original)
    def call(*arguments, **options):
        with step_taken():
            return original(*arguments, **options)

    @functools.wraps(original)
    def wait(*arguments, **options):
        with step_taken():
            return (yield from original(*arguments, **options))

    setattr(holder, attribute, wait if inspect.isgeneratorfunction(original) else call)


if __name__ == "__main__":
    step, nth, number, *arguments = sys.argv[1:]
    arm(step, int(nth), getattr(signal, number))
    from notifier.commands import notify

    notify(arguments)

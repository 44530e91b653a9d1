"""Runs a command that dies, or falls asleep, at a named step: `stopper.py STEP NTH SIGNAL -- COMMAND…`.

The steps are functions of the notifier, before and after: `desk.hand:after`, `smtp.Session.dot:before`, …
"""

import functools
import importlib
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
    "open": ("notifier.smtp", "Session.open"),
    "write": ("notifier.smtp", "Session.write"),
    "hand": ("notifier.ledger", "hand"),
    "handed": ("notifier.desk", "Desk.hand"),
    "silent": ("notifier.smtp", "Session.silent"),
    "dot": ("notifier.smtp", "Session.dot"),
    "answer": ("notifier.smtp", "Session._read"),
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

    @functools.wraps(original)
    def wrapped(*arguments, **options):
        with lock:
            calls[0] += 1
            mine = calls[0] == nth
        if mine and when == "before":
            os.kill(os.getpid(), number)
        try:
            return original(*arguments, **options)
        finally:
            if mine and when == "after":
                os.kill(os.getpid(), number)

    setattr(holder, attribute, wrapped)


if __name__ == "__main__":
    step, nth, number, *arguments = sys.argv[1:]
    arm(step, int(nth), getattr(signal, number))
    from notifier.commands import notify

    notify(arguments)

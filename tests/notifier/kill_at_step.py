"""Run a command that kills or suspends itself at a step: `kill_at_step.py STEP:WHEN NTH SIGNAL COMMAND…`.

The steps are functions of the notifier, WHEN is `before` or `after`: `mark:after`, `dot:before`, …
"""

import contextlib
import functools
import importlib
import inspect
import os
import signal
import sys
import threading

# A function is replaced where it is used: modules import functions by name.
STEPS = {
    "freeze": ("notifier.plan", "freeze_campaign"),
    "start_run": ("notifier.ledger_session", "start_run"),
    "claim": ("notifier.ledger_session", "claim_deliveries"),
    "renew": ("notifier.ledger_session", "renew_lease"),
    "connect": ("notifier.relay", "connect"),
    "open": ("notifier.smtp", "SmtpConnection.open_transaction"),
    "write": ("notifier.smtp", "SmtpConnection.write"),
    "mark_row": ("notifier.ledger_session", "mark_sending"),
    "mark": ("notifier.ledger_session", "LedgerSession.mark_sending"),
    "silent": ("notifier.smtp", "SmtpConnection.close_unless_silent"),
    "dot": ("notifier.smtp", "SmtpConnection.send_dot"),
    "reply": ("notifier.smtp", "SmtpConnection._read_reply"),
    "record": ("notifier.outcomes", "OutcomeRecorder.record_reply"),
    "write_results": ("notifier.ledger_session", "record_results"),
    "close": ("notifier.ledger_session", "LedgerSession.close"),
    "end_run": ("notifier.ledger_session", "end_run"),
    "erase": ("notifier.ledger_session", "erase_traces"),
}
# Steps that only tests/notifier/test_personal_data.py interrupts.
ERASURE_STEPS = {
    "rewrite": ("notifier.erasure", "_rewrite_files"),
    "close_campaign": ("notifier.reports", "close_campaign"),
    "erase_purged": ("notifier.reports", "erase_traces"),
}


def arm(step: str, nth: int, number: int) -> None:
    name, _, when = step.partition(":")
    module, path = (STEPS | ERASURE_STEPS)[name]
    holder = importlib.import_module(module)
    *parents, attribute = path.split(".")
    for parent in parents:
        holder = getattr(holder, parent)
    original = getattr(holder, attribute)
    calls = [0]
    lock = threading.Lock()

    @contextlib.contextmanager
    def step_taken():
        with lock:  # connecting happens in threads
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
    from notifier.cli import notify

    notify(arguments)

"""The group of the commands under `notify`: options in, one line for each result out.

Each command is imported when it is used, and imports what it needs when it runs, so that `--help` answers at
once. `status` is the only command that prints addresses; none prints a secret.
"""

from __future__ import annotations

import click

from common.cli import LazyCommand
from notifier.command_group import NotifyGroup


@click.group(
    cls=NotifyGroup,
    lazy_commands={
        "bounces": LazyCommand("notifier.cli_bounces:bounces"),
        "coverage": LazyCommand("notifier.cli_people:coverage"),
        "lookup": LazyCommand("notifier.cli_people:lookup"),
        "plan": LazyCommand("notifier.cli_plan:plan"),
        "proof": LazyCommand("notifier.cli_ledger:proof"),
        "purge": LazyCommand("notifier.cli_ledger:purge"),
        "reconcile": LazyCommand("notifier.cli_ledger:reconcile"),
        "send": LazyCommand("notifier.cli_send:send"),
        "status": LazyCommand("notifier.cli_ledger:status"),
        "test": LazyCommand("notifier.cli_trial:send_test"),
        "unfreeze": LazyCommand("notifier.cli_plan:unfreeze"),
    },
)
def notify() -> None:
    """Mail the letter of a version to its addressees, and prove that it was sent.

    Every addressee is in one durable state at every moment. Nobody is mailed twice unless you choose to
    resend deliveries that are in doubt.
    """

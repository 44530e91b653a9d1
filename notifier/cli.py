"""The group of the commands under `notify`: options in, one line for each result out.

Each command is imported when it is used, and imports what it needs when it runs, so that `--help` answers at
once. `status` is the only command that prints addresses; none prints a secret.
"""

from __future__ import annotations

import click

from notifier.command_group import NotifyGroup


@click.group(
    cls=NotifyGroup,
    short_help="Mail the letter of a version to its addressees.",
    lazy_commands={
        "bounces": "notifier.cli_bounces:bounces",
        "coverage": "notifier.cli_people:coverage",
        "lookup": "notifier.cli_people:lookup",
        "plan": "notifier.cli_plan:plan",
        "proof": "notifier.cli_ledger:proof",
        "purge": "notifier.cli_ledger:purge",
        "reconcile": "notifier.cli_ledger:reconcile",
        "send": "notifier.cli_send:send",
        "status": "notifier.cli_ledger:status",
        "test": "notifier.cli_trial:send_test",
        "unfreeze": "notifier.cli_plan:unfreeze",
    },
)
def notify() -> None:
    """Mail the letter of a version to its addressees, and prove that it was sent.

    Every addressee is in one durable state at every moment. Nobody is mailed twice unless you choose to
    resend deliveries that are in doubt.
    """

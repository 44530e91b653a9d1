"""What must hold before the first letter of a campaign is sent: it is in time, and its version is published.

A campaign that has begun goes on, also past midnight: those who are left have a right to the letter too.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from common.errors import InputError, TryLaterError
from notifier.campaigns import Campaign, find_campaign
from notifier.database import LedgerDatabase
from notifier.decisions import record_decision
from notifier.ledger_tables import DeliveryState, delivery_table
from notifier.letters import Letter, LetterFolder
from notifier.timing import measure_timing

# Of deliveries that somebody may have got.
_HANDED_OVER = (DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.IN_DOUBT, DeliveryState.RETURNED)


@dataclass(frozen=True, slots=True)
class SendGates:
    """What the operator says about a run: today, why it is late, who approved it.

    `live_entries` are the hashes of the entries in the log of the live site; None if it is not asked.
    """

    today: date
    late_reason: str | None = None
    approved_by: str | None = None
    live_entries: Collection[str] | None = None

    def check(self, connection: Connection, campaign: Campaign, letter: Letter) -> None:
        """Record the decisions of the operator; raise an error for a campaign that may not begin."""
        if not has_begun(connection, campaign):
            self._check_start(connection, campaign, letter)
        if self.approved_by:
            record_decision(connection, campaign.id, decision="approved", by=self.approved_by)

    def _check_start(self, connection: Connection, campaign: Campaign, letter: Letter) -> None:
        timing = measure_timing(letter, self.today)
        if timing.is_late and not self.late_reason:
            raise InputError(
                f"too late: {letter.version} {timing.describe()}; announce a later day, or give the reason "
                "with --late, which the proof states"
            )
        if self.live_entries is not None and letter.entry not in self.live_entries:
            raise TryLaterError(
                f"--live: the log there does not have the entry of {letter.version} yet: publish it, and run "
                "the same command again"
            )
        if timing.is_late:
            record_decision(
                connection,
                campaign.id,
                decision="late",
                reason=self.late_reason,
                days=timing.days,
                lead_days=timing.lead_days,
            )


def has_begun(connection: Connection, campaign: Campaign) -> bool:
    """Whether somebody may have got the letter of a campaign."""
    handed_over = select(func.count()).where(
        delivery_table.c.campaign == campaign.id, delivery_table.c.state.in_(_HANDED_OVER)
    )
    return campaign.closed_at is not None or bool(connection.execute(handed_over).scalar_one())


def may_begin(database: LedgerDatabase, folder: LetterFolder) -> bool:
    """Whether the next run would begin the campaign of a letter."""
    with database.transaction() as connection:
        campaign = find_campaign(connection, folder)
        return campaign is None or not has_begun(connection, campaign)

"""Unfreeze a campaign whose list was wrong, as long as nobody got its letter."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, update

from common.errors import InputError, TryLaterError
from notifier.campaigns import UNFROZEN, Campaign, require_campaign
from notifier.database import LedgerDatabase
from notifier.erasure import erase_traces, mark_erasure_due
from notifier.frozen_letters import delete_letter
from notifier.gates import has_begun
from notifier.ledger_tables import DatabaseClock, campaign_table, delivery_table, run_table
from notifier.letters import LetterFolder
from notifier.runs import expire_dead_runs


def unfreeze_campaign(database: LedgerDatabase, folder: LetterFolder) -> Campaign:
    """Delete the list and the letter of a campaign, so that the next plan freezes new ones; return it.

    Raises InputError if its letter may have reached somebody, TryLaterError while a run is going on.
    """
    with database.transaction() as connection:
        expire_dead_runs(connection)
        campaign = require_campaign(connection, folder)
        if campaign.closed_at is not None:
            raise InputError(f"the campaign of {campaign.version} is closed")
        if has_begun(connection, campaign):
            raise InputError(
                f"letters of {campaign.version} have been sent: its list stays as it is; tell those who are "
                "missing in it with the letter of a new version"
            )
        if connection.execute(select(run_table.c.id).where(run_table.c.ended.is_(None))).first():
            raise TryLaterError("a run is sending from this ledger; stop it, or try again when it has ended")
        _delete_campaign(connection, campaign)
        mark_erasure_due(connection)
    erase_traces(database)
    return campaign


def _delete_campaign(connection: Connection, campaign: Campaign) -> None:
    connection.execute(delete(delivery_table).where(delivery_table.c.campaign == campaign.id))
    delete_letter(connection, campaign.id)
    # Its row stays under another name: SQLite would give its id to the next campaign, and a run that was
    # suspended before it sent anything would go on with that one.
    values = {"version": f"{UNFROZEN}{campaign.id}/{campaign.version}", "closed": DatabaseClock()}
    connection.execute(update(campaign_table).where(campaign_table.c.id == campaign.id).values(values))

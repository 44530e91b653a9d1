"""Report on campaigns: their status for the operator, and a proof that contains no address."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from common.characters import format_printable_json
from common.errors import InputError
from notifier.campaigns import (
    Campaign,
    close_campaign,
    count_by_language,
    count_by_state,
    find_sending_period,
    list_campaigns,
    require_campaign,
    resolve_letter,
)
from notifier.database import LedgerDatabase
from notifier.decisions import format_moment
from notifier.deliveries import UNFINISHED_STATES, DoubtfulDelivery, list_doubtful
from notifier.erasure import erase_traces, mark_erasure_due
from notifier.frozen_letters import delete_letter, has_removed_words, read_letter
from notifier.ledger_tables import DeliveryState
from notifier.letters import LetterFolder
from notifier.runs import expire_dead_runs
from notifier.web_impressions import count_impressions

_STATE_LABELS = {
    DeliveryState.SENT: "sent",
    DeliveryState.REFUSED: "refused",
    DeliveryState.IN_DOUBT: "in doubt",
    DeliveryState.GAVE_UP: "given up",
    DeliveryState.UNDELIVERABLE: "undeliverable",
    DeliveryState.WITHDRAWN: "withdrawn",
    DeliveryState.RETURNED: "returned",
}


@dataclass(frozen=True, slots=True)
class CampaignStatus:
    """A campaign, its addressees by state, and its deliveries in doubt."""

    campaign: Campaign
    counts: dict[str, int]
    doubtful: list[DoubtfulDelivery]


def read_status(database: LedgerDatabase, folder: LetterFolder | None) -> list[CampaignStatus]:
    """Return the status of all campaigns, or of that of one letter; expires dead runs first."""
    with database.transaction() as connection:
        expire_dead_runs(connection)
        campaigns = [require_campaign(connection, folder)] if folder else list_campaigns(connection)
        return [
            CampaignStatus(
                campaign,
                count_by_state(connection, campaign),
                list_doubtful(connection, campaign.id, campaign.sender_domain),
            )
            for campaign in campaigns
        ]


def format_json(statuses: list[CampaignStatus]) -> str:
    """Return statuses as JSON of schema 1."""
    campaigns = [
        {
            "version": status.campaign.version,
            "closed": status.campaign.closed_at is not None,
            "counts": status.counts,
            "in_doubt": [
                {"address": delivery.address, "message_id": delivery.message_id}
                for delivery in status.doubtful
            ],
        }
        for status in statuses
    ]
    return format_printable_json({"schema": 1, "campaigns": campaigns}, indent=2)


def format_text(statuses: list[CampaignStatus]) -> str:
    """Return statuses as lines: one for each campaign and each delivery in doubt."""
    if not statuses:
        return "no campaign yet"
    lines = []
    for status in statuses:
        closed = " (closed)" if status.campaign.closed_at else ""
        lines.append(format_summary(status.campaign, status.counts) + closed)
        lines += [f"  in doubt: {delivery.address} {delivery.message_id}" for delivery in status.doubtful]
    return "\n".join(lines)


def format_summary(campaign: Campaign, counts: dict[str, int]) -> str:
    """Return one line with the number of addressees in each state; the numbers add up to the total."""
    finished = ", ".join(f"{counts[state]} {label}" for state, label in _STATE_LABELS.items())
    return f"{campaign.version}: {campaign.total} addressees: {finished}, {_sum_unfinished(counts)} left"


def write_proof(
    database: LedgerDatabase, folder: LetterFolder, out: Path, exports: Sequence[Path]
) -> tuple[Path, str | None]:
    """Write proof.json, beside the letters that were sent; return its path, and what to warn of.

    It shows what was sent to how many addressees and when (GDPR Article 5(2)). `exports` are those of the
    website, if it showed the version too.
    """
    with database.transaction() as connection:
        expire_dead_runs(connection)
        campaign = require_campaign(connection, folder)
        files, warning = _find_letter_files(connection, campaign, folder)
        first, last = find_sending_period(connection, campaign)
        proof: dict[str, Any] = {
            "schema": 2,
            **campaign.record,
            "letter": {
                "campaign_sha256": campaign.letter_fingerprint,
                "message_ids_at": campaign.sender_domain,
            },
            "addressees": campaign.total,
            "rejected_rows": campaign.rejected_count,
            "duplicate_rows": campaign.duplicate_count,
            "counts": count_by_state(connection, campaign),
            "by_language": count_by_language(connection, campaign),
            "frozen": _format_time(campaign.frozen_at),
            "first_sent": _format_time(first),
            "last_sent": _format_time(last),
            "closed": _format_time(campaign.closed_at),
            "decisions": campaign.decisions,
            "audiences": campaign.audiences,
        }
    is_letter_folder = out.resolve() == folder.path.resolve()
    if warning and is_letter_folder:
        raise InputError(f"{out}: has another letter than was sent; choose another folder for --out")
    if exports:
        proof["website"] = count_impressions(exports, campaign.version)
    files = {} if is_letter_folder else files
    return _write_proof_files(proof, files, out), warning


def _find_letter_files(
    connection: Connection, campaign: Campaign, folder: LetterFolder
) -> tuple[Mapping[str, bytes], str | None]:
    """Return the files to write beside a proof, and what to warn of: none with words that were removed."""
    frozen = read_letter(connection, campaign.id, campaign.version, campaign.letter_fingerprint)
    is_same = folder.letter is not None and folder.letter.fingerprint == campaign.letter_fingerprint
    is_deleted = frozen is None and campaign.closed_at is not None and not is_same
    if is_deleted or (frozen and has_removed_words(frozen, folder)):
        return {}, f"the letter of {campaign.version} is not written, since words were removed from it"
    letter, warning = resolve_letter(connection, campaign, folder)
    return letter.files, warning


def _write_proof_files(proof: dict[str, Any], files: Mapping[str, bytes], out: Path) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (out / name).write_bytes(content)
        path = out / "proof.json"
        path.write_text(json.dumps(proof, ensure_ascii=False, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise InputError(f"{out}: the proof cannot be written ({error.strerror})") from None
    return path


def purge_campaign(database: LedgerDatabase, folder: LetterFolder, *, force: bool) -> CampaignStatus:
    """Delete the deliveries of a campaign, close it, and return its counts.

    Its letter is kept, unless words have been removed from it since; then only its hashes are.
    Raises InputError while some deliveries are unfinished or in doubt, unless `force` is set.
    """
    with database.transaction() as connection:
        expire_dead_runs(connection)
        campaign = require_campaign(connection, folder)
        counts = count_by_state(connection, campaign)
        open_count = counts[DeliveryState.IN_DOUBT] + _sum_unfinished(counts)
        if campaign.closed_at is None:
            if open_count and not force:
                raise InputError(
                    f"{open_count} deliveries are unfinished or in doubt; "
                    "run notify send or notify reconcile first, or use --force"
                )
            close_campaign(connection, campaign)
            mark_erasure_due(connection)
        # Also later: words may be removed when the campaign has long been closed.
        letter = read_letter(connection, campaign.id, campaign.version, campaign.letter_fingerprint)
        if letter and has_removed_words(letter, folder):
            delete_letter(connection, campaign.id)
            mark_erasure_due(connection)
    # Also for a campaign that is closed already: the purge may have been killed before this.
    erase_traces(database, despite_runs=True)
    return CampaignStatus(campaign, counts, [])


def _sum_unfinished(counts: dict[str, int]) -> int:
    return sum(counts[state] for state in UNFINISHED_STATES)


def _format_time(seconds: float | None) -> str | None:
    return None if seconds is None else format_moment(seconds)

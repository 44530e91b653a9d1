"""What can be said of a campaign: its state for the operator, and its proof without an address."""

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from notifier import ledger, processes, register
from notifier.errors import InputError
from notifier.letterbox import Letter
from notifier.register import Campaign, Doubt
from notifier.tables import State
from notifier.vault import Vault

_SAID = {
    State.SENT: "sent",
    State.REFUSED: "refused",
    State.IN_DOUBT: "in doubt",
    State.GAVE_UP: "given up",
    State.UNDELIVERABLE: "undeliverable",
    State.WITHDRAWN: "withdrawn",
}


@dataclass(frozen=True, slots=True)
class Status:
    """Where one campaign stands."""

    campaign: Campaign
    counts: dict[str, int]
    doubts: list[Doubt]


def status(vault: Vault, letter: Letter | None) -> list[Status]:
    """Look at all campaigns, or at that of one letter; runs that died are put down as dead first."""
    with vault.transaction() as connection:
        ledger.reap(connection, processes.is_dead)
        campaigns = register.every(connection)
        if letter:
            campaigns = [found] if (found := register.of_letter(connection, letter)) else []
            if not campaigns:
                raise InputError(
                    f"the ledger has no campaign of {letter.version}; notify plan or send begins it"
                )
        return [
            Status(found, register.counts(connection, found), register.doubts(connection, found))
            for found in campaigns
        ]


def as_json(statuses: list[Status]) -> str:
    """Say it for machines (contract §7)."""
    campaigns = [
        {
            "version": one.campaign.version,
            "closed": one.campaign.closed is not None,
            "counts": one.counts,
            "in_doubt": [{"address": doubt.address, "message_id": doubt.message_id} for doubt in one.doubts],
        }
        for one in statuses
    ]
    return json.dumps({"schema": 1, "campaigns": campaigns}, ensure_ascii=False, indent=2)


def as_text(statuses: list[Status]) -> str:
    """Say it for people."""
    if not statuses:
        return "no campaign yet"
    lines = []
    for one in statuses:
        lines.append(summary(one.campaign, one.counts) + (" (closed)" if one.campaign.closed else ""))
        lines += [f"  in doubt: {doubt.address} {doubt.message_id}" for doubt in one.doubts]
    return "\n".join(lines)


def summary(campaign: Campaign, counts: dict[str, int]) -> str:
    """Return one line that adds up."""
    settled = ", ".join(f"{counts[state]} {said}" for state, said in _SAID.items())
    return f"{campaign.version}: {campaign.total} addressees: {settled}, {left(counts)} left"


def left(counts: dict[str, int]) -> int:
    """Return how many are still to be told."""
    return sum(counts[state] for state in (State.PENDING, State.CLAIMED, State.HANDED))


def prove(vault: Vault, letter: Letter, printed: Path, out: Path, shown: dict[str, Any] | None) -> Path:
    """Write what was told to how many and when, beside the very letters that told it.

    `shown` are the counts of `showings`, where the website has told members too.
    """
    with vault.transaction() as connection:
        ledger.reap(connection, processes.is_dead)
        found = register.of_letter(connection, letter)
        if found is None:
            raise InputError(f"the ledger has no campaign of {letter.version}; there is nothing to prove")
        first, last = register.sent_between(connection, found)
        proof: dict[str, Any] = {
            "schema": 1,
            **found.record,
            "letter": {"campaign_sha256": found.letter, "message_ids_at": found.sender_domain},
            "addressees": found.total,
            "rejected_rows": found.rejected,
            "duplicate_rows": found.duplicates,
            "counts": register.counts(connection, found),
            "by_language": register.languages(connection, found),
            "frozen": _iso(found.frozen),
            "first_sent": _iso(first),
            "last_sent": _iso(last),
            "closed": _iso(found.closed),
            **({"website": shown} if shown else {}),
        }
    return _write(proof, letter, printed, out)


def _write(proof: dict[str, Any], letter: Letter, printed: Path, out: Path) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name in ("letter.json", *(f"{language}.eml" for language in letter.languages)):
            if (printed / name).resolve() != (out / name).resolve():
                shutil.copyfile(printed / name, out / name)
        path = out / "proof.json"
        path.write_text(json.dumps(proof, ensure_ascii=False, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise InputError(f"{out}: the proof cannot be written ({error.strerror})") from None
    return path


def purge(vault: Vault, letter: Letter, *, force: bool) -> Status:
    """Delete the rows of a campaign and close it; while some are left or in doubt only when told to twice."""
    with vault.transaction() as connection:
        ledger.reap(connection, processes.is_dead)
        found = register.of_letter(connection, letter)
        if found is None:
            raise InputError(f"the ledger has no campaign of {letter.version}; there is nothing to purge")
        counts = register.counts(connection, found)
        if not force and found.closed is None and (open_ := counts[State.IN_DOUBT] + left(counts)):
            raise InputError(f"{open_} are in doubt or left; settle them first, or say --force")
        if found.closed is None:
            register.purge(connection, found)
    return Status(found, counts, [])


def _iso(moment: float | None) -> str | None:
    return None if moment is None else datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")

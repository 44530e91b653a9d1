"""Look up how one person was told of a version: by the keyed hashes of an address that the operator types.

The address is neither stored nor repeated. After a purge nobody can be recognised any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from common.errors import ExitCode, InputError
from notifier.campaigns import Campaign
from notifier.coverage import require_addressee, require_recognizable
from notifier.database import LedgerDatabase
from notifier.decisions import format_moment
from notifier.deliveries import UNFINISHED_STATES
from notifier.keys import LedgerKey, build_message_id
from notifier.ledger_tables import DeliveryState, delivery_table
from notifier.letters import LetterFolder
from notifier.mailbox import RejectedFieldError, parse_address
from notifier.runs import expire_dead_runs
from notifier.web_impressions import Event, Impression, read_export

MAX_BYTES = 1000  # more than an address has
_HANDED_OVER = (DeliveryState.SENT, DeliveryState.RETURNED, DeliveryState.IN_DOUBT)
_STATES = {
    DeliveryState.SENT: "the relay accepted it",
    DeliveryState.RETURNED: "returned: it did not reach the mailbox",
    DeliveryState.IN_DOUBT: "in doubt: the relay may have accepted it",
    DeliveryState.REFUSED: "refused by the relay",
    DeliveryState.GAVE_UP: "given up after too many attempts",
    DeliveryState.UNDELIVERABLE: "not sent: no server accepts such an address",
    DeliveryState.WITHDRAWN: "not sent: no member any more when it was due",
}
_UNFINISHED = "not sent yet"
_ANSWERS = {
    ExitCode.OK: "told: yes",
    ExitCode.IN_DOUBT: "told: perhaps",
    ExitCode.FINDINGS: "told: no",
}


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """What ledger and exports say about one person: the state of the letter, and the events of notices."""

    campaign: Campaign
    state: DeliveryState | None
    changed_at: float
    message_id: str
    events: tuple[str, ...]

    @property
    def exit_code(self) -> ExitCode:
        """0 if the person was told, 3 if nobody knows, else 1."""
        if self.events or self.state is DeliveryState.SENT:
            return ExitCode.OK
        return ExitCode.IN_DOUBT if self.state is DeliveryState.IN_DOUBT else ExitCode.FINDINGS

    def describe(self) -> list[str]:
        """Return the record in lines, without the address."""
        if self.state is None:
            rest = ", or left out" if self.campaign.audiences else ""
            lines = [f"letter of {self.campaign.version}: not in the list{rest}"]
        else:
            text = _UNFINISHED if self.state in UNFINISHED_STATES else _STATES[self.state]
            day = f" ({format_moment(self.changed_at)})" if self.state in _HANDED_OVER else ""
            lines = [f"letter of {self.campaign.version}: {text}{day}", f"Message-ID: {self.message_id}"]
        lines += [f"website: {event}" for event in self.events]
        return [*lines, _ANSWERS[self.exit_code]]


def parse_address_line(octets: bytes) -> str:
    """Return the address in what was typed or piped; raise InputError for anything but one line with one."""
    try:
        text = octets.decode("utf-8").strip()
        if len(octets) > MAX_BYTES or not text or "\n" in text:
            raise InputError("standard input: one line with one address, and nothing else")
        parse_address(text)
    except UnicodeDecodeError:
        raise InputError("standard input: not UTF-8") from None
    except RejectedFieldError as error:
        raise InputError(f"standard input: {error}") from None
    return text


def look_up_person(
    database: LedgerDatabase, key: LedgerKey, folder: LetterFolder, address: str, exports: Sequence[Path]
) -> PersonRecord:
    """Look up an address in the campaign of a letter, and in exports of the website.

    Raises InputError for a campaign that is purged.
    """
    with database.transaction() as connection:
        expire_dead_runs(connection)
        campaign = require_recognizable(connection, folder)
        row_key = key.build_row_key(campaign.version, parse_address(address).identity)
        columns = (delivery_table.c[name] for name in ("key", "state", "changed", "member"))
        found: Row[Any] | None = connection.execute(
            select(*columns).where(delivery_table.c.campaign == campaign.id, delivery_table.c.key == row_key)
        ).one_or_none()
    # The list may spell an address in another way than whoever asks.
    members = {key.build_member_key(campaign.version, address), found.member if found else None}
    return PersonRecord(
        campaign=campaign,
        state=DeliveryState(found.state) if found else None,
        changed_at=found.changed if found else 0.0,
        message_id=build_message_id(row_key, campaign.sender_domain),
        events=tuple(_list_events(exports, campaign, {bytes.fromhex(one) for one in members if one})),
    )


def _list_events(exports: Sequence[Path], campaign: Campaign, members: set[bytes]) -> Iterator[str]:
    """Yield what exports say of a member, each event of a channel at its first time."""
    found: dict[str, str] = {}
    for impression in _find_impressions(exports, campaign, members):
        for event in Event:
            if moment := impression.get_event_time(event):
                label = f"{event.value} ({impression.channel.value})"
                time = moment.isoformat()
                found[label] = min(time, found.get(label, time))
    yield from (f"{label} {time}" for label, time in sorted(found.items(), key=lambda item: item[1]))


def _find_impressions(
    exports: Sequence[Path], campaign: Campaign, members: set[bytes]
) -> Iterator[Impression]:
    entry = campaign.record.get("entry")
    for path in exports:
        _, impressions = read_export(path)
        for impression in impressions:
            is_same = impression.version == campaign.version and entry in (None, impression.entry)
            if require_addressee(path, impression) in members and is_same:
                yield impression

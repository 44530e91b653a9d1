"""Record in the ledger which letters were returned, from reports that name them by Message-ID.

The ledger has no addresses by then. But it recognizes its own: an address whose row key is that of the
delivery is the addressee's. So a report can neither return somebody else's letter, nor put somebody else's
address on the list for the register of members.
"""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, update

from common.errors import InputError
from notifier.campaigns import list_campaigns
from notifier.database import LedgerDatabase
from notifier.delivery_reports import FailureReport
from notifier.erasure import erase_traces, mark_erasure_due
from notifier.keys import LedgerKey, build_message_id
from notifier.ledger_tables import DeliveryState, campaign_table, delivery_table
from notifier.mailbox import RejectedFieldError, parse_address

_ROWS_PER_TRANSACTION = 10_000  # senders wait for the lock of a SQLite ledger meanwhile
_RETURNABLE_STATES = (DeliveryState.SENT, DeliveryState.IN_DOUBT)
_COLUMNS: tuple[ColumnElement[Any], ...] = (
    delivery_table.c.id,
    delivery_table.c.key,
    delivery_table.c.state,
    delivery_table.c.address,
    campaign_table.c.version,
    campaign_table.c.sender_domain,
)


@dataclass(frozen=True, slots=True, order=True)
class ReturnedAddress:
    """The address of an addressee whose letter was returned, as a report names it, and the status code."""

    email: str
    version: str
    status: str


@dataclass(slots=True)
class BounceResult:
    """How many letters are returned now, were returned before, and are still being sent.

    `unmatched` counts messages that were reported and are no letters of this ledger; `addresses` are those of
    returned letters that the reports name.
    """

    returned: int = 0
    known: int = 0
    unfinished: int = 0
    unmatched: int = 0
    addresses: set[ReturnedAddress] = field(default_factory=set)


def list_sender_domains(database: LedgerDatabase) -> frozenset[str]:
    """Return the domains of the Message-IDs of all campaigns."""
    with database.transaction() as connection:
        return frozenset(campaign.sender_domain for campaign in list_campaigns(connection))


def record_bounces(
    database: LedgerDatabase, key: LedgerKey, reports: Iterable[FailureReport]
) -> BounceResult:
    """Record the letters that reports name as returned; the same reports change nothing the next time."""
    by_message_id: dict[str, list[FailureReport]] = {}
    for report in reports:
        by_message_id.setdefault(report.message_id, []).append(report)
    recorder = _BounceRecorder(key, by_message_id)
    last_id: int | None = 0 if by_message_id else None
    while last_id is not None:
        with database.transaction() as connection:
            last_id = recorder.record_rows(connection, last_id)
    erase_traces(database)
    return recorder.result


class _BounceRecorder:
    """Goes through the deliveries of a ledger and looks for each in the reports, which are fewer."""

    def __init__(self, key: LedgerKey, reports: Mapping[str, Sequence[FailureReport]]) -> None:
        self._key = key
        self._reports = reports
        self.result = BounceResult(unmatched=len(reports))

    def record_rows(self, connection: Connection, last_id: int) -> int | None:
        """Record the deliveries after one id; return the last one's id, or None if there are no more."""
        rows = connection.execute(
            select(*_COLUMNS)
            .join(campaign_table, campaign_table.c.id == delivery_table.c.campaign)
            .where(delivery_table.c.id > last_id)
            .order_by(delivery_table.c.id)
            .limit(_ROWS_PER_TRANSACTION)
        ).all()
        for row in rows:
            if reports := self._reports.get(build_message_id(row.key, row.sender_domain)):
                self._record_row(connection, row, reports)
        return rows[-1].id if rows else None

    def _record_row(self, connection: Connection, row: Row[Any], reports: Sequence[FailureReport]) -> None:
        addresses = [self._find_own_address(row, report) for report in reports]
        status = next(
            (
                report.status
                for report, address in zip(reports, addresses, strict=True)
                if address or not report.needs_address
            ),
            None,
        )
        if status is None:
            return  # of recipients that the relay added
        self.result.unmatched -= 1
        if row.state == DeliveryState.RETURNED:
            self.result.known += 1
        elif _mark_returned(connection, row, status):
            self.result.returned += 1
        else:
            self.result.unfinished += 1
            return
        if address := next(filter(None, addresses), None):
            self.result.addresses.add(ReturnedAddress(address, row.version, status))

    def _find_own_address(self, row: Row[Any], report: FailureReport) -> str | None:
        """Return the address in a report that is the addressee's own, or None."""
        for address in report.addresses:
            with suppress(RejectedFieldError):
                if self._key.build_row_key(row.version, parse_address(address).identity) == row.key:
                    return address
        return None


def _mark_returned(connection: Connection, row: Row[Any], status: str) -> bool:
    """Make a delivery `returned`; return whether it was in a state that allows it.

    The time of its dot stays: a letter that was returned has been sent.
    """
    is_returnable = delivery_table.c.state.in_(_RETURNABLE_STATES)
    marked = connection.execute(
        update(delivery_table)
        .where(delivery_table.c.id == row.id, is_returnable)
        .values(state=DeliveryState.RETURNED, answer=f"REPORT {status}".rstrip(), address=None, name=None)
    ).rowcount
    if marked and row.address is not None:
        mark_erasure_due(connection)
    return marked > 0


def write_addresses(path: Path, addresses: Iterable[ReturnedAddress]) -> None:
    """Write a CSV file that only its owner can read; raise InputError if it cannot be written."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("email", "version", "status"))
    rows.writerows((address.email, address.version, address.status) for address in sorted(addresses))
    try:
        # Beside the file, with mode 0600, and then in its place: no moment shows it to others.
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text.getvalue())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(f"{path}: the addresses cannot be written ({error.strerror})") from None

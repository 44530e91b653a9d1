"""Count how each person of a campaign's list was told of its version: by mail, by the website, or not yet.

Ledger and website name a person by the same keyed hash (LedgerKey.build_member_key), so that both are joined
without addresses. Everybody of the list counts exactly once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from common.characters import format_printable_json
from common.errors import InputError
from notifier.campaigns import Campaign, require_campaign
from notifier.database import LedgerDatabase
from notifier.deliveries import UNFINISHED_STATES
from notifier.ledger_tables import DeliveryState, delivery_table
from notifier.letters import LetterFolder
from notifier.runs import expire_dead_runs
from notifier.web_impressions import Impression, read_export

_ROWS_PER_FETCH = 1000
# How the states of those who were neither mailed nor shown the notice are counted.
_UNTOLD_STATES = (
    DeliveryState.PENDING,
    DeliveryState.IN_DOUBT,
    DeliveryState.REFUSED,
    DeliveryState.GAVE_UP,
    DeliveryState.UNDELIVERABLE,
)


@dataclass(slots=True)
class WebsiteRecord:
    """Whom the website showed a version, by the key of the ledger: whether they acknowledged it.

    `gone` counts members whose account is gone, `of_other_text` those who were shown another text under the
    same number: nobody of them is joined.
    """

    files_sha256: list[str]
    acknowledged: dict[bytes, bool] = field(default_factory=dict)
    gone: int = 0
    of_other_text: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many people of a campaign's list were told, and how; the first six numbers add up to `people`.

    `left_out` are those whom the change does not concern, `withdrawn` those who were no members any more when
    their letter was due, `untold` all others by the state of their letter.
    """

    campaign: Campaign
    acknowledged: int
    shown_at_login: int
    mailed: int
    returned: int
    withdrawn: int
    untold: Mapping[str, int]
    without_key: int
    unlisted: int
    website: WebsiteRecord | None

    @property
    def left_out(self) -> int:
        """How many people of the list the change does not concern."""
        return self.campaign.left_out_count

    @property
    def people(self) -> int:
        """How many people the list has, but for rejected rows."""
        return self.campaign.total + self.left_out

    @property
    def still_to_be_told(self) -> int:
        """How many people got no letter, and have not been shown the notice."""
        return sum(self.untold.values())

    @property
    def is_complete(self) -> bool:
        """Whether everybody was told, and no row of the list was rejected."""
        return not (self.returned or self.still_to_be_told or self.campaign.rejected_count)


def measure_coverage(database: LedgerDatabase, folder: LetterFolder, exports: Sequence[Path]) -> Coverage:
    """Join the campaign of a letter with exports of the website.

    Raises InputError for a campaign that is purged, and for an export that is incomplete or was made without
    the key of the ledger.
    """
    with database.transaction() as connection:
        campaign = require_recognizable(connection, folder)
    website = _read_exports(exports, campaign) if exports else None
    with database.transaction() as connection:
        expire_dead_runs(connection)
        return _join(connection, campaign, website)


def require_recognizable(connection: Connection, folder: LetterFolder) -> Campaign:
    """Return the campaign of a letter; raise InputError if a purge has deleted by what it knew people."""
    campaign = require_campaign(connection, folder)
    if campaign.closed_at is not None:
        raise InputError(
            f"the campaign of {campaign.version} is purged: nobody of its list can be recognised any more; "
            "notify proof still has its counts"
        )
    return campaign


def require_addressee(path: Path, impression: Impression) -> bytes:
    """Return whom of a list a row of an export is about; raise InputError if the website has no key."""
    if impression.addressee is None:
        raise InputError(
            f"{path}: does not say who of the list a member is: define KLARTEKST_KEY in wp-config.php, and "
            "export again (docs/website.md)"
        )
    return impression.addressee


def _read_exports(paths: Sequence[Path], campaign: Campaign) -> WebsiteRecord:
    digests: dict[str, None] = {}  # a set that keeps its order
    record = WebsiteRecord([])
    joined: set[bytes] = set()
    gone: set[bytes] = set()
    of_other_text: set[bytes] = set()
    entry = campaign.record.get("entry")
    for path in paths:
        digest, impressions = read_export(path)
        digests[digest] = None
        for impression in impressions:
            member = require_addressee(path, impression)
            if impression.version != campaign.version:
                continue
            if entry and impression.entry != entry:
                of_other_text.add(impression.user)
            elif not member:
                gone.add(impression.user)
            else:
                joined.add(impression.user)
                known = record.acknowledged.get(member, False)
                record.acknowledged[member] = known or impression.acknowledged is not None
    record.files_sha256 = list(digests)
    # Two exports may differ, and a member may have been shown both texts.
    record.gone, record.of_other_text = len(gone - joined), len(of_other_text - joined - gone)
    return record


def _join(connection: Connection, campaign: Campaign, website: WebsiteRecord | None) -> Coverage:
    on_website = website.acknowledged if website else {}
    columns = select(delivery_table.c.member, delivery_table.c.state)
    rows = connection.execution_options(yield_per=_ROWS_PER_FETCH).execute(
        columns.where(delivery_table.c.campaign == campaign.id)
    )
    acknowledged = shown = without_key = 0
    found: set[bytes] = set()
    by_state: Counter[str] = Counter()
    for member, state in rows:
        key = bytes.fromhex(member) if member else b""
        without_key += not key
        if key not in on_website:
            by_state[state] += 1
            continue
        found.add(key)
        acknowledged += on_website[key]
        shown += not on_website[key]
    by_state[DeliveryState.PENDING] = sum(by_state[state] for state in UNFINISHED_STATES)
    return Coverage(
        campaign=campaign,
        acknowledged=acknowledged,
        shown_at_login=shown,
        mailed=by_state[DeliveryState.SENT],
        returned=by_state[DeliveryState.RETURNED],
        withdrawn=by_state[DeliveryState.WITHDRAWN],
        untold={state.value: by_state[state] for state in _UNTOLD_STATES},
        without_key=without_key,
        unlisted=len(on_website) - len(found),
        website=website,
    )


def format_json(coverage: Coverage) -> str:
    """Return a coverage as JSON of schema 1 (docs/reference/notification-job.md)."""
    website = coverage.website
    record: dict[str, Any] = {
        "schema": 1,
        "version": coverage.campaign.version,
        "people": coverage.people,
        "acknowledged": coverage.acknowledged,
        "shown_at_login": coverage.shown_at_login,
        "mailed": coverage.mailed,
        "returned": coverage.returned,
        "not_concerned": {
            "total": coverage.left_out + coverage.withdrawn,
            "left_out": coverage.left_out,
            "withdrawn": coverage.withdrawn,
        },
        "still_to_be_told": {"total": coverage.still_to_be_told, **coverage.untold},
        "rejected_rows": coverage.campaign.rejected_count,
        "without_key": coverage.without_key,
        "website": website
        and {
            "files_sha256": website.files_sha256,
            "not_in_list": coverage.unlisted,
            "accounts_gone": website.gone,
            "of_other_text": website.of_other_text,
        },
    }
    return format_printable_json(record, indent=2)


def format_text(coverage: Coverage) -> list[str]:
    """Return a coverage as lines; the parts of a number are indented below it, unless they are 0."""
    numbers = [
        (f"people of {coverage.campaign.version}", coverage.people),
        ("acknowledged", coverage.acknowledged),
        ("shown at login", coverage.shown_at_login),
        ("mailed", coverage.mailed),
        ("returned", coverage.returned),
        ("not concerned", coverage.left_out + coverage.withdrawn),
        ("  left out", coverage.left_out),
        ("  withdrawn", coverage.withdrawn),
        ("still to be told", coverage.still_to_be_told),
        *((f"  {state.replace('_', ' ')}", number) for state, number in coverage.untold.items()),
        ("rejected rows", coverage.campaign.rejected_count),
    ]
    return [f"{label:<20}{number:>8}" for label, number in numbers if number or not label.startswith(" ")]


def list_warnings(coverage: Coverage) -> list[str]:
    """Return a line about each thing that makes a number smaller or larger than it seems."""
    lines = []
    website = coverage.website
    if website and coverage.without_key:
        lines.append(
            "people who were frozen by an older release, and count by mail alone since no export names them: "
            f"{coverage.without_key}. If nothing was sent yet, run notify unfreeze, and plan again"
        )
    elif website and website.acknowledged and coverage.unlisted == len(website.acknowledged):
        lines.append(
            "nobody in the export is in the list: is KLARTEKST_KEY in wp-config.php the key of this ledger?"
        )
    elif coverage.unlisted:
        lines.append(f"members in the export who are not in the list, or are left out: {coverage.unlisted}")
    if website and website.gone:
        lines.append(
            f"members in the export who have no account any more, and are not counted: {website.gone}"
        )
    if website and website.of_other_text:
        lines.append(
            "members in the export who were shown another text of this version, and are not counted: "
            f"{website.of_other_text}"
        )
    return lines

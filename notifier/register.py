"""The campaigns of a ledger: who belongs to one is frozen once, counted at any time, purged at last."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, select, text, update

from notifier.addressees import Addressee, Rejected
from notifier.errors import InputError
from notifier.keys import Key, message_id
from notifier.letterbox import Letter
from notifier.mailbox import Mailbox, language_of
from notifier.tables import DatabaseClock, State, campaign, post

_BATCH = 1000
_ENTER = text(
    "INSERT INTO klartekst_post (campaign, key, address, name, language, state, attempts, due, changed)"
    " VALUES (:campaign, :key, :address, :name, :language, :state, 0, :now, :now) ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Campaign:
    """One letter and those it is for, frozen."""

    id: int
    version: str
    letter: str
    record: dict[str, Any]
    sender_domain: str
    frozen: float
    total: int
    rejected: int
    duplicates: int
    closed: float | None
    kept: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Doubt:
    """One whose mail went out to the dot and nobody knows whether it arrived; `handed` is when."""

    post_id: int
    address: str
    message_id: str
    handed: float


def find(connection: Connection, version: str) -> Campaign | None:
    """Return the campaign of a version, if it was begun."""
    row = connection.execute(select(campaign).where(campaign.c.version == version)).one_or_none()
    return _campaign(row) if row else None


def of_letter(connection: Connection, letter: Letter) -> Campaign | None:
    """Return the campaign of this very letter; a changed one under the same version is refused."""
    found = find(connection, letter.version)
    if found and found.letter != letter.identity:
        raise InputError(
            f"the letter of {letter.version} was changed since its campaign began; "
            "a changed letter needs a version of its own"
        )
    return found


def every(connection: Connection) -> list[Campaign]:
    """Return all campaigns in the order they began."""
    return [_campaign(row) for row in connection.execute(select(campaign).order_by(campaign.c.id))]


def freeze(
    connection: Connection,
    key: Key,
    letter: Letter,
    people: Iterable[Addressee | Rejected],
    rejected: Callable[[Rejected], None],
) -> Campaign:
    """Enter everybody a letter is for, each mailbox once, and return their campaign.

    Of two that freeze at once the second waits for the first one's transaction and finds its campaign.
    """
    campaign_id = _begin(connection, letter)
    if campaign_id is not None:
        _enter_all(connection, campaign_id, _rows(key, letter, people, rejected, now(connection)))
    found = of_letter(connection, letter)
    assert found is not None
    return found


def _begin(connection: Connection, letter: Letter) -> int | None:
    record = {
        "version": letter.version,
        "level": letter.level,
        "published": letter.published,
        "effective": letter.effective,
        "languages": letter.languages,
        "sha256": letter.sha256,
        "text_sha256": letter.text_sha256,
        "chain_sha256": letter.chain_sha256,
    }
    values = {
        "version": letter.version,
        "letter": letter.identity,
        "record": json.dumps(record, ensure_ascii=False),
        "domain": letter.sender_domain,
        "now": now(connection),
    }
    begun = text(
        "INSERT INTO klartekst_campaign"
        " (version, letter, record, sender_domain, frozen, total, rejected, duplicates)"
        " VALUES (:version, :letter, :record, :domain, :now, 0, 0, 0) ON CONFLICT DO NOTHING RETURNING id"
    )
    return connection.execute(begun, values).scalar()


def _rows(
    key: Key,
    letter: Letter,
    people: Iterable[Addressee | Rejected],
    rejected: Callable[[Rejected], None],
    now_: float,
) -> Iterator[dict[str, Any] | None]:
    """Turn people into rows, and the rejected into None."""
    for one in people:
        if isinstance(one, Rejected):
            rejected(one)
            yield None
            continue
        mailable = isinstance(one.mailbox, Mailbox)
        yield {
            "key": key.of(letter.version, one.mailbox.identity),
            "address": one.address if mailable else None,
            "name": one.name if mailable else None,
            "language": language_of(one.language, letter.languages),
            "state": State.PENDING if mailable else State.UNDELIVERABLE,
            "now": now_,
        }


def _enter_all(connection: Connection, campaign_id: int, rows: Iterator[dict[str, Any] | None]) -> None:
    read = rejected = 0
    while batch := list(islice(rows, _BATCH)):
        good = [row | {"campaign": campaign_id} for row in batch if row]
        read += len(good)
        rejected += len(batch) - len(good)
        if good:
            connection.execute(_ENTER, good)
    total = _scalar(connection, select(func.count()).where(post.c.campaign == campaign_id))
    counts = {"total": total, "rejected": rejected, "duplicates": read - total}
    connection.execute(update(campaign).where(campaign.c.id == campaign_id).values(counts))


def counts(connection: Connection, found: Campaign) -> dict[str, int]:
    """Count the addressees by state, with a nought for states that nobody is in."""
    if found.kept:
        return dict(found.kept["counts"])
    by_state = select(post.c.state, func.count()).where(post.c.campaign == found.id).group_by(post.c.state)
    return {state.value: 0 for state in State} | {row[0]: row[1] for row in connection.execute(by_state)}


def left(connection: Connection, found: Campaign, key: str | None) -> int:
    """Count those who are still to be told, or whether the one asked for is."""
    these = [post.c.campaign == found.id, post.c.state.in_([State.PENDING, State.CLAIMED, State.HANDED])]
    return _scalar(connection, select(func.count()).where(*these, *([post.c.key == key] if key else [])))


def has(connection: Connection, found: Campaign, key: str) -> bool:
    """Whether a row key is among the addressees."""
    return _scalar(connection, select(func.count()).where(post.c.campaign == found.id, post.c.key == key)) > 0


def languages(connection: Connection, found: Campaign) -> dict[str, dict[str, int]]:
    """Count the addressees by language and state."""
    if found.kept:
        return dict(found.kept["languages"])
    by_both = (
        select(post.c.language, post.c.state, func.count())
        .where(post.c.campaign == found.id)
        .group_by(post.c.language, post.c.state)
        .order_by(post.c.language, post.c.state)
    )
    counted: dict[str, dict[str, int]] = {}
    for language, state, number in connection.execute(by_both):
        counted.setdefault(language, {})[state] = number
    return counted


def sent_between(connection: Connection, found: Campaign) -> tuple[float | None, float | None]:
    """Return when the first and the last letter was accepted."""
    if found.kept:
        return found.kept["first_sent"], found.kept["last_sent"]
    span = select(func.min(post.c.changed), func.max(post.c.changed))
    row = connection.execute(span.where(post.c.campaign == found.id, post.c.state == State.SENT)).one()
    return row[0], row[1]


def doubts(connection: Connection, found: Campaign) -> list[Doubt]:
    """List everybody in doubt."""
    columns = select(post.c.id, post.c.address, post.c.key, post.c.changed)
    rows = connection.execute(
        columns.where(post.c.campaign == found.id, post.c.state == State.IN_DOUBT).order_by(post.c.id)
    )
    return [Doubt(row[0], row[1], message_id(row[2], found.sender_domain), row[3]) for row in rows]


def decide(connection: Connection, doubt: Doubt, state: State) -> None:
    """Settle one doubt by what the relay's log says."""
    still = update(post).where(post.c.id == doubt.post_id, post.c.state == State.IN_DOUBT)
    if state is State.SENT:
        values = {"state": state, "address": None, "name": None, "answer": "LOG", "changed": doubt.handed}
        connection.execute(still.values(values))
    else:
        connection.execute(still.values(state=State.PENDING, run=None, due=DatabaseClock()))


def doubt_all_left(connection: Connection) -> None:
    """Put in doubt whoever an old copy of the ledger still holds to be untold."""
    left = post.c.state.in_([State.PENDING, State.CLAIMED, State.HANDED])
    connection.execute(update(post).where(left).values(state=State.IN_DOUBT, run=None))


def purge(connection: Connection, found: Campaign) -> None:
    """Delete every row of a campaign and close it; what proof tells is kept."""
    first, last = sent_between(connection, found)
    kept = {
        "counts": counts(connection, found),
        "languages": languages(connection, found),
        "first_sent": first,
        "last_sent": last,
    }
    connection.execute(delete(post).where(post.c.campaign == found.id))
    closed = update(campaign).where(campaign.c.id == found.id)
    connection.execute(closed.values(kept=json.dumps(kept), closed=DatabaseClock()))


def now(connection: Connection) -> float:
    """Return the time by the clock that all runs share."""
    return float(connection.execute(select(DatabaseClock())).scalar_one())


def _scalar(connection: Connection, statement: Select[int]) -> int:
    return int(connection.execute(statement).scalar_one())


def _campaign(row: Row[Any]) -> Campaign:
    values = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's documented name for it
    values["record"] = json.loads(values["record"])
    values["kept"] = json.loads(values["kept"]) if values["kept"] else None
    return Campaign(**values)

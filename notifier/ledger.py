"""Who has had which letter: the steps of one run, each inside its caller's transaction (contract §7).

    pending → claimed(run) → handed → sent | pending | refused | in_doubt;  gave_up, undeliverable, withdrawn

Every step is conditional on the row still being this run's, and a claim is only ever taken away by a change
of that row. So safety hangs on no clock: a lease says when others may take over, the row says whether they
did.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Update,
    and_,
    bindparam,
    case,
    cast,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from notifier.tables import DatabaseClock, State, post, run

_S = TypeVar("_S", bound=Update)
LONGEST_WAIT = 4 * 3600.0
_HELD = (State.CLAIMED, State.HANDED, State.IN_DOUBT)


@dataclass(frozen=True, slots=True)
class Post:
    """One letter to one addressee, claimed."""

    id: int
    key: str
    address: str
    name: str | None
    language: str
    attempts: int
    dated: int


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a claimed or handed post."""

    post: Post
    state: State
    answer: str | None = None
    delay: float = 0.0
    tried: bool = True
    keep_address: bool = False


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is left: how many are pending, in how many seconds the next is due, how many others hold."""

    pending: int
    due_in: float | None
    held: int


def begin(connection: Connection, process: str, lease: float) -> int:
    """Enter a new run."""
    values = {"process": process, "lease": lease, "renewed": DatabaseClock(), "turns": 0}
    return int(connection.execute(insert(run).values(values).returning(run.c.id)).scalar_one())


def renew(connection: Connection, run_id: int) -> bool:
    """Renew the lease, first of all in every turn; False for a run that others have declared dead."""
    return connection.execute(_made_once(_renewing), {"run_id": run_id}).rowcount == 1


def _renewing() -> Update:
    alive = and_(run.c.id == bindparam("run_id"), run.c.ended.is_(None))
    return update(run).where(alive).values(renewed=DatabaseClock(), turns=run.c.turns + 1)


def claim(connection: Connection, run_id: int, campaign_id: int, count: int, key: str | None) -> list[Post]:
    """Take up to `count` posts that are due; of several runs each gets others."""
    due = (
        select(post.c.id)
        .where(post.c.campaign == campaign_id, post.c.state == State.PENDING, _due())
        .where(post.c.key == key if key else literal(value=True))
        .order_by(post.c.due, post.c.id)
        .limit(count)
        .with_for_update(skip_locked=True)
    )
    ids = connection.execute(due).scalars().all()
    taken = (
        update(post)
        .where(post.c.id.in_(ids))
        .values(state=State.CLAIMED, run=run_id, changed=DatabaseClock())
        .values(dated=func.coalesce(post.c.dated, cast(DatabaseClock(), Integer)))
        .returning(*(post.c[name] for name in Post.__slots__))
    )
    return [Post(*row) for row in connection.execute(taken)] if ids else []


def hand(connection: Connection, run_id: int, ids: Collection[int]) -> frozenset[int]:
    """Mark what stands at the dot, and return those for which it may now be sent."""
    marked = connection.execute(_made_once(_handing), {"ids": list(ids), "run_id": run_id})
    return frozenset(marked.scalars())


def _handing() -> ReturningUpdate[tuple[int]]:
    mine = and_(post.c.run == bindparam("run_id"), post.c.state == State.CLAIMED)
    return (
        update(post)
        .where(mine, post.c.id.in_(bindparam("ids", expanding=True)))
        .values(state=State.HANDED, changed=DatabaseClock())
        .returning(post.c.id)
    )


def settle(connection: Connection, run_id: int, settled: Sequence[Settled]) -> None:
    """Write down what became of posts; also of one put in doubt meanwhile: an answer is an answer."""
    rows = [
        {
            "post_id": one.post.id,
            "run_id": run_id,
            "to": one.state.value,
            "said": one.answer,
            "tried": int(one.tried),
            "delay": one.delay,
            "keep": int(one.keep_address or one.state in (State.PENDING, State.IN_DOUBT)),
        }
        for one in settled
    ]
    connection.execute(_made_once(_settling), rows)


def _settling() -> Update:
    # Not IN, which no batch of statements may hold.
    held = or_(*(post.c.state == state for state in _HELD))
    to: ColumnElement[str] = bindparam("to")
    kept = bindparam("keep") == 1
    return (
        update(post)
        .where(post.c.id == bindparam("post_id"), post.c.run == bindparam("run_id"), held)
        .values(
            state=to,
            answer=bindparam("said"),
            attempts=post.c.attempts + bindparam("tried"),
            due=DatabaseClock() + bindparam("delay"),
            # Of one in doubt it stays the moment it was handed over, which is where the relay's log knows it.
            changed=case((to == State.IN_DOUBT.value, post.c.changed), else_=DatabaseClock()),
            address=case((kept, post.c.address), else_=null()),
            name=case((kept, post.c.name), else_=null()),
            run=case((to == State.PENDING.value, null()), else_=post.c.run),
        )
    )


def forget_refused(connection: Connection, run_id: int, ids: Collection[int] | None = None) -> None:
    """Blank the addresses of refusals that are no longer open to appeal; at the end of a run, of all."""
    refused = and_(post.c.run == run_id, post.c.state == State.REFUSED, post.c.address.is_not(None))
    these = literal(value=True) if ids is None else post.c.id.in_(ids)
    connection.execute(update(post).where(refused, these).values(address=None, name=None))


def take_back_refused(connection: Connection, run_id: int, ids: Collection[int]) -> None:
    """Make refusals pending again: it was the letter that was disliked, not these addressees."""
    refused = and_(post.c.run == run_id, post.c.state == State.REFUSED, post.c.id.in_(ids))
    connection.execute(update(post).where(refused).values(state=State.PENDING, run=None, due=DatabaseClock()))


def end(connection: Connection, run_id: int) -> None:
    """Leave: what is claimed goes back, what is handed without an answer is in doubt."""
    connection.execute(update(run).where(run.c.id == run_id).values(ended=DatabaseClock()))
    mine = post.c.run == run_id
    connection.execute(
        update(post).where(mine, post.c.state == State.CLAIMED).values(state=State.PENDING, run=None)
    )
    connection.execute(update(post).where(mine, post.c.state == State.HANDED).values(state=State.IN_DOUBT))
    forget_refused(connection, run_id)


def reap(connection: Connection, is_dead: Callable[[str], bool]) -> None:
    """End the runs that died: those whose lease has passed, and those that are seen to be gone."""
    # A renewal that lies ahead was made before the clock was set back; it says nothing, so it does not count.
    expired = func.abs(DatabaseClock() - run.c.renewed) > run.c.lease
    open_runs = select(run.c.id, run.c.process, run.c.renewed, expired).where(run.c.ended.is_(None))
    for run_id, process, renewed, lease_passed in connection.execute(open_runs).all():
        if not (lease_passed or is_dead(process)):
            continue
        still = and_(run.c.id == run_id, run.c.renewed == renewed, run.c.ended.is_(None))
        if connection.execute(update(run).where(still).values(ended=DatabaseClock())).rowcount == 1:
            end(connection, run_id)


def outlook(connection: Connection, campaign_id: int, run_id: int, key: str | None) -> Outlook:
    """Look at what is left, for a run that found nothing due."""
    mine = and_(post.c.campaign == campaign_id, post.c.key == key if key else literal(value=True))
    pending, due = connection.execute(
        select(
            func.count(), func.min(case((_due(), DatabaseClock()), else_=post.c.due)) - DatabaseClock()
        ).where(mine, post.c.state == State.PENDING)
    ).one()
    held = connection.execute(
        select(func.count())
        .select_from(post)
        .where(mine, post.c.state.in_([State.CLAIMED, State.HANDED]), post.c.run != run_id)
    ).scalar_one()
    return Outlook(pending, None if due is None else max(0.0, due), held)


def resend(connection: Connection, campaign_id: int, key: str | None) -> int:
    """Make those in doubt pending again, which only the operator can ask for: some will get a second mail."""
    doubtful = and_(post.c.campaign == campaign_id, post.c.state == State.IN_DOUBT)
    return connection.execute(
        update(post)
        .where(doubtful, post.c.key == key if key else literal(value=True))
        .values(state=State.PENDING, run=None, due=DatabaseClock())
    ).rowcount


def _due() -> ColumnElement[bool]:
    # Further ahead than any wait can be: the clock was set back since, and nobody shall wait for that.
    return or_(post.c.due <= DatabaseClock(), post.c.due > DatabaseClock() + LONGEST_WAIT)


@cache
def _made_once(statement: Callable[[], _S]) -> _S:
    """Make a statement of every turn once: to put it together costs more than to run it."""
    return statement()

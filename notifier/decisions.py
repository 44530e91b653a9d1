"""What people decided about a campaign and why, in order: the proof states it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select, update

from common.errors import InputError
from notifier.campaigns import read_clock
from notifier.ledger_tables import campaign_table

_MAX_LENGTH = 500


def parse_words(option: str, words: str | None) -> str | None:
    """Return the name or the reason that an option gives; raise InputError if it says nothing."""
    if words is None:
        return None
    if not any(map(str.isalnum, words)):
        raise InputError(f"{option}: says nothing; it is part of the proof")
    if len(words) > _MAX_LENGTH or not words.isprintable():
        raise InputError(f"{option}: must be one line of at most {_MAX_LENGTH} characters")
    return words.strip()


def record_decision(connection: Connection, campaign_id: int, **decision: object) -> None:
    """Add a decision to a campaign with the time; one that is there already is not added again."""
    column = select(campaign_table.c.decisions).where(campaign_table.c.id == campaign_id)
    # Two runs may begin at once: the second waits for the first one's transaction.
    stored = connection.execute(column.with_for_update()).scalar_one()
    decisions: list[dict[str, Any]] = json.loads(stored) if stored else []
    if any({**one, "at": None} == {**decision, "at": None} for one in decisions):
        return
    decisions.append({"at": format_moment(read_clock(connection)), **decision})
    values = {"decisions": json.dumps(decisions, ensure_ascii=False)}
    connection.execute(update(campaign_table).where(campaign_table.c.id == campaign_id).values(values))


def format_moment(seconds: float) -> str:
    """Return a time in seconds since 1970 as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")

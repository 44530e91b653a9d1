"""The list of facts that a table prints is that of its columns."""

from __future__ import annotations

import pytest

from policy.durations import Duration
from policy.fact_models import Facts
from policy.fields import LocalizedText
from policy.tables import list_printed_facts, render_table

TEXT = LocalizedText(common="Navn")
ROWS = {
    "purposes": {
        "id": "a",
        "name": TEXT,
        "legal_basis": "consent",
        "interest": TEXT,
        "data": ("c",),
        "audience": ("m",),
        "retention": "r",
    },
    "categories": {"id": "c", "name": TEXT},
    "retention": {
        "id": "r",
        "what": TEXT,
        "data": ("c",),
        "period": Duration("P2Y"),
        "criteria": TEXT,
        "after": TEXT,
    },
    "recipients": {
        "id": "h",
        "name": TEXT,
        "role": "processor",
        "country": "US",
        "safeguard": {"kind": "scc", "text": TEXT},
    },
    "cookies": {"id": "k", "name": TEXT, "provider": TEXT, "purpose": TEXT, "period": TEXT},
    "sources": {"id": "s", "name": TEXT, "kind": "other", "public": "true"},
    "audiences": {"id": "m", "name": TEXT},
}
OTHER = {
    "legal_basis": "contract",
    "role": "joint",
    "country": "NO",
    "kind": "person",
    "public": "false",
    "safeguard": {"kind": "bcr"},
    "data": (),
    "audience": (),
}


def make_facts(changed: str = "") -> Facts:
    """Return facts with one row of each kind; the value at a path such as `cookies.k.name` is another one."""
    rows = {}
    for kind, row in ROWS.items():
        key = changed.rpartition(".")[2]
        is_changed = changed.startswith(f"{kind}.") and key in row
        rows[kind] = [{**row, key: OTHER.get(key, _change(row[key]))} if is_changed else row]
    return Facts.model_validate(rows)


def _change(value: object) -> object:
    if isinstance(value, Duration):
        return Duration("P9Y")
    return LocalizedText(common="Annet") if isinstance(value, LocalizedText) else None


@pytest.mark.parametrize("kind", ROWS)
def test_a_fact_is_listed_if_and_only_if_the_table_changes_with_it(kind):
    before = render_table(kind, make_facts(), "nb")
    paths = [f"{other}.{row['id']}.{key}" for other, row in ROWS.items() for key in row if key != "id"]
    changing = {path for path in paths if render_table(kind, make_facts(path), "nb") != before}
    assert set(list_printed_facts(kind, make_facts())) == changing

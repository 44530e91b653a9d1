"""Every column that a table of facts may have bears a heading in both languages."""

from __future__ import annotations

import pytest

from policy.localization import format_term
from policy.tables import COLUMNS

_HEADINGS = sorted({column.heading for columns in COLUMNS.values() for column in columns})


@pytest.mark.parametrize("heading", _HEADINGS)
@pytest.mark.parametrize("locale", ["nb", "en"])
def test_a_column_has_a_heading(heading, locale):
    assert format_term(f"column.{heading}", locale)

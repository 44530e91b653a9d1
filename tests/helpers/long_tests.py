"""Which tests are left to `make test-long`, and how many examples a costly property is tried with.

`@pytest.mark.long` leaves a test out of `make test`. `@pytest.mark.cases_in_ci("a", "b")` leaves out the
cases of a parametrized test but those with these ids; without ids, all but the first.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import settings

COLLECTED: pytest.StashKey[list[pytest.Item]] = pytest.StashKey()  # with those that are then left out


def mark_long_cases(items: Iterable[pytest.Item]) -> None:
    """Add the marker `long` to each case that `cases_in_ci` leaves out."""
    for item in items:
        chosen = item.get_closest_marker("cases_in_ci")
        if chosen and not _is_case_in_ci(item, chosen.args):
            item.add_marker(pytest.mark.long)


def choose_examples(few: int, many: int) -> settings:
    """Return the settings of a costly property: few examples, and many in `make test-long`."""
    return settings(max_examples=many if settings.get_current_profile_name() == "long" else few)


def _is_case_in_ci(item: pytest.Item, ids: tuple[str, ...]) -> bool:
    return item.callspec.id in ids if ids else not any(item.callspec.indices.values())

"""What applied on a date: the page against the versions, and the days against a plain reading of the log."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise, product
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changelog.versions import VersionLevel, find_version_in_force
from generator.version_cards import list_effective_days
from tests.generator.test_front_page import NEXT_DAY, ONE, THREE, tell
from tests.helpers.page_words import read_links, read_main, read_words

if TYPE_CHECKING:
    from bs4 import Tag

__all__ = ["tell"]
START = date(2026, 1, 1)


class FakeVersion(NamedTuple):
    """As much of a version as its days depend on."""

    number: str
    effective: date
    is_never_in_force: bool
    level: VersionLevel = VersionLevel.MINOR


class FakeLog(NamedTuple):
    """As much of a log as the days depend on."""

    versions: tuple[FakeVersion, ...]
    corrected_numbers: frozenset[str] = frozenset()


@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=8))
def test_the_days_agree_with_what_was_in_force_on_each_of_them(rows):
    versions = tuple(
        FakeVersion(f"1.{n}", START + timedelta(days), never) for n, (days, never) in enumerate(rows)
    )
    days = list_effective_days(FakeLog(versions))
    for count in range(-1, 8):
        day = START + timedelta(count)
        current = next((own.after for own in reversed(days) if own.day <= day), None)
        assert current == find_version_in_force(versions, day)
    assert [version for own in days for version in own.versions] == sorted(
        (version for version in versions if not version.is_never_in_force), key=lambda own: own.effective
    )
    assert all(later.before == earlier.after for earlier, later in pairwise(days))


def read_periods(main: Tag) -> list[tuple[str, str]]:
    return [(str(row["data-from"]), read_words(row)) for row in main.select("[data-from]")]


def test_every_period_has_its_days_and_its_version_newest_first(tell):
    site = tell(f"start\n{THREE}{NEXT_DAY}", "2026-07-01")
    main = read_main(site, "dato")
    june = (
        "Fra 1. juni 2026 til og med 31. august 2026: Versjon 3.1 "
        "Erstattet samme dag: Versjon 2.0, Versjon 3.0 Se alt som ble endret 1. juni 2026"
    )
    assert read_periods(main) == [
        ("2026-09-01", "Fra 1. september 2026: Versjon 4.0"),
        ("2026-06-01", june),
        ("2026-01-05", "Fra 5. januar 2026 til og med 31. mai 2026: Versjon 1.0"),
    ]
    assert read_links(main)["Versjon 3.1"] == "../versjon/3.1/"
    assert "Den eldste versjonen her gjelder fra 5. januar 2026." in read_words(main)


def test_a_version_that_was_published_in_another_language_leads_there(tell):
    site = tell(
        """start 2026-01-05 nb
settings "nb, en"
section en/01-kontakt Contact "Write to {{ controller.name }}."
commit 2026-02-02""",
        "2026-03-01",
    )
    main = read_main(site, "en/date")
    assert read_periods(main)[1][1].startswith(
        "From 5 January 2026 to 1 February 2026: Version 1.0 – Published in Norwegian only"
    )
    link = main.select_one('a[hreflang="nb"]')
    assert link
    assert link["href"] == "../../versjon/1.0/"


def test_versions_that_never_came_into_force_are_listed_apart(tell):
    site = tell(
        f"""start\n{ONE}
words nb/02-deling "Vi deler fornavn."
note fornavn major 2026-05-01 "Bare fornavn." 'brings_forward: ["2.0"]'
commit 2026-02-03""",
        "2026-07-01",
    )
    main = read_main(site, "dato")
    assert [first for first, _ in read_periods(main)] == ["2026-05-01", "2026-01-05"]
    words = read_words(main)
    assert "Versjoner som aldri begynte å gjelde Versjon 2.0." in words
    assert "Skulle gjelde fra 1. juni 2026." in words


MANY = "\n".join(
    f'words nb/01-kontakt "Ring {month}-{day}."\ncommit 202{year}-{month:02}-{day:02}'
    for year, month, day in product((6, 7), range(1, 13), (10, 20, 27))
)


@pytest.mark.long
def test_beyond_fifty_rows_the_list_is_divided_by_years_with_anchors(tell):
    main = read_main(tell(f"start\n{MANY}", "2028-01-01"), "dato")
    assert [read_words(year) for year in main.find_all("h2")] == ["2027", "2026"]
    assert read_links(main)["2026"] == "#_2026"
    assert main.find(id="_2026")
    assert len(read_periods(main)) > 70


@pytest.mark.parametrize("path", ["dato", "en/date"])
def test_the_date_field_is_hidden_until_a_script_shows_it(tell, path):
    (form,) = read_main(tell("start", "2026-03-01"), path).select("form")
    assert form.has_attr("hidden")
    assert form["data-built"] == "2026-03-01"

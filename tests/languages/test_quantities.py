"""The same quantities are found in every language."""

from __future__ import annotations

from datetime import date

import pytest

from languages.loader import get_language, list_language_codes
from policy.checks.quantities import find_quantities
from policy.localization import format_day

CODES = [code for code in list_language_codes() if get_language(code).checks.quantities]
# What is found, and the words for it in each language.
SAME = [
    ("12 months", {"nb": "ett år", "nn": "eitt år", "en": "one year"}),
    ("12 months", {"nb": "1 år", "nn": "1 år", "en": "1 year"}),
    ("24 months", {"nb": "to år", "nn": "to år", "en": "two years"}),
    ("84 months", {"nb": "syv år", "nn": "sju år", "en": "seven years"}),
    ("1 months", {"nb": "én måned", "nn": "éin månad", "en": "one month"}),
    ("3 months", {"nb": "tre måneder", "nn": "tre månader", "en": "three months"}),
    ("18 months", {"nb": "atten måneders", "nn": "18 månaders", "en": "eighteen months'"}),
    ("2 months", {"nb": "2 mnd", "nn": "2 mnd", "en": "2 months"}),
    ("14 days", {"nb": "to uker", "nn": "to veker", "en": "two weeks"}),
    ("7 days", {"nb": "1 uke", "nn": "1 veke", "en": "1 week"}),
    ("28 days", {"nb": "fire ukers", "nn": "fire vekers", "en": "four weeks"}),
    ("30 days", {"nb": "tretti dager", "nn": "tretti dagar", "en": "thirty days"}),
    ("30 days", {"nb": "30 dagers", "nn": "30 dagars", "en": "30 days'"}),
    ("20 days", {"nb": "tyve dager", "nn": "tjue dagar", "en": "twenty days"}),
    ("1 days", {"nb": "ett døgn", "nn": "eitt døgn", "en": "one day"}),
    ("1440 minutes", {"nb": "24 timer", "nn": "24 timar", "en": "24 hours"}),
    ("60 minutes", {"nb": "1 time", "nn": "1 time", "en": "1 hour"}),
    ("15 minutes", {"nb": "15 minutter", "nn": "15 minutt", "en": "15 minutes"}),
    ("11 minutes", {"nb": "elleve minutter", "nn": "elleve minutt", "en": "eleven minutes"}),
    ("2026-12-22", {"nb": "22. desember 2026", "nn": "22. desember 2026", "en": "22nd December 2026"}),
    ("*-05-01", {"nb": "1. mai", "nn": "1. mai", "en": "1 May"}),
    ("2026-03-01", {"nb": "1.3.2026", "nn": "1.3.2026", "en": "2026-03-01"}),
    ("500", {"nb": "500 kroner", "nn": "500 kroner", "en": "NOK 500"}),
    ("10", {"nb": "10 prosent", "nn": "10 prosent", "en": "10 per cent"}),
    ("1000", {"nb": "1 000", "nn": "1 000", "en": "1,000"}),
]


@pytest.mark.parametrize(("value", "words"), SAME, ids=lambda part: part if isinstance(part, str) else "")
def test_a_quantity_has_the_same_value_in_every_language(value, words):
    assert {code: [found.value for found in find_quantities(text, code)] for code, text in words.items()} == {
        code: [value] for code in CODES
    }


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_is_known_by_its_name(month):
    day = date(2026, month, 15)
    for code in CODES:
        assert [found.value for found in find_quantities(format_day(day, code), code)] == [str(day)]


@pytest.mark.parametrize(
    ("code", "text"), [("nb", "et år"), ("nn", "eit år"), ("nn", "ei veke"), ("en", "a year")]
)
def test_an_article_is_not_certainly_a_number(code, text):
    assert [found.is_certain for found in find_quantities(text, code)] == [False]


@pytest.mark.parametrize(
    ("code", "text"), [("nb", "én dag"), ("nn", "éi veke"), ("nn", "éin dag"), ("en", "one day")]
)
def test_a_number_that_is_stressed_is_certain(code, text):
    assert [found.is_certain for found in find_quantities(text, code)] == [True]

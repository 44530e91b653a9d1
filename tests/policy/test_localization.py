"""Words made from facts never change: a golden table guards every one of them."""

from __future__ import annotations

from datetime import date

import pytest

from policy.durations import Duration
from policy.fields import LocalizedText
from policy.localization import format_value, is_country
from policy.placeholders import CodedValue
from tests.policy.golden_words import TABLE, printed


def test_no_word_made_from_a_fact_has_changed():
    assert printed().splitlines() == TABLE.read_text("utf-8").splitlines()


def test_the_table_holds_every_country_of_the_standard_and_kosovo():
    codes = [
        line.split("\t")[1] for line in TABLE.read_text("utf-8").splitlines() if line.startswith("country")
    ]
    assert len(set(codes)) == len(codes) == 249 + 1


def test_no_two_countries_have_the_same_name():
    lines = [line.split("\t") for line in TABLE.read_text("utf-8").splitlines() if line.startswith("country")]
    for names in list(zip(*lines, strict=True))[2:]:
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("code", ["EU", "UN", "ZZ", "XQ", "UK", "EA", "IC", "SU", "no", "N", ""])
def test_other_codes_are_not_countries(code):
    assert not is_country(code)


@pytest.mark.parametrize(
    ("leaf", "nb", "en"),
    [
        (LocalizedText(common="SMB Norge"), "SMB Norge", "SMB Norge"),
        (LocalizedText(by_locale=(("nb", "Ja"), ("en", "Yes"))), "Ja", "Yes"),
        (LocalizedText(by_locale=(("nb", "Ja"),)), "Ja", "Ja"),
        (CodedValue("country.DE"), "Tyskland", "Germany"),
        (CodedValue("country.XQ"), "XQ", "XQ"),
        (CodedValue("role.joint"), "felles behandlingsansvarlig", "joint controller"),
        (Duration("P2Y6M"), "2 år og 6 måneder", "2 years and 6 months"),
        (date(2026, 12, 22), "22. desember 2026", "22 December 2026"),
        (("A", "B"), "A og B", "A and B"),
        ("post@example.no", "post@example.no", "post@example.no"),
        (90, "90", "90"),
    ],
)
def test_a_value_is_formatted_in_the_language_of_the_reader(leaf, nb, en):
    assert [format_value(leaf, locale) for locale in ("nb", "en")] == [nb, en]

"""The rules by which Markdown becomes words are those of the first release."""

import pytest

from languages.loader import list_language_codes
from policy.parsing import parse_settings
from tests.policy.frozen_markdown import CORPUS, format_case, read_cases, render_case

_SETTINGS = b"""title: Personvern
base_url: https://example.no/
languages: [nb]
controller: {name: Ola}
rules: %s
"""


@pytest.mark.parametrize("case", read_cases(), ids=lambda case: f"{case.locale}-{case.source[:20].strip()}")
def test_markdown_gives_the_words_that_it_gave_at_first(case):
    assert render_case(case) == case


def test_the_corpus_has_every_language_and_nothing_else_than_cases():
    cases = read_cases()
    assert {case.locale for case in cases} == set(list_language_codes())
    assert "".join(map(format_case, cases)) == CORPUS.read_text("utf-8")


def test_no_other_rules_are_accepted():
    assert not parse_settings("content/policy.yaml", _SETTINGS % b"1").findings
    (finding,) = parse_settings("content/policy.yaml", _SETTINGS % b"2").findings
    assert str(finding) == "content/policy.yaml:5:8: '2' is not a known value; valid names: 1"

"""Every regular expression takes steps in proportion to its input, whatever a stranger writes."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest

from bench import pattern_inventory
from bench.pattern_inventory import UnknownPatternError, list_patterns
from bench.pattern_steps import measure_growth
from tests.helpers.environment import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator

# A linear pattern has 1.0; what begins only after some characters has a little more on short inputs.
MAX_EXPONENT = 1.3
REPEAT_IN_OTHER_LANGUAGE = re.compile(r"preg_\w+\(|RegExp\(|[=(:,!]\s*/[^/*\s].*[*+}].*/[gimsuy]*[.;,)]")
REVIEWED = {
    "const VERSION = /^\\d{1,6}\\.\\d{1,6}$/;": "bounded",
    "const DAY = /^\\d{4}-\\d\\d-\\d\\d$/;": "bounded",
    "return 1 === preg_match( '#^' . preg_quote( $address, '#' ) . '([A-Za-z-]+/)*\\z#', $home );": "each "
    "repetition ends at the next slash",
    "$code = strtolower( preg_split( '/[-_.@]/', $locale )[0] );": "no repeat",
    "$address = preg_match( '#^https?://#i', $entered ) "
    "? esc_url_raw( $entered, array( 'http', 'https' ) ) : '';": "no repeat",
}


@pytest.fixture(autouse=True)
def deep_recursion() -> Iterator[None]:
    """Allow the matcher a frame or more for each character."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    yield
    sys.setrecursionlimit(before)


def test_no_pattern_of_the_code_or_of_a_language_grows_faster_than_its_input():
    slow = {
        used.name: growth
        for used in list_patterns()
        if (growth := measure_growth(used.pattern, anywhere=used.is_searched)).exponent > MAX_EXPONENT
    }
    assert slow == {}


@pytest.mark.parametrize(
    "source",
    [
        r"\s+$",
        r"(a+)+b",
        r"(a|a)*b",
        r"\[[^\]]*\]",
        r"\d+\d+x",
        r"\{\{\s*([^{}\s][^{}\n]*?)\s*\}\}",
        r"[^@\s]+@[^@\s]+",
        r"(?:x\w*)?-\w*:",
        r"(?i)LOV\w* å",
        r"<a[^>]{0,500}>",
    ],
)
def test_a_slow_pattern_is_recognized(source):
    assert measure_growth(re.compile(source)).exponent > MAX_EXPONENT


@pytest.mark.parametrize("source", [r"(?<!\w)\w++:", r"\bx\w{0,30}y", r"(?<!\w)\w+x", r"\[[^\[\]]*\]"])
def test_a_linear_pattern_is_not(source):
    assert measure_growth(re.compile(source)).exponent <= MAX_EXPONENT


def test_a_pattern_that_only_running_code_would_show_is_refused(monkeypatch):
    monkeypatch.delitem(pattern_inventory._GENERATED, "policy.checks.quantities._compile_date")
    with pytest.raises(UnknownPatternError, match="_compile_date"):
        list_patterns()


def test_the_patterns_in_javascript_and_php_are_reviewed():
    paths = [REPOSITORY / "templates" / "notice.js"]
    paths += (REPOSITORY / "integrations").rglob("*.php")
    paths += (REPOSITORY / "integrations").rglob("assets/*.js")
    lines = {
        line.strip()
        for path in paths
        for line in path.read_text(encoding="utf-8").splitlines()
        if REPEAT_IN_OTHER_LANGUAGE.search(line)
    }
    assert lines - REVIEWED.keys() == set()

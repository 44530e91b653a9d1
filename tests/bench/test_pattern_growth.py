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
_MADE_FROM_DATA = re.compile(r"languages\.|changelog\.weighty_words\._compile")
REPEAT_IN_OTHER_LANGUAGE = re.compile(r"preg_\w+\(|RegExp\(|[=(:,!]\s*/[^/*\s].*[*+}].*/[gimsuy]*[.;,)]")
REVIEWED = {
    "const VERSION = /^(0|[1-9]\\d{0,5})\\.(0|[1-9]\\d{0,5})$/;": "bounded",
    "const ENTRY = /^[0-9a-f]{64}$/;": "bounded",
    "const CODE = /^[a-z]{2,3}$/;": "bounded",
    "const READER = /^([a-z]{2,3}|\\*)$/;": "bounded",
    "!/(?![\\n\\t])[\\p{Cc}\\p{Cs}]/u.test(value);": "no repeat",
    "matches(/^\\d{4}-\\d\\d-\\d\\d$/, value) && new Date(`${value}T00:00Z`).toISOString()"
    ".startsWith(value);": "bounded",
    "const SPACE = /[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205"
    "f\\u3000]+/g;": "one repeat, nothing after it",
    'const salts = article.dataset.salts?.trim().split(/\\s+/) ?? sections.map(() => "'
    '");': "one repeat, nothing after it",
    "const isHash = matches(/^[0-9a-f]{64}$/);": "bounded",
    "const isDay = matches(/^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$/);": "bounded",
    "const isVersion = matches(/^\\d{1,6}\\.\\d{1,6}$/);": "bounded",
    'page.words.get(key).replace(/\\{(\\w+)\\}/g, (_, name) => (name === "day" ? formatD'
    "ay(values.day) : String(values[name])));": "of our own messages",
    "&& 1 === preg_match( '/[\\p{L}\\p{N}]/u', $value )": "no repeat",
    "&& 0 === preg_match( '/(?![\\n\\t])\\p{Cc}/u', $value );": "no repeat",
    "&& preg_match( DAY_PATTERN, $value, $parts )": "bounded",
    "return is_string( $value ) && 1 === preg_match( $pattern, $value );": "bounded, all of them",
    "&& preg_match( '#^((?!(\\.|%2e){1,2}(/|\\z))[A-Za-z0-9._~%-]*/)*[A-Za-z0-9_~-]*(\\#"
    "[A-Za-z0-9._~%-]*)?\\z#i', substr( $value, strlen( $address ) ) );": "each "
    "repetition ends at the next slash",
    "$is_valid = strlen( $address ) <= ADDRESS_LIMIT && 1 === preg_match( ADDRESS_PAT"
    "TERN, $address );": "the input is bounded",
    "return $is_complete && is_string( $type ) && preg_match( '#^application/json\\s*("
    ";|\\z)#i', $type ) ? $body : null;": "tried at the start only",
    r"const ITEM = /^(-|\d{1,9}\.)$/;": "bounded",
    "const DAY = /^\\d{4}-\\d\\d-\\d\\d$/;": "bounded",
    "return 1 === preg_match( '#^' . preg_quote( $address, '#' ) . '([A-Za-z-]+/)*\\z#', $home );": "each "
    "repetition ends at the next slash",
    "$code = strtolower( preg_split( '/[-_.@]/', $locale )[0] );": "no repeat",
    "$address = preg_match( '#^https?://#i', $entered ) "
    "? esc_url_raw( $entered, array( 'http', 'https' ) ) : '';": "no repeat",
    "const HEADER_FIRST = /^[!-9;-~]+:/;": "anchored, one repeat",
    "const DIGITS = /[0-9a-f]{32,}/g;": "runs of a fixed kind, none is searched twice",
    'text.replace(/=[ \\t]*\\r?\\n/g, "").replace(/(?:=[0-9A-F]{2})+/gi, (sign'
    "s) =>": "each repeat begins after a literal sign that it cannot contain",
    'return decodeBytes(atob(text.replace(/[^A-Za-z0-9+/]/g, "")), charset);': "no repeat",
    'const head = text.slice(0, end).replace(/\\r?\\n[ \\t]+/g, " ");': "each stops in its line",
    'const read = (name) => new RegExp(`^${name}:(.*)$`, "im").exec(head)?.'
    '[1].trim() ?? "";': "one repeat, up to the end of a line",
    'const find = (name, value) => new RegExp(`${name}="?([^";]+)`, "i").ex'
    "ec(value)?.[1].trim();": "one search, whose first match is taken",
    'const sign = boundary.replace(/[.*+?^${}()|[\\]\\\\/]/g, "\\\\$&");': "no repeat",
    'const parts = body.split(new RegExp(`^--${sign}(?:--)?[ \\\\t]*\\\\r?$`, "'
    'm"));': "a repeat for each line, which stops in it",
    "return [{ head, text: /^text\\/html\\b/i.test(type) ? content.replace(/<"
    '[^<>]*>/g, " ") : content }];': "stops at the next sign that begins an element",
    "[...head.matchAll(/^policy-log-entry:\\s*([0-9a-f]{64})\\s*$/gim)].map(("
    "found) => found[1].toLowerCase()));": "each repeat begins after a literal that it cannot contain",
}


@pytest.fixture(autouse=True)
def deep_recursion() -> Iterator[None]:
    """Allow the matcher a frame or more for each character."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    yield
    sys.setrecursionlimit(before)


@pytest.mark.long
@pytest.mark.parametrize("is_generated", [False, True], ids=["written in the code", "made from data"])
def test_no_pattern_of_the_code_or_of_a_language_grows_faster_than_its_input(is_generated):
    slow = {
        used.name: growth
        for used in list_patterns()
        if bool(_MADE_FROM_DATA.match(used.name)) is is_generated
        and (growth := measure_growth(used.pattern, anywhere=used.is_searched)).exponent > MAX_EXPONENT
    }
    assert slow == {}


@pytest.mark.cases_in_ci
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
    paths = [REPOSITORY / "templates" / name for name in ("notice.js", "verify.js")]
    paths += (REPOSITORY / "integrations").rglob("*.php")
    paths += (REPOSITORY / "integrations").rglob("assets/*.js")
    lines = {
        line.strip()
        for path in paths
        for line in path.read_text(encoding="utf-8").splitlines()
        if REPEAT_IN_OTHER_LANGUAGE.search(line)
    }
    assert lines - REVIEWED.keys() == set()

"""Text of strangers on a terminal, in a log of CI and in JSON: what cannot be seen is spelled out."""

from __future__ import annotations

import json
import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.characters import (
    INVISIBLE_CHARACTER,
    escape_invisible,
    escape_line,
    escape_log_commands_in_html,
    format_printable_json,
)
from common.cli import print_lines, print_styled_lines
from common.messages import Message
from editing.formatters import format_annotations, format_lines
from policy.findings import Finding, Location
from tests.helpers.factories import property_settings

# What a stranger would try, between characters of every kind, halves of surrogate pairs too.
HOSTILE = [
    *("\n", "\r\n", "\r", "\t", "::", ":", "##[", "#", "[", "add-mask]", "\x1b[31m", "\x1b]0;t\x07", "\x85"),
    *(
        "\u2028",
        "\u202e",
        "\ufffe",
        "\U0001fffe",
        "\udcff",
        "\ud800",
        "\xa0",
        " ",
        "%0A",
        "&#xFFFE;",
        "\u0338",
    ),
    *("'", '"', "<", "&"),
]
names = st.lists(st.sampled_from(HOSTILE) | st.text(st.characters(), max_size=5), max_size=8).map("".join)


def assert_safe(line: str) -> None:
    line.encode("utf-8")  # no half of a surrogate pair is left
    assert not INVISIBLE_CHARACTER.search(line)
    assert not {"\n", "\t"} & set(line)
    assert not re.search(r"##\w*\[", line)


@given(names)
@property_settings
def test_a_line_is_one_line_that_steers_nothing(text):
    line = escape_line(text)
    assert_safe(line)
    assert not line.lstrip().startswith("::")


@given(st.text(st.characters(categories=["L", "N", "P", "S"], exclude_characters=":#["), max_size=20))
def test_ordinary_text_is_printed_as_it_is(text):
    shown = escape_line(text)
    assert shown == INVISIBLE_CHARACTER.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb", "a[U+000A]b"),
        ("\x1b]0;x", "[U+001B]]0;x"),
        ("k\udce4se", "k[0xE4]se"),
        ("  ::add-mask::x", "  [U+003A]:add-mask::x"),
        ("see ##[add-mask]x and ##vso[x]", "see [U+0023]#[add-mask]x and [U+0023]#vso[x]"),
        ("####[x] ## [y", "[U+0023][U+0023][U+0023]#[x] ## [y"),
        ("20\u00a0000 kr – «ja» 👍\ufe0f", "20\u00a0000 kr – «ja» 👍\ufe0f"),
    ],
)
def test_what_is_spelled_out_can_be_read(text, shown):
    assert escape_line(text) == shown


@given(names)
@property_settings
def test_json_says_the_same_in_characters_that_can_be_seen(text):
    printed = format_printable_json({text: [text]})
    assert json.loads(printed) == {text: [text]}
    assert all(not INVISIBLE_CHARACTER.search(line) for line in printed.split("\n"))
    assert not re.search(r"##\w*\[", printed)


@given(st.lists(names, min_size=1, max_size=3), names, names)
@property_settings
def test_every_finding_is_one_line_and_one_workflow_command(paths, value, hint):
    findings = [
        Finding(Location(path), Message("'{value}' is wrong", value=value), Message("{hint}", hint=hint))
        for path in paths
    ]
    with redirect_stdout(StringIO()) as printed:
        print_lines(*format_lines(findings, str))
    lines = printed.getvalue().removesuffix("\n").split("\n")
    assert len(lines) == len(findings) + 1  # the last one counts them
    for line in lines:
        assert_safe(line)
        assert not line.lstrip().startswith("::")
    commands = format_annotations(findings, str, Path()).split("\n")
    assert len(commands) == len(findings)
    for command in commands:
        assert_safe(command)
        assert re.fullmatch(r"::error file=[^,:]*,line=1,col=1,title=unreadable::.*", command)


def test_no_sequence_but_a_colour_reaches_a_terminal():
    with redirect_stdout(StringIO()) as printed:
        print_styled_lines("\x1b[32;4mny\x1b[0m \x1b]0;tittel\x07\n::x::")
    # click leaves out colours where there is no terminal.
    assert printed.getvalue() == "ny [U+001B]]0;tittel[U+0007][U+000A]::x::\n"


def test_html_in_a_log_commands_nothing_and_means_the_same():
    assert escape_log_commands_in_html("<pre>\n ::stop::x\n##[y]") == "<pre>\n &#58;:stop::x\n&#35;#[y]"
    assert escape_log_commands_in_html("###[y]") == "&#35;&#35;#[y]"


def test_json_holds_no_command_behind_more_number_signs():
    assert format_printable_json("###[y] ##") == '"\\u0023\\u0023#[y] ##"'


@given(names)
@property_settings
def test_no_xml_and_no_html_forbids_a_character_that_is_left_in_a_document(text):
    left = set(escape_invisible(text))
    forbidden = {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), "\ufffe", "\uffff"} - {"\t", "\n"}
    assert not left & forbidden
    assert not any(0xD800 <= ord(character) <= 0xDFFF for character in left)

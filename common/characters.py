"""Characters that nobody sees, and text made safe to print: one alphabet for documents, feeds and terminals.

Whatever a stranger can name or type, such as a file, a key or a title, may hold a line end, an escape
sequence or a sign that reorders a line. Here it becomes its code point, `[U+001B]`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from itertools import pairwise

# Characters that nobody sees: controls, which HTML does not allow; soft hyphens; letters and blanks without
# width; separators of lines; bidirectional controls, which reorder the text around them (UAX #9); tags;
# halves of surrogate pairs, as for bytes that are not UTF-8; and code points that are no characters.
_INVISIBLE_RANGES = (
    *("\x00\x08", "\x0b\x1f", "\x7f\x9f", "\xad\xad", "\u034f\u034f", "\u061c\u061c", "\u115f\u1160"),
    *("\u17b4\u17b5", "\u180b\u180f", "\u200b\u200f", "\u2028\u202e", "\u2060\u206f", "\u3164\u3164"),
    *("\ud800\udfff", "\ufdd0\ufdef", "\ufe00\ufe0d", "\ufeff\ufeff", "\uffa0\uffa0", "\ufff0\ufffb"),
    # The last two code points of each plane, and the tags, which follow those of one.
    "\ufffe\uffff",
    *(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 13)),
    "\U000dfffe\U000e0fff",
    *(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(14, 17)),
)
_LAST_OF_BMP = "\uffff"
_INVISIBLE_IN_BMP = "".join(f"{ends[0]}-{ends[1]}" for ends in _INVISIBLE_RANGES if ends[1] <= _LAST_OF_BMP)
_VISIBLE_ABOVE = "".join(
    f"{chr(ord(before[1]) + 1)}-{chr(ord(after[0]) - 1)}"
    for before, after in pairwise(_INVISIBLE_RANGES)
    if before[1] >= _LAST_OF_BMP
)
# Up to U+FFFF, Python looks a character up in a bitmap, and beyond compares it with one range after another.
# So all beyond are found at first, and then those that are visible are left out. A set of all visible ones
# would be as fast, but takes 4 ms to compile, at the start of every command.
INVISIBLE_CHARACTER = re.compile(f"[{_INVISIBLE_IN_BMP}\U00010000-\U0010ffff](?<![{_VISIBLE_ABOVE}])")
_MAX_MARKS = 30  # on one letter, as in the stream-safe format of UAX #15
# Python's stand-ins for the bytes of a file name that is not UTF-8 (PEP 383).
_RAW_BYTES = range(0xDC80, 0xDD00)
_LINE_ENDS_AND_TABS = {ord("\t"): "[U+0009]", ord("\n"): "[U+000A]"}
# What the runner of GitHub Actions obeys in a log, whoever printed it: "::" at the start of a line, also
# after blanks, and "##[" anywhere in it; others obey "##vso[" and "##teamcity[".
_COMMAND_START = re.compile(r"^\s*:(?=:)|(?<!#)##++(?=\w*\[)")
_HTML_COMMAND_START = re.compile(_COMMAND_START.pattern, re.MULTILINE)
_JSON_COMMAND_START = re.compile(r"(?<!#)##++(?=\w*\[)")


def normalize_text(text: str) -> str:
    """Return the text in NFC. To sort thousands of marks on one letter would take quadratic time.

    Those that no language has on a letter are spelled out, `[U+0301]`.
    """
    if unicodedata.is_normalized("NFC", text):  # quick: what is out of order is seen at once
        return text
    characters, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        characters.append(character if marks <= _MAX_MARKS else _spell_out_character(character))
    return unicodedata.normalize("NFC", "".join(characters))


def escape_invisible(text: str) -> str:
    """Return the text in NFC, with characters that nobody sees spelled out, `[U+202E]`."""
    return spell_out_invisible(normalize_text(text))


def spell_out_invisible(text: str) -> str:
    """Return the text with characters that nobody sees spelled out, and nothing else changed."""
    return INVISIBLE_CHARACTER.sub(_spell_out, text)


def escape_line(text: str) -> str:
    """Return the text as one line that a terminal shows and a CI runner does not obey.

    Line ends and tabs are spelled out too. A byte of a file name that is not UTF-8 becomes `[0xFF]`.
    """
    visible = spell_out_invisible(text).translate(_LINE_ENDS_AND_TABS)
    return _COMMAND_START.sub(lambda match: _replace_command(match[0], _spell_out_character), visible)


def escape_log_commands_in_html(html: str) -> str:
    """Return HTML that a CI runner does not obey when it is printed to its log."""
    return _HTML_COMMAND_START.sub(
        lambda match: _replace_command(match[0], lambda character: f"&#{ord(character)};"), html
    )


def _replace_command(start: str, replace: Callable[[str], str]) -> str:
    """Return the start of a command with every number sign but the last replaced, or its first colon."""
    if start[0] == "#":
        return replace("#") * (len(start) - 1) + "#"
    return start[:-1] + replace(start[-1])


def format_printable_json(value: object, *, indent: int | None = 1) -> str:
    """Return a value as JSON in which characters that nobody sees are escaped, as are commands to CI."""
    import json  # noqa: PLC0415 - every command imports this module, and few print JSON

    text = json.dumps(value, ensure_ascii=False, indent=indent)
    # Outside strings, JSON has none of these characters.
    visible = INVISIBLE_CHARACTER.sub(lambda match: json.dumps(match[0])[1:-1], text)
    return _JSON_COMMAND_START.sub(lambda match: _replace_command(match[0], _escape_in_json), visible)


def _escape_in_json(character: str) -> str:
    return f"\\u{ord(character):04x}"


def _spell_out(match: re.Match[str]) -> str:
    return _spell_out_character(match[0])


def _spell_out_character(character: str) -> str:
    code = ord(character)
    return f"[0x{code - 0xDC00:02X}]" if code in _RAW_BYTES else f"[U+{code:04X}]"

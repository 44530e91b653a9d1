"""A page builder's shortcodes out, HTML in their place; words that stand in attributes stay.

Only shortcodes that are known to be a builder's or WordPress' own are taken; other brackets are the text's.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from html import escape, unescape
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

_BUILDERS = r"(?:vc|wpb|et_pb|fusion|av|mk|us|cs|tm|ultimate)_\w+"
_OWN = r"gallery|caption|embed|audio|video|playlist|contact-form-7"
# Bounded on purpose: a hostile file cannot make the search go over all of it again and again.
_ATTRIBUTES = r"""(?:[^\]\["']|"[^"\n]{0,8000}"|'[^'\n]{0,8000}'){0,2000}"""
_CODE = re.compile(rf"\[(/?)({_BUILDERS}|{_OWN})(?![\w-])({_ATTRIBUTES})\]", re.IGNORECASE)
_RAW = re.compile(r"\[vc_raw_(html|js)[^\]]{0,500}\]([A-Za-z0-9+/=\s]*)\[/vc_raw_\1\]", re.IGNORECASE)
_VALUE = re.compile(r"""(?<![\w-])([\w-]{1,60})\s*=\s*(?:"([^"\n]{1,8000})"|'([^'\n]{1,8000})')""")
# The attributes that builders show as words. Others that look like words are told of in the report.
_SHOWN = re.compile(
    r"(?:(?:sub|main|btn|button|primary|hover|front|back)_?)?"
    r"(?:title|text|heading|label|description|desc|caption|message|quote|author)|h[1-6]",
    re.IGNORECASE,
)
_SWITCH = re.compile(r"\s*(?:yes|no|true|false|on|off|none|default|h[1-6]|[\d.,%]*)\s*", re.IGNORECASE)
_LOOKS = re.compile(r"\w*(?:css|class|style|font|color|align|animation|id|type|size|link|url|src|icon)\w*")
_PROSE = re.compile(r"^[^\W\d_]+[,.]? +[^\W\d_]+[^{}|:;]*$")
_UNKNOWN = re.compile(
    r"""\[(?:/([a-z][\w-]{1,60})|([a-z][\w-]{1,60})[ ]+[\w-]{1,60}=["'][^\]\n]{0,500})\]""", re.IGNORECASE
)
_HEADS = ("heading", "toggle", "section", "tab", "separator", "accordion")
_BLOCKS = (
    "p|h[1-6]|ul|ol|li|table|thead|tbody|tfoot|tr|td|th|caption|div|section|article|header|footer|main|aside|nav"
    "|blockquote|dl|dt|dd|pre|hr|br|figure|figcaption|form|fieldset|legend|address|details|summary"
)
_BLOCK = re.compile(rf"\s*</?(?:{_BLOCKS})\b", re.IGNORECASE)
_ENDS_BLOCK = re.compile(rf"</?(?:{_BLOCKS})\b[^<>]*>\s*$", re.IGNORECASE)
_AS_IT_IS = re.compile(r"<(?:pre|script|style|textarea|svg|!--)", re.IGNORECASE)
# A tag with its attributes; bounded for the same reason.
_NAME, _QUOTED = r"[\w:-]{1,60}", r"""(?:"[^"]{0,8000}"|'[^']{0,8000}'|[^\s"'<>]{1,8000})"""
_TAG = re.compile(rf"</?[a-z]{_NAME}?(?:\s+{_NAME}(?:\s*=\s*{_QUOTED})?){{0,50}}\s*/?>", re.IGNORECASE)
_LINE_IN_TAG = "\0"  # a line's end that is none of the text
_TARGET = re.compile(r"url:([^|]+)")


def html(text: str) -> str:
    """Give a builder's text as HTML: shortcodes gone, their words kept, blank lines made paragraphs."""
    text = _RAW.sub(_decoded, text.replace("\r\n", "\n"))
    text = _TAG.sub(lambda tag: tag[0].replace("\n", _LINE_IN_TAG), _CODE.sub(_words, text))
    parts = re.split(r"\n[ \t]*\n", text)
    if "<!-- wp:" not in text:
        parts = [_broken(part) for part in parts]
    return "\n\n".join(map(_paragraph, parts)).replace(_LINE_IN_TAG, "\n")


def unread(text: str) -> tuple[str, ...]:
    """Tell of what looks like words in attributes that are not shown, and of codes that are no builder's."""
    known = _CODE.findall(text)
    hidden = [
        f"not taken along: {name} of [{code}], '{value}'"
        for _, code, attributes in known
        for name, value in _values(attributes)
        if not _SHOWN.fullmatch(name) and not _LOOKS.fullmatch(name.lower()) and _PROSE.search(value)
    ]
    codes = [ending or code for ending, code in _UNKNOWN.findall(_CODE.sub("", text))]
    strange = [f"left for you: [{code}] looks like a shortcode; write what it showed" for code in codes]
    return tuple(dict.fromkeys(hidden + strange))


def has_shortcodes(text: str) -> bool:
    """Whether a builder's shortcodes stand in a text."""
    return bool(_CODE.search(text))


def _paragraph(part: str) -> str:
    """Do as WordPress does when it shows a text: what stands by itself between blank lines is a paragraph."""
    return part if not part.strip() or _BLOCK.match(part) else f"<p>{part}</p>"


def _broken(part: str) -> str:
    """Do as WordPress does: the end of a line inside a paragraph is one that readers see."""
    if _AS_IT_IS.search(part):
        return part
    made: list[str] = []
    for line, after in pairwise([*part.split("\n"), ""]):
        inside = line.rfind("<") > line.rfind(">") or not line.strip() or not after.strip()
        made.append(line if inside or _ENDS_BLOCK.search(line) or _BLOCK.match(after) else f"{line}<br>")
    return "\n".join(made)


def _words(found: re.Match[str]) -> str:
    closing, name, attributes = found.groups()
    said = [] if closing else list(_said(attributes))
    tag = "h2" if any(word in name.lower() for word in _HEADS) else "p"
    return "\n\n" + "".join(f"<{tag}>{words}</{tag}>\n\n" for words in said)


def _values(attributes: str) -> list[tuple[str, str]]:
    return [(name, unescape(double or single)) for name, double, single in _VALUE.findall(attributes)]


def _said(attributes: str) -> Iterator[str]:
    """Give the words of a code's attributes as HTML, each as a link where the code is one."""
    values = _values(attributes)
    target = next((_TARGET.match(value) for name, value in values if name.lower() == "link"), None)
    for name, value in values:
        shown = [value] if _SHOWN.fullmatch(name) else _grouped(value)
        for words in (escape(words) for words in shown if not _SWITCH.fullmatch(words)):
            yield f'<a href="{escape(unquote(target[1]))}">{words}</a>' if target else words


def _grouped(value: str) -> list[str]:
    """Give the words of a group of parameters, which builders keep as percent-encoded JSON."""
    if not value.startswith("%5B"):
        return []
    try:
        rows = json.loads(unquote(value))
    except (ValueError, RecursionError):
        return []
    pairs = [pair for row in rows if isinstance(row, dict) for pair in row.items()]
    return [words for name, words in pairs if _SHOWN.fullmatch(name) and isinstance(words, str)]


def _decoded(found: re.Match[str]) -> str:
    """Read what vc_raw_html keeps: HTML, percent-encoded, in base64. A script has no words."""
    if found[1].lower() == "js":
        return ""
    try:
        return unquote(base64.b64decode(found[2], validate=False).decode("utf-8", "replace"))
    except (binascii.Error, ValueError):
        return found[2]

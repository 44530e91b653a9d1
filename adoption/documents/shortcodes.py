"""Replaces the shortcodes of page builders with HTML, keeping the words in their attributes.

Only shortcodes that are known to be a page builder's or WordPress' own are replaced; other brackets belong to
the text.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from html import escape, unescape
from itertools import pairwise
from urllib.parse import unquote

from adoption.documents.report import ReportKind, ReportLine
from common.messages import Message

# The prefixes of WPBakery, Divi, Avada, Enfold and other page builders.
_BUILDERS = r"(?:vc|wpb|et_pb|fusion|av|mk|us|cs|tm|ultimate)_\w+"
# Shortcodes of WordPress itself and of its most used contact form.
_WORDPRESS = r"gallery|caption|embed|audio|video|playlist|contact-form-7"
# Bounded, so that a hostile file cannot make the search quadratic.
_ATTRIBUTES = r"""(?:[^\]\["']|"[^"\n]{0,8000}"|'[^'\n]{0,8000}'){0,2000}"""
_SHORTCODE = re.compile(rf"\[(/?)({_BUILDERS}|{_WORDPRESS})(?![\w-])({_ATTRIBUTES})\]", re.IGNORECASE)
_RAW_CONTENT = re.compile(
    r"\[vc_raw_(html|js)[^\[\]]{0,500}\]([A-Za-z0-9+/=\s]*)\[/vc_raw_\1\]", re.IGNORECASE
)
_ATTRIBUTE = re.compile(r"""(?<![\w-])([\w-]{1,60})\s*=\s*(?:"([^"\n]{1,8000})"|'([^'\n]{1,8000})')""")
# The attributes that builders show as text. Others that look like text are listed in the report.
_TEXT_ATTRIBUTE = re.compile(
    r"(?:(?:sub|main|btn|button|primary|hover|front|back)_?)?"
    r"(?:title|text|heading|label|description|desc|caption|message|quote|author)|h[1-6]",
    re.IGNORECASE,
)
# Values that are settings although their attribute usually holds text.
_OPTION_VALUE = re.compile(r"\s*(?:yes|no|true|false|on|off|none|default|h[1-6]|[\d.,%]*)\s*", re.IGNORECASE)
# Attributes about appearance or links, whose values may look like words.
_STYLE_ATTRIBUTE = re.compile(
    r"\w*(?:css|class|style|font|color|align|animation|id|type|size|link|url|src|icon)\w*"
)
# At least two words and no syntax.
_PROSE = re.compile(r"^[^\W\d_]+[,.]? +[^\W\d_]+[^{}|:;]*$")
# An end tag, or a code with an attribute: brackets with plain words belong to the text.
_UNKNOWN_SHORTCODE = re.compile(
    r"""\[(?:/([a-z][\w-]{1,60})|([a-z][\w-]{1,60})[ ]+[\w-]{1,60}=["'][^\[\]\n]{0,500})\]""", re.IGNORECASE
)
# Parts of the names of shortcodes that show their text as a heading.
_HEADING_SHORTCODES = ("heading", "toggle", "section", "tab", "separator", "accordion")
_BLOCKS = (
    "p|h[1-6]|ul|ol|li|table|thead|tbody|tfoot|tr|td|th|caption|div|section|article|header|footer|main|aside|nav"
    "|blockquote|dl|dt|dd|pre|hr|br|figure|figcaption|form|fieldset|legend|address|details|summary"
)
_BLOCK = re.compile(rf"\s*</?(?:{_BLOCKS})\b", re.IGNORECASE)
_ENDS_BLOCK = re.compile(rf"</?(?:{_BLOCKS})\b[^<>]*>\s*$", re.IGNORECASE)
# Elements in which WordPress leaves line ends alone.
_PREFORMATTED = re.compile(r"<(?:pre|script|style|textarea|svg|!--)", re.IGNORECASE)
# An HTML tag with its attributes; bounded for the same reason.
_NAME, _QUOTED = r"[\w:-]{1,60}", r"""(?:"[^"]{0,8000}"|'[^']{0,8000}'|[^\s"'<>]{1,8000})"""
_TAG = re.compile(rf"</?[a-z]{_NAME}?(?:\s+{_NAME}(?:\s*=\s*{_QUOTED})?){{0,50}}\s*/?>", re.IGNORECASE)
_LINE_IN_TAG = "\0"  # stands for a line break inside a tag, which is not part of the text
_LINK_TARGET = re.compile(r"url:([^|]+)")


def read_shortcodes(text: str) -> tuple[str, tuple[ReportLine, ...]]:
    """Return the text of a page as HTML, and a report of the shortcodes that lost something."""
    return convert_to_html(text), find_unconverted_shortcodes(text)


def convert_to_html(text: str) -> str:
    """Return the text of a page as HTML: without shortcodes, and with paragraphs for blank lines."""
    text = _RAW_CONTENT.sub(_decode_raw_content, text.replace("\r\n", "\n"))
    text = _TAG.sub(lambda tag: tag[0].replace("\n", _LINE_IN_TAG), _SHORTCODE.sub(_replace_shortcode, text))
    chunks = re.split(r"\n[ \t]*\n", text)
    if "<!-- wp:" not in text:  # the block editor writes its own line breaks
        chunks = [_add_line_breaks(chunk) for chunk in chunks]
    return "\n\n".join(map(_add_paragraph, chunks)).replace(_LINE_IN_TAG, "\n")


def find_unconverted_shortcodes(text: str) -> tuple[ReportLine, ...]:
    """Return report lines for attributes that look like text, and for shortcodes of no known builder."""
    shortcodes = _SHORTCODE.findall(text)
    ignored = [
        ReportLine(
            ReportKind.DROPPED,
            Message("not imported: {name} of [{code}], '{value}'", name=name, code=code, value=value),
            value,
        )
        for _, code, attributes in shortcodes
        for name, value in _parse_attributes(attributes)
        if not _TEXT_ATTRIBUTE.fullmatch(name)
        and not _STYLE_ATTRIBUTE.fullmatch(name.lower())
        and _PROSE.search(value)
    ]
    codes = [ending or code for ending, code in _UNKNOWN_SHORTCODE.findall(_SHORTCODE.sub("", text))]
    unknown = [
        ReportLine(
            ReportKind.TO_DO,
            Message("to do: [{code}] looks like a shortcode; write what it showed", code=code),
        )
        for code in codes
    ]
    return tuple(dict.fromkeys(ignored + unknown))


def has_shortcodes(text: str) -> bool:
    """Whether a text has shortcodes that `convert_to_html` replaces."""
    return bool(_SHORTCODE.search(text))


def _add_paragraph(chunk: str) -> str:
    """Wrap text between blank lines in a paragraph, as WordPress does when it shows a page (wpautop)."""
    return chunk if not chunk.strip() or _BLOCK.match(chunk) else f"<p>{chunk}</p>"


def _add_line_breaks(chunk: str) -> str:
    """Make line ends inside a paragraph visible, as WordPress does when it shows a page (wpautop)."""
    if _PREFORMATTED.search(chunk):
        return chunk
    lines: list[str] = []
    for line, following in pairwise([*chunk.split("\n"), ""]):
        is_in_tag = line.rfind("<") > line.rfind(">")
        is_at_edge = not line.strip() or not following.strip()
        is_block = _ENDS_BLOCK.search(line) or _BLOCK.match(following)
        lines.append(line if is_in_tag or is_at_edge or is_block else f"{line}<br>")
    return "\n".join(lines)


def _replace_shortcode(match: re.Match[str]) -> str:
    """Return the words of a shortcode as headings or paragraphs; its end tag has none."""
    closing, name, attributes = match.groups()
    texts = [] if closing else list(_iter_attribute_texts(attributes))
    tag = "h2" if any(word in name.lower() for word in _HEADING_SHORTCODES) else "p"
    return "\n\n" + "".join(f"<{tag}>{text}</{tag}>\n\n" for text in texts)


def _parse_attributes(attributes: str) -> list[tuple[str, str]]:
    return [(name, unescape(double or single)) for name, double, single in _ATTRIBUTE.findall(attributes)]


def _iter_attribute_texts(attributes: str) -> Iterator[str]:
    """Yield the texts of a shortcode's attributes as HTML, as links if the shortcode has a target."""
    values = _parse_attributes(attributes)
    target = next((_LINK_TARGET.match(value) for name, value in values if name.lower() == "link"), None)
    for name, value in values:
        candidates = [value] if _TEXT_ATTRIBUTE.fullmatch(name) else _parse_parameter_group(value)
        for text in (escape(text) for text in candidates if not _OPTION_VALUE.fullmatch(text)):
            yield f'<a href="{escape(unquote(target[1]))}">{text}</a>' if target else text


def _parse_parameter_group(value: str) -> list[str]:
    """Return the texts of a group of parameters, which builders store as percent-encoded JSON."""
    if not value.startswith("%5B"):
        return []
    try:
        rows = json.loads(unquote(value))
    except (ValueError, RecursionError):
        return []
    pairs = [pair for row in rows if isinstance(row, dict) for pair in row.items()]
    return [text for name, text in pairs if _TEXT_ATTRIBUTE.fullmatch(name) and isinstance(text, str)]


def _decode_raw_content(match: re.Match[str]) -> str:
    """Return the HTML of vc_raw_html, which is percent-encoded and then in base64; a script has no text."""
    if match[1].lower() == "js":
        return ""
    try:
        return unquote(base64.b64decode(match[2], validate=False).decode("utf-8", "replace"))
    except (binascii.Error, ValueError):
        return match[2]

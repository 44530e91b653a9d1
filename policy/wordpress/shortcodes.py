"""A page builder's shortcodes out, HTML in their place; words that stand in attributes stay.

Only shortcodes that are known to be a builder's or WordPress' own are taken; other brackets are the text's.
"""

from __future__ import annotations

import base64
import binascii
import re
from html import escape, unescape
from urllib.parse import unquote

_BUILDERS = r"(?:vc|wpb|et_pb|fusion|av|mk|us|cs|tm|ultimate)_\w+"
_OWN = r"gallery|caption|embed|audio|video|playlist|contact-form-7"
# Bounded on purpose: a hostile file cannot make the search go over all of it again and again.
_ATTRIBUTES = r"""(?:[^\]\["']|"[^"\n]{0,500}"|'[^'\n]{0,500}'){0,2000}"""
_CODE = re.compile(rf"\[(/?)({_BUILDERS}|{_OWN})(?![\w-])({_ATTRIBUTES})\]", re.IGNORECASE)
_RAW = re.compile(r"\[vc_raw_html[^\]]{0,500}\]([A-Za-z0-9+/=\s]*)\[/vc_raw_html\]", re.IGNORECASE)
_WORDS = re.compile(
    r"""(?<![\w-])(title|text|heading|label)\s*=\s*(?:"([^"\n]{1,500})"|'([^'\n]{1,500})')""", re.IGNORECASE
)
_HEADS = ("heading", "toggle", "section", "tab", "separator", "accordion")
_BLOCK = re.compile(
    r"\s*</?(?:p|h[1-6]|ul|ol|li|table|div|section|article|blockquote|dl|pre|hr|figure)\b", re.IGNORECASE
)


def html(text: str) -> str:
    """Give a builder's text as HTML: shortcodes gone, their words kept, blank lines made paragraphs."""
    text = _RAW.sub(_decoded, text.replace("\r\n", "\n"))
    return "\n\n".join(_paragraph(part) for part in re.split(r"\n[ \t]*\n", _CODE.sub(_words, text)))


def has_shortcodes(text: str) -> bool:
    """Whether a builder's shortcodes stand in a text."""
    return bool(_CODE.search(text))


def _paragraph(part: str) -> str:
    """Do as WordPress does when it shows a text: what stands by itself between blank lines is a paragraph."""
    return part if not part.strip() or _BLOCK.match(part) else f"<p>{part}</p>"


def _words(found: re.Match[str]) -> str:
    closing, name, attributes = found.groups()
    said = [] if closing else [unescape(double or single) for _, double, single in _WORDS.findall(attributes)]
    tag = "h2" if any(word in name.lower() for word in _HEADS) else "p"
    return "\n\n" + "".join(f"<{tag}>{escape(words)}</{tag}>\n\n" for words in said if words.strip())


def _decoded(found: re.Match[str]) -> str:
    """Read what vc_raw_html keeps: HTML, percent-encoded, in base64."""
    try:
        return unquote(base64.b64decode(found[1], validate=False).decode("utf-8", "replace"))
    except (binascii.Error, ValueError):
        return found[1]

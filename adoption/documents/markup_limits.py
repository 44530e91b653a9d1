"""What an imported page may not have more of: it could take minutes or gigabytes to clean and to convert."""

from __future__ import annotations

import re

from common.errors import InputError
from common.messages import Message

# Cleaning takes time quadratic in the number of tags, and a page has some thousands.
_MAX_TAGS = 20_000
# HTML repeats elements of these names in each paragraph until they are closed, but at most three that have
# the same attributes.
_FORMATTING_TAG = re.compile(
    r"<(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/])", re.IGNORECASE
)
_FORMATTING_ATTRIBUTES = re.compile(
    _FORMATTING_TAG.pattern + r"""(?:[^<>"']|"[^"<>]*+"|'[^'<>]*+')*+>""", re.IGNORECASE
)
_MAX_FORMATTING_TAGS = 100  # that have attributes with < or > in them
_MAX_DEPTH = 200  # what converts a page calls itself for each level
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*+)")
_VOID_TAGS = {"br", "hr", "img"}
NESTED_TOO_DEEPLY = Message("the page is nested too deeply; remove the elements around its text")


def prepare_markup(html: str) -> str:
    """Return a page that can be cleaned in some seconds; raise InputError for one that cannot."""
    html = _FORMATTING_ATTRIBUTES.sub(r"<\1>", html)
    count = sum(1 for _ in _TAG.finditer(html))
    if count > _MAX_TAGS:
        raise InputError(
            Message(
                "the page has {count} tags and may have {most}; import its text by itself",
                count=count,
                most=_MAX_TAGS,
            )
        )
    if len(_FORMATTING_TAG.findall(html)) > _MAX_FORMATTING_TAGS:
        raise InputError(Message("the page has too many attributes of <b>, <i> and the like; remove them"))
    return html


def reject_deep_nesting(clean: str) -> None:
    """Raise InputError for a cleaned page, in which each tag is closed, that is nested too deeply."""
    depth = 0
    for match in _TAG.finditer(clean):
        if match[2].lower() not in _VOID_TAGS:
            depth += -1 if match[1] else 1
        if depth > _MAX_DEPTH:
            raise InputError(NESTED_TOO_DEEPLY)

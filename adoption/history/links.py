"""Links in older versions: to other sections by their ids, to other pages by their whole address.

A link that leads nowhere becomes its words, and is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urljoin

from policy.markdown import is_harmless_link

# The end of the words of a link, and its target, in angle brackets or not, which may have a pair of brackets.
_TARGET = re.compile(r"\]\([ \t]*+(?:<([^<>\n]*+)>|((?:[^\s()<>]++|\([^\s()]*+\))*+))([^()]*+)\)")
_DEFINITION = re.compile(r"^( {0,3}\[[^\[\]\n]+\]:[ \t]*+)(\S++)", re.MULTILINE)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*+:|//")


class LinkCompleter:
    """Completes the links of one document; `lost` are the targets of those that became their words."""

    def __init__(self, ids: Mapping[str, str], base: str | None) -> None:
        self.ids = ids
        self.base = base
        self.lost: list[str] = []

    def complete(self, markdown: str) -> str:
        """Return a text with links that work where it is published."""
        if "](" not in markdown and "]:" not in markdown:
            return markdown
        text = "".join(self._iter_parts(markdown))
        return _DEFINITION.sub(lambda match: match[1] + (self._resolve(match[2]) or match[2]), text)

    def _iter_parts(self, text: str) -> Iterator[str]:
        position = 0
        for match in _TARGET.finditer(text):
            target = match[1] if match[1] is not None else match[2]
            resolved = self._resolve(target)
            start = _find_opening(text, match.start(), position) if resolved is None else -1
            if resolved is not None:
                yield f"{text[position : match.start()]}]({resolved}{match[3]})"
            elif start >= 0:
                self.lost.append(target)
                is_image = start > position and text[start - 1] == "!"
                yield text[position : start - is_image] + text[start + 1 : match.start()]
            else:
                yield text[position : match.end()]
            position = match.end()
        yield text[position:]

    def _resolve(self, target: str) -> str | None:
        """Return where a link leads, None if nowhere."""
        page, separator, name = target.partition("#")
        if separator and not page:
            id_ = self.ids.get(name.casefold())
            return f"#{id_}" if id_ else None
        if not target or not is_harmless_link(target):
            return None
        if _ABSOLUTE.match(target):
            return target
        return urljoin(self.base, target).replace("(", "%28").replace(")", "%29") if self.base else None


def _find_opening(text: str, end: int, limit: int) -> int:
    """Return where the bracket opens that a link's words follow; -1 if there is none after `limit`."""
    depth = 1
    for position in range(end - 1, max(limit, end - 10_000) - 1, -1):
        if text[position] in "[]" and text[position - 1 : position] != "\\":
            depth += 1 if text[position] == "]" else -1
            if not depth:
                return position
    return -1

"""How many words jsdiff and htmldiff-js mark between two versions.

jsdiff compares plain text, one line for each block, and htmldiff-js compares HTML. Neither knows moves.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from html.parser import HTMLParser
from itertools import groupby
from pathlib import Path
from tempfile import NamedTemporaryFile

from bench.peers import TOOLS
from bench.redline_pages import list_tokens, read_article, read_version
from bench.timing import CannotRunError, run

_PACKAGES = {"jsdiff": "diff", "htmldiff-js": "htmldiff-js"}
PEERS = tuple(_PACKAGES)
_SCRIPT = Path(__file__).with_suffix(".js")


def count_words_marked_by_peers(pairs: Iterable[tuple[str, str]]) -> list[dict[str, int]]:
    """Return how many words each peer marks between the pages of two versions, pair by pair.

    Raises CannotRunError if Node or a peer is not installed.
    """
    if missing := [peer for peer, package in _PACKAGES.items() if not _find_package(package).is_dir()]:
        raise CannotRunError(f"{' and '.join(missing)} not installed")
    with NamedTemporaryFile("w", encoding="utf-8", suffix=".jsonl") as file:
        for pair in pairs:
            texts = {"html": [*map(write_bare_html, pair)], "text": [*map(write_lines, pair)]}
            print(json.dumps(texts), file=file, flush=True)
        output = run(["node", str(_SCRIPT), str(TOOLS), file.name])
    return [
        _count_words(json.loads(line)["jsdiff"], json.loads(line)["htmldiff-js"])
        for line in output.splitlines()
    ]


def describe_peers() -> str:
    """Return the names and versions of the peers."""
    return ", ".join(f"{peer} {_read_version(package)}" for peer, package in _PACKAGES.items())


def _read_version(package: str) -> str:
    path = _find_package(package) / "package.json"
    return json.loads(path.read_text(encoding="utf-8"))["version"] if path.exists() else "(not installed)"


def _find_package(package: str) -> Path:
    return TOOLS / "node_modules" / package


def _count_words(marked_text: Sequence[str], marked_html: str) -> dict[str, int]:
    tokens = list_tokens(read_article(f"<article>{marked_html}</article>").pieces)
    return {
        "jsdiff": sum(len(text.split()) for text in marked_text),
        "htmldiff-js": sum(bool(token.mark) for token in tokens),
    }


def write_lines(page: str) -> str:
    """Return the words of a version page, one line for each block."""
    blocks = groupby(list_tokens(read_version(page).pieces), key=lambda token: token.block)
    return "\n".join(" ".join(token.word for token in words) for _, words in blocks)


def write_bare_html(page: str) -> str:
    """Return the policy on a version page as HTML without attributes, except where links lead."""
    writer = _ArticleWriter()
    writer.feed(page)
    writer.close()
    return "".join(writer.parts)


class _ArticleWriter(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._is_inside:
            targets = "".join(f' href="{escape(value or "")}"' for name, value in attrs if name == "href")
            self.parts.append(f"<{tag}{targets}>")
        elif tag == "article" and "data-version" in dict(attrs):
            self._is_inside = True

    def handle_endtag(self, tag: str) -> None:
        self._is_inside = self._is_inside and tag != "article"
        if self._is_inside:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._is_inside:
            self.parts.append(escape(data, quote=False))

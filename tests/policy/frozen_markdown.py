"""Markdown beside the words that it must give, in every release (docs/decisions/rules-epoch.md).

`.venv/bin/python -m tests.policy.frozen_markdown` fills in the results of cases that have none yet.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from policy.blocks import NO_LABELS, render_html, render_text
from policy.markdown import parse_markdown

CORPUS = Path(__file__).with_name("frozen-markdown.txt")
_CASE = re.compile(
    r"^=== (?P<locale>\w+)\n(?P<source>.*?)^--- html\n(?P<html>.*?)^--- text\n(?P<text>.*?)(?=^=== |\Z)",
    re.MULTILINE | re.DOTALL,
)


class FrozenCase(NamedTuple):
    """A Markdown text in a language, and its HTML and text."""

    locale: str
    source: str
    html: str
    text: str


def read_cases() -> list[FrozenCase]:
    """Return the cases of the corpus."""
    return [FrozenCase(*match.groups()) for match in _CASE.finditer(CORPUS.read_text("utf-8"))]


def render_case(case: FrozenCase) -> FrozenCase:
    """Return the case with the results that today's code gives."""
    blocks = parse_markdown(case.source, "s", case.locale)
    return case._replace(html=f"{render_html(blocks, NO_LABELS)}\n", text=f"{render_text(blocks)}\n")


def format_case(case: FrozenCase) -> str:
    """Return the case as it is written in the corpus."""
    return f"=== {case.locale}\n{case.source}--- html\n{case.html}--- text\n{case.text}"


if __name__ == "__main__":
    cases = [case if case.html else render_case(case) for case in read_cases()]
    CORPUS.write_text("".join(map(format_case, cases)), encoding="utf-8")

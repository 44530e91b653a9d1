"""Small policies as files and documents, a strict HTML parser, and the settings of property tests."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import settings

from policy.document import Document, render_document
from policy.loader import load_policy

property_settings = settings(max_examples=80)  # tests/conftest.py sets the rest for all tests

POLICY_YAML = """\
title: {nb: Personvernerklæring, en: Privacy policy}
base_url: https://example.no/
languages: [nb, en]
controller: {name: SMB Norge, email: post@example.no, phone: "23 35 70 10"}
"""

REDLINE_LABELS = {
    "footnote": "Note",
    "footnote-back": "Back",
    "pre": "Code",
}


def policy_files(more: dict[str, str] | None = None) -> dict[str, bytes]:
    """Return the files of a policy in two languages; `more` adds or replaces files below content/."""
    texts = {
        "policy.yaml": POLICY_YAML,
        "nb/01-om.md": "---\ntitle: Om oss\n---\nHei.\n",
        "en/01-om.md": "---\ntitle: About us\n---\nHello.\n",
        **(more or {}),
    }
    return {f"content/{path}": text.encode() for path, text in texts.items()}


def section_text(body: str, title: str = "Om oss", *, aliases: str = "") -> str:
    """Return the text of a section file."""
    return f"---\ntitle: {title}\n{aliases}---\n{body}\n"


def render_norwegian(bodies: dict[str, str], more: dict[str, str] | None = None) -> Document:
    """Return the Norwegian document of sections given as Markdown, by file name (`01-om` and so on)."""
    own = {f"nb/{stem}.md": section_text(body, f"Del {stem}") for stem, body in bodies.items()}
    texts = {"policy.yaml": POLICY_YAML.replace("[nb, en]", "[nb]"), **own, **(more or {})}
    return render_document(
        load_policy({f"content/{path}": text.encode() for path, text in texts.items()}), "nb"
    )


class ParsedHtml(HTMLParser):
    """HTML parsed strictly: tags, attributes and visible words; every tag must be closed."""

    VOID = frozenset({"br", "hr"})

    def __init__(self, html: str, without: str = "") -> None:
        super().__init__(convert_charrefs=True)
        self.without = without
        self.open: list[tuple[str, bool]] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert not self.open

    @property
    def words(self) -> list[str]:
        return self.text.split()

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        assert len(given) == len(attrs)
        self.tags.append((tag, given))
        if not re.fullmatch("a|b|strong|em|code|ins|del|span|sup|br", tag):
            self.text += " "
        if tag == "br":
            self.text += " "
        if tag not in self.VOID:
            hidden = given.get("class") == "visually-hidden" or tag == self.without
            self.open.append((tag, hidden or bool(self.open and self.open[-1][1])))

    def handle_endtag(self, tag):
        assert self.open
        assert self.open.pop()[0] == tag
        if not re.fullmatch("a|strong|em|code|ins|del|span|sup", tag):
            self.text += " "

    def handle_data(self, data):
        if not (self.open and self.open[-1][1]):
            self.text += data

    def handle_comment(self, data):
        raise AssertionError(data)

    def handle_decl(self, decl):
        raise AssertionError(decl)

    def handle_pi(self, data):
        raise AssertionError(data)

"""What several tests are made of: a small policy as files, its documents, and how properties are tried."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import settings

from policy.document import Document, render_document
from policy.loader import load_policy

properties = settings(max_examples=80)  # the rest is said in tests/conftest.py, for all

SETTINGS = """\
title: {nb: Personvernerklæring, en: Privacy policy}
base_url: https://example.no/
languages: [nb, en]
controller: {name: SMB Norge, email: post@example.no, phone: "23 35 70 10"}
"""

LABELS = {
    "ins": "[added: ",
    "ins-end": " end]",
    "del": "[deleted: ",
    "del-end": " end]",
    "note": "Note",
    "note-back": "Back",
    "pre": "Code",
    "table": "Table",
    "moved-here": "moved here",
    "moved-away": "moved from here",
}


def files(more: dict[str, str] | None = None) -> dict[str, bytes]:
    """Give the files of a policy in two languages, `more` below content/ added or put in their place."""
    texts = {
        "policy.yaml": SETTINGS,
        "nb/01-om.md": "---\ntitle: Om oss\n---\nHei.\n",
        "en/01-om.md": "---\ntitle: About us\n---\nHello.\n",
        **(more or {}),
    }
    return {f"content/{path}": text.encode() for path, text in texts.items()}


def section(body: str, title: str = "Om oss", *, aliases: str = "") -> str:
    """Give a section as it is typed."""
    return f"---\ntitle: {title}\n{aliases}---\n{body}\n"


def norwegian(bodies: dict[str, str], more: dict[str, str] | None = None) -> Document:
    """Make the Norwegian document of sections, `01-om` and so on, each of them Markdown."""
    own = {f"nb/{stem}.md": section(body, f"Del {stem}") for stem, body in bodies.items()}
    texts = {"policy.yaml": SETTINGS.replace("[nb, en]", "[nb]"), **own, **(more or {})}
    return render_document(
        load_policy({f"content/{path}": text.encode() for path, text in texts.items()}), "nb"
    )


class Seen(HTMLParser):
    """HTML as a strict reader takes it: tags, attributes, visible words, and whether all is closed."""

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

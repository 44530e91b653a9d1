"""Peers get the same words as we do, and nothing that only our pages have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import redline_peers
from bench.timing import CannotRunError

VERSION = """<main><p>Menu</p><article data-version="1.0" lang="en"><section id="a" class="x">
<h2 data-number="1">Cats &amp; dogs</h2><p>See <a title="t" href="https://example.no/?a=1&amp;b=2">there</a>.
<br>Or &lt;here&gt;.</p><ul><li>one</li><li>two</li></ul></section></article><p>Footer</p></main>"""


def test_html_has_no_attribute_but_where_links_lead():
    assert redline_peers.write_bare_html(VERSION) == (
        "<section>\n<h2>Cats &amp; dogs</h2>"
        '<p>See <a href="https://example.no/?a=1&amp;b=2">there</a>.\n<br>Or &lt;here&gt;.</p>'
        "<ul><li>one</li><li>two</li></ul></section>"
    )


def test_text_has_a_line_for_each_block():
    assert redline_peers.write_lines(VERSION) == "Cats & dogs\nSee there. Or <here>.\none\ntwo"


def test_words_are_counted_in_what_a_peer_returns(monkeypatch, tmp_path):
    for package in ("diff", "htmldiff-js"):
        (tmp_path / "node_modules" / package).mkdir(parents=True)
    monkeypatch.setattr(redline_peers, "TOOLS", tmp_path)
    answers = [
        {
            "jsdiff": ["two words", " one"],
            "htmldiff-js": "<p>a <del>b c</del><ins class='x'>d <b>e f</b></ins></p>",
        },
        {"jsdiff": [], "htmldiff-js": "<p>a</p>"},
    ]
    asked = []

    def answer(line):
        asked.extend(map(json.loads, Path(line[-1]).read_text(encoding="utf-8").splitlines()))
        return "\n".join(map(json.dumps, answers))

    monkeypatch.setattr(redline_peers, "run", answer)
    found = redline_peers.count_words_marked_by_peers([(VERSION, VERSION.replace("two", "2"))] * 2)
    assert found == [{"jsdiff": 3, "htmldiff-js": 5}, {"jsdiff": 0, "htmldiff-js": 0}]
    assert [pair["text"][1].split()[-1] for pair in asked] == ["2", "2"]
    assert "<li>two</li>" in asked[0]["html"][0]


def test_a_peer_that_is_not_installed_cannot_run(monkeypatch, tmp_path):
    monkeypatch.setattr(redline_peers, "TOOLS", tmp_path)
    with pytest.raises(CannotRunError, match="jsdiff and htmldiff-js not installed"):
        redline_peers.count_words_marked_by_peers([(VERSION, VERSION)])
    assert redline_peers.describe_peers() == "jsdiff (not installed), htmldiff-js (not installed)"

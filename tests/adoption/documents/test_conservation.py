"""Every word of a document is in the result or in the report, and none is in both or from elsewhere."""

import re
import tempfile
from collections import Counter
from html import escape
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from adoption.documents.importer import import_policy
from adoption.documents.reading import ReportKind, read_document
from policy import blocks, markdown
from policy.loader import load_policy

# Each word is unique, so that counting them finds every loss, repetition and mixture.
_NUMBERS = st.integers(0, 10**6)


def _words(count):
    return st.lists(_NUMBERS, min_size=1, max_size=count, unique=True).map(
        lambda numbers: " ".join(f"ord{number}q" for number in numbers)
    )


def _tag(name, attributes=""):
    return _words(4).map(lambda words: f"<{name}{attributes}>{escape(words)}</{name}>")


_NOTE = _words(3).map(
    lambda words: (
        f"<p>x<sup><a href='#n' id='r'>1</a></sup></p><ol><li id='n'>{words} <a href='#r'>^</a></li></ol>"
    )
)
_CONTENTS = _words(4).map(
    lambda words: f"<ul><li><a href='#a'>{words}</a></li><li><a href='#b'>x</a></li></ul>"
)
_PART = st.one_of(
    *(_tag(name) for name in ("p", "h2", "h3", "blockquote", "pre", "nav", "aside", "s", "del", "div")),
    _words(3).map(lambda words: f"<p>1. {words}</p>"),
    _words(3).map(lambda words: f"<p><b>2. {words}</b><br>{words.upper()}</p>"),
    _words(3).map(lambda words: f"<ul><li>{words}</li></ul>"),
    _words(3).map(lambda words: f"<table><tr><th>{words}</th></tr><tr><td rowspan=2>x</td></tr></table>"),
    _words(3).map(lambda words: f"<p class=MsoListParagraph>·&nbsp; {words}</p>"),
    _words(3).map(lambda words: f"<ul class=lst-kix_a-1><li>{words}</li></ul>"),
    _words(3).map(lambda words: f"<div class='cookie-banner'>{words}</div>"),
    _words(3).map(lambda words: f"<header><h1>{words}</h1></header>"),
    _tag("p", " class=title"),
    _CONTENTS,
    _NOTE,
)
_PAGE = st.lists(_PART, min_size=1, max_size=8)


def _count(text):
    return Counter(re.findall(r"ord\d+q", text.lower()))


def _import(text, name):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_text(text, encoding="utf-8")
        return import_policy(file)


def _count_result(imported):
    policy = load_policy({path: words.encode() for path, words in imported.files.items()})
    [sections] = policy.sections.values()
    leaves = [leaf for part in sections for leaf in blocks.iter_leaves(markdown.parse_markdown(part.body))]
    found = [part.title for part in sections] + ["".join(run.text for run in leaf.runs) for leaf in leaves]
    return _count(" ".join(found))


def _count_reported(report, kind):
    return _count(" ".join(line.words for line in report if line.kind is kind))


@settings(max_examples=60, deadline=None)
@given(_PAGE, st.booleans())
def test_words_of_a_page_are_in_the_result_or_in_the_report(parts, has_main):
    body = "".join(parts)
    page = f"<main><h2>Om</h2><p>x</p>{body}<h2>Oss</h2><p>x</p></main>" if has_main else f"<p>x</p>{body}"
    imported = _import(
        f"<!doctype html><html lang=nb><title>Om</title><body>{page}</body></html>", "page.html"
    )
    found = _count_result(imported) + _count_reported(imported.report, ReportKind.DROPPED)
    repeated = _count_reported(imported.report, ReportKind.REPEATED)
    title = _count(imported.files["content/policy.yaml"])
    # The title of the page may be that of its first section too.
    assert _count(page) + repeated - found - title == Counter()
    assert found - _count(page) - repeated - title == Counter()


_MARKDOWN_PART = st.one_of(
    _words(4),
    _words(3).map(lambda words: f"## {words} {{#id}}"),
    _words(3).map(lambda words: f"- {words}\n    - [x](https://example.no/ '{words[:0]}')"),
    _words(3).map(lambda words: f"| {words} | x |\n|---|---|\n| y | z |"),
    st.tuples(_words(2), _NUMBERS).map(lambda pair: f"x[^{pair[1]}]\n\n[^{pair[1]}]: {pair[0]}"),
    _words(3).map(lambda words: f"[^unused]: {words}"),
    _words(3).map(lambda words: f"> {words} ~~y~~ `z`"),
    _words(3).map(lambda words: f"<div>{words}</div>"),
    _words(3).map(lambda words: f"Term\n: {words}"),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_MARKDOWN_PART, min_size=1, max_size=8), _words(3))
def test_words_of_markdown_are_in_the_result_or_in_the_report(parts, front_matter):
    text = f"---\nlang: nb\nlayout: {front_matter}\n---\n\nx\n\n" + "\n\n".join(parts)
    imported = _import(text, "page.md")
    found = _count_result(imported) + _count_reported(imported.report, ReportKind.DROPPED)
    expected = _count(text) + _count_reported(imported.report, ReportKind.REPEATED)
    assert (expected - found, found - expected) == (Counter(), Counter())


def test_a_footnote_of_two_sections_stands_in_both_and_is_reported():
    text = "---\nlang: nb\n---\n\n## Om\n\nx[^1]\n\n## Oss\n\ny[^1]\n\n[^1]: Gratis.\n"
    imported = _import(text, "page.md")
    sections = [text for path, text in imported.files.items() if path.endswith(".md")]
    assert [section.count("[^1]: Gratis.") for section in sections] == [1, 1]
    [line] = [line for line in imported.report if line.kind is ReportKind.REPEATED]
    assert str(line.message) == "footnote of several sections: it is repeated in 'Oss': 'Gratis.'"


@settings(max_examples=30, deadline=None)
@given(_PAGE)
def test_the_same_file_gives_the_same_document(parts):
    page = f"<!doctype html><h2>Om</h2><p>x</p>{''.join(parts)}".encode()
    assert read_document("page", page) == read_document("page", page)


def test_hidden_characters_and_scripts_are_not_published():
    hidden = "Vi\u200b er\u202e \ufdd0Pr\u00adø&shy;v&#xFDD0;e&#8203;\x07.<script>alert(1)</script>"
    imported = _import(f"<h2>Om</h2><p>{hidden}</p><p onclick='x()'>Her.</p>", "page.html")
    [section] = [text for path, text in imported.files.items() if path.endswith(".md")]
    assert section == '---\ntitle: "Om"\n---\n\nVi er Prøve.\n\nHer.\n'

"""Whatever an editor or a fact brings, a page holds words, harmless links and nothing that acts."""

from __future__ import annotations

import json
import re
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.blocks import extract_words, iter_leaves, render_html
from policy.document import render_policy_text
from policy.markdown import is_harmless_link, parse_markdown
from tests.helpers.factories import (
    POLICY_YAML,
    REDLINE_LABELS,
    ParsedHtml,
    property_settings,
    render_norwegian,
)

_TAGS = {
    "a",
    "blockquote",
    "br",
    "code",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "span",
    "strong",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
}
_ATTRIBUTES = {
    "a": {"href", "class", "data-number", "aria-label"},
    "sup": {"id"},
    "div": {"class", "tabindex", "role", "aria-label"},
    "th": {"scope"},
    "ol": {"class", "start"},
    "li": {"id"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}


def _scheme(href: str) -> str:
    """Read an address as a browser does (URL Standard): without what it strips around and drops within."""
    read = re.sub(r"[\t\n\r]", "", href).strip("".join(map(chr, range(33))))
    found = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", read)
    return found[1].lower() if found else ""


def _is_harmless(html: str) -> bool:
    for tag, attrs in ParsedHtml(html).tags:
        assert tag in _TAGS
        assert set(attrs) <= _ATTRIBUTES.get(tag, set()), (tag, attrs)
        assert not attrs.get("href") or _scheme(attrs["href"]) in {"", *_SCHEMES}, attrs
    return True


@pytest.mark.parametrize(
    "raw",
    [
        "<script>alert(1)</script>",
        "a <b onclick=x>b</b>",
        "<!-- c -->",
        "<?php ?>",
        "<![CDATA[x]]>",
        "<img src=x onerror=alert(1)>",
        "<div>\n\n*a*\n\n</div>",
        "<a href='javascript:x'>y</a>",
    ],
)
def test_raw_html_is_shown_as_text(raw):
    blocks = parse_markdown(raw)
    assert _is_harmless(render_html(blocks, REDLINE_LABELS))
    assert "".join(extract_words(blocks)) == re.sub(r"\s|\*", "", raw)


def test_a_bidi_control_is_shown_as_its_code_point_everywhere():
    shown = render_html(
        parse_markdown("a\u202eb &#x2066;c `d\u200f` [e\u061cf](https://x.no/)\n\n```\n\u202a\n```"),
        REDLINE_LABELS,
    )
    assert re.findall(r"\[U\+\w+\]", shown) == ["[U+202E]", "[U+2066]", "[U+200F]", "[U+061C]", "[U+202A]"]
    assert not re.search("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", shown)


_EVIL = [
    "javascript:alert(1)",
    "vbscript:x",
    "data:text/html,<script>x</script>",
    "file:///etc/passwd",
    "blob:x",
]
_OBFUSCATED = [
    *_EVIL,
    *map(str.upper, _EVIL),
    "JaVaScRiPt:alert(1)",
    "&#106;avascript:alert(1)",
    "javascript&colon;alert(1)",
    "java&Tab;script:alert(1)",
    "java&NewLine;script:alert(1)",
    "&#x01;javascript:alert(1)",
    "%6aavascript:alert(1)",
    "javascript%3Aalert(1)",
    "\\javascript:alert(1)",
    "javas\\cript:alert(1)",
    "view-source:javascript:x",
    "feed:javascript:x",
    "//evil.example/",
    "/\\evil.example",
]


@pytest.mark.parametrize("target", _OBFUSCATED)
@pytest.mark.parametrize(
    "form",
    ["[a]({})", "[a](<{}>)", "<{}>", "![a]({})", "[a][r]\n\n[r]: {}", "[![b]({0})]({0})", "[a](<  {}>)"],
)
def test_a_link_that_could_do_harm_is_none(target, form):
    assert _is_harmless(render_html(parse_markdown(form.format(target)), REDLINE_LABELS))


@pytest.mark.parametrize(
    "target",
    [
        *_EVIL,
        "\u0001javascript:x",
        " \tjava\nscript:x",
        "java\tscript:x",
        "\u00a0javascript:x",
        "JAVASCRIPT:x",
    ],
)
@pytest.mark.parametrize(
    "form", ["[a]({{ controller.phone }})", "{{ controller.phone }}", "![a]({{ controller.phone }})"]
)
def test_a_fact_brings_no_harm_into_a_link(target, form):
    settings = POLICY_YAML.replace("[nb, en]", "[nb]").replace('"23 35 70 10"', json.dumps(target))
    (part,) = render_norwegian({"01-om": form}, {"policy.yaml": settings}).sections
    assert _is_harmless(render_html(part.blocks, REDLINE_LABELS))


@pytest.mark.parametrize(
    "href", ["https://a.no", "HTTP://a", "mailto:a@b.no", "tel:1", "/a", "a/b", "#a", "?a:b", "", "//a.no"]
)
def test_ordinary_links_are_harmless(href):
    assert is_harmless_link(href)


@pytest.mark.parametrize(
    "href", ["javascript:x", "\x01javascript:x", " java\tscript:x", "JAVA\nSCRIPT:x", "data:x"]
)
def test_an_address_is_judged_as_a_browser_reads_it(href):
    assert not is_harmless_link(href)


def test_an_image_is_a_link_to_itself_and_never_loaded():
    assert render_html(parse_markdown("![Et *bilde*](https://x.no/a.png 'tittel')"), REDLINE_LABELS) == (
        '<p><a href="https://x.no/a.png">Et bilde</a></p>'
    )
    assert render_html(parse_markdown("![](https://x.no/a.png)"), REDLINE_LABELS) == (
        '<p><a href="https://x.no/a.png">https://x.no/a.png</a></p>'
    )


def test_an_image_in_a_link_keeps_the_link():
    assert (
        render_html(parse_markdown("[![Logo](a.png)](https://x.no/)"), REDLINE_LABELS)
        == '<p><a href="https://x.no/">Logo</a></p>'
    )


def test_a_table_of_facts_must_be_alone_on_its_line():
    tags = [
        block.tag
        for block in parse_markdown(
            "a\n{{ table: rights }}\nb\n\n    {{ table: rights }}\n\nc {{ table: rights }}"
        )
    ]
    assert tags == ["p", "table-placeholder", "p", "pre", "p"]


_SNIPPETS = [
    "<script>",
    "</p>",
    "<img src=x onerror=y>",
    "\"'><b>",
    "&lt;",
    "&#0;",
    "&#x202e;",
    "\u202e",
    "\x7f",
    "\\",
    "`",
    "``",
    "*",
    "**",
    "_",
    "[",
    "]",
    "](",
    ")",
    "![",
    "javascript:x",
    "https://a.no/?b=c&d",
    "<https://x.no/>",
    "<a@b.no>",
    "[^1]",
    "[^1]: n",
    "^[i]",
    "| a | b |",
    "|---|---|",
    "- ",
    "1. ",
    "3) ",
    "> ",
    "## ",
    "---",
    "===",
    "    ",
    "```",
    "~~~",
    ": def",
    "ord",
    "å",
    "\n",
    "\n\n",
    "  \n",
    "\t",
    "{{ controller.name }}",
    "{{ controller.email }}",
    "{{ table: rights }}",
    "[r]: https://x.no/ 'q'",
    "[r]",
    "&amp;",
    "a\u030a",
    "\ufeff",
    "\u200b",
    "\u2028",
    "\u00a0",
    "😀",
]
hostile = st.lists(st.sampled_from(_SNIPPETS) | st.text(max_size=4), max_size=25).map("".join)


@property_settings
@given(hostile)
def test_a_hostile_text_gives_only_what_is_allowed_and_shows_its_words(source):
    blocks = tuple(
        block
        for block in parse_markdown(source, "s")
        if not any(leaf.tag == "table-placeholder" for leaf in iter_leaves((block,)))
    )
    page = render_html(blocks, REDLINE_LABELS)
    assert _is_harmless(page)
    assert ParsedHtml(page).words == extract_words(blocks)


@property_settings
@given(hostile)
def test_policy_txt_holds_the_words_of_the_page_and_the_targets(source):
    body = re.sub(r"\{\{|\{%|\[/?vc_", "x", source.encode("utf-8", "replace").decode())
    found = render_norwegian({"01-om": body, "02-mer": body})
    page = "".join(
        f"<p>{part.title}</p>{render_html(part.blocks, REDLINE_LABELS)}" for part in found.sections
    )
    shown, written = "".join(ParsedHtml(page).words), iter("".join(render_policy_text(found).split()))
    targets = [
        f"<{''.join(href.split())}>"
        for part in found.sections
        for leaf in iter_leaves(part.blocks)
        for href, _ in groupby(
            (run for run in leaf.runs if "footnote" not in run.marks), lambda run: run.href
        )
        if href
    ]
    numbers = [number for part in found.sections for number in _list_item_numbers(part.blocks)]
    assert all(letter in written for letter in shown)
    added = "".join([*targets, *numbers])
    assert len("".join(render_policy_text(found).split())) == len(shown) + len(added)


def _list_item_numbers(blocks):
    """Return the numbers that a browser shows before the items of lists, with those of lists in them."""
    return [
        number
        for block in blocks
        for number in (
            *(
                f"{place}."
                for place, _ in enumerate(block.children, int(dict(block.attrs).get("start", 1)))
                if block.tag == "ol" and "class" not in dict(block.attrs)
            ),
            *_list_item_numbers(block.children),
        )
    ]


@pytest.mark.parametrize("source", ["1. ", "1. a\n2. b", "3. a\n4.\n   1. b\n   2. c"])
def test_policy_txt_has_the_numbers_that_browsers_show(source):
    found = render_norwegian({"01-om": source})
    numbers = _list_item_numbers(found.sections[0].blocks)
    assert numbers
    assert all(number in render_policy_text(found) for number in numbers)


@property_settings
@given(hostile)
def test_ids_are_unique_on_a_page(source):
    body = re.sub(r"\{\{|\{%|\[/?vc_", "x", source.encode("utf-8", "replace").decode())
    found = render_norwegian({"01-om": body + "\n\na[^1]\n\n[^1]: x", "02-om-note": body})
    ids = [
        attrs["id"]
        for part in found.sections
        for _, attrs in ParsedHtml(render_html(part.blocks, REDLINE_LABELS)).tags
        if "id" in attrs
    ]
    assert len(set(ids)) == len(ids)

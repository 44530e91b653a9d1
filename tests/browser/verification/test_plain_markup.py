"""The script computes the same markup of a text as policy/plain_markup.py, for every kind of block."""

from __future__ import annotations

import hashlib
import json
from html import escape
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from common.characters import escape_invisible
from policy.blocks import NO_LABELS, render_html
from policy.canonical import render_canonical_json
from policy.markdown import parse_markdown
from policy.plain_markup import render_plain_section
from tests.helpers.factories import REDLINE_LABELS
from tests.helpers.long_tests import choose_examples
from tests.policy.frozen_markdown import read_cases
from tests.policy.test_canonical import OTHER_FORMS, SAME_FORMS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policy.blocks import Block

_DAY = "2026-01-05"


def hash_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def hash_json(value: object) -> str:
    return hashlib.sha256(render_canonical_json(value)).hexdigest()


def publish(publisher, documents: Sequence[tuple[Block, ...]]) -> None:
    """Serve a site with a version for each document: a page, an entry and a row."""
    entries, rows, previous = [], [], None
    for number, blocks in enumerate(documents):
        salt = f"{number:032x}" if number % 2 else ""
        section = hash_text(salt + render_plain_section("En  tittel", blocks))
        version, text = f"1.{number}", {"document": hash_text(section), "note": None}
        fields = {"level": "minor", "effective": _DAY, "channels": []}
        entry = {
            "kind": "published", "day": _DAY, "version": version, **fields,
            "languages": {"nb": text}, "previous": previous,
        }  # fmt: skip
        previous = hash_json(entry)
        entries.append({**entry, "hash": previous})
        rows.append(
            {"version": version, **fields, "published": _DAY, "entry": previous, "withdraws": [],
             "withdrawn_by": None, "brings_forward": [], "languages": {"nb": {"redline_url": None}}}
        )  # fmt: skip
        salts = f' data-salts="{salt}"' if salt else ""
        html = render_html(blocks, REDLINE_LABELS if number % 3 else NO_LABELS)
        page = (
            f'<!doctype html><title>{version}</title><p class="record"><code>{previous}</code></p>'
            f'<article data-version="{version}"{salts}>\n<section id="s">\n<span id="alias"></span>'
            f'<h2 data-number="1">{escape("En  tittel")}</h2>\n{html}\n</section>\n</article>'
        )
        publisher.serve(f"versjon/{version}/", page)
    publisher.serve_entries(entries)
    publisher.serve("api/versions.json", json.dumps({"versions": rows}))
    # The front page and the change log of the site's other languages are none of this test's concern.
    front = publisher.read("versjon/1.0/")
    publisher.serve("", front)
    publisher.serve("endringslogg/", "<!doctype html><title>x</title>")
    kontroll = publisher.server.find_file("/personvern/endringslogg/kontroll/")
    assert kontroll
    lines = kontroll.read_text(encoding="utf-8").splitlines(keepends=True)
    others = ('<p data-language="nn"', '<p data-language="en"')
    publisher.serve("endringslogg/kontroll/", "".join(line for line in lines if not line.startswith(others)))


def test_the_frozen_corpus_has_the_same_form_in_the_browser(reader, publisher):
    # On a page, facts have taken the place of placeholders.
    sources = [case.source for case in read_cases() if "{{" not in case.source]
    sources += [source for pair in (*OTHER_FORMS.values(), *SAME_FORMS.values()) for source in pair]
    documents = [parse_markdown(source, "s", "nb") for source in sources]
    assert len(documents) > 100
    publish(publisher, documents)
    found = reader.check()
    wrong = [
        sources[int(line.split()[1].removeprefix("1."))]
        for line in found.problems
        if line.split()[1][:2] == "1."
    ]
    assert (wrong, found.problems) == ([], [])
    assert found.kinds == ["fits", None]


_WORD = st.one_of(
    st.sampled_from(
        ["navn", "3", "**e-post**", "*du*", "`ko  de`", "[side](https://x.no/?a=1&b='2')", "a[^1]", "å,",
         "[^1][^1]", "**a *b* c**", "[*a* **b**](#s)", "&amp;", "&lt;p>", "***a***", '"x"', "\\*", "&nbsp;"]
    ),
    st.text(st.characters(exclude_categories=["C"]), max_size=5).map(escape_invisible),
)  # fmt: skip
_LINE = st.lists(_WORD, min_size=1, max_size=5).map(" ".join)
_PREFIX = st.sampled_from(
    ["", "- ", "  - ", "    - ", "1. ", "2. ", "7) ", "> ", "> - ", "## ", "### ", ": ", "  ", "    ",
     "| ", "| - |\n", "\\\n", "---\n", "```\n"]
)  # fmt: skip
_MARKDOWN = st.lists(st.tuples(_PREFIX, _LINE, st.sampled_from(["\n", "\n\n", "\\\n"])), max_size=8).map(
    lambda lines: "".join("".join(line) for line in lines) + "\n\n[^1]: note\n"
)


# A failing list of sixty texts would be shrunk for minutes; the problem names the text that differs.
@settings(choose_examples(1, 4), phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(_MARKDOWN, min_size=40, max_size=60))
def test_generated_texts_have_the_same_form_in_the_browser(reader, publisher, sources):
    publisher.server.responses.clear()
    publish(publisher, [parse_markdown(source, "s", "nb") for source in sources])
    assert reader.check().problems == []

"""One change of every kind, as each channel shows it: `diff`, letters, feeds, before and after, the data."""

from __future__ import annotations

import email
import html
import re
from email import policy

import pytest

from tests.helpers.cli import BuildCommand, create_history, read_versions
from tests.helpers.in_process import build
from tests.helpers.reference import read_section

HISTORY = """
git init --quiet --initial-branch main .
settings "en, nb" "announce: {minor: [email], major: [email], special: [email]}"
storage() { # < MARKDOWN: write the section whose first paragraph stays
  { printf -- '---\\ntitle: Storage\\n---\\n\\nThis is what we store of you.\\n\\n'; cat; } |
    file en/01-storage.md
}
storage <<'TEXT'
Pictures are stored for two years after you ended the contract with us.

| What | How long | Shared |
|---|---|---|
| Name | 3 years | Yes |
| Telephone | 1 year | No |
| E-mail | 1 year | No |

1. Your name
2. Your age
3. Your address in Norway

# More

Read [the terms](https://example.no/old) first.

We sell nothing. We rent nothing out.
TEXT
section en/02-pictures Pictures "You may always ask us for these pictures."
section nb/01-storage Lagring "Les [vilkårene](https://example.no/gammel) først."
section nb/02-pictures Bilder "Du kan be om bildene."
commit 2026-01-05
storage <<'TEXT'
| What | How long | Shared |
|---|---|---|
| Name | 3 years | Yes |
| E-mail | 2 years | No |

1. Your name
2. Your address in Norway or Sweden

# More

Read [the terms](https://example.no/new) first.

We sell nothing.

We rent nothing out.

See [our shop](https://shop.example/).
TEXT
section en/02-pictures Pictures "You may always ask us for these pictures." \\
  "Pictures are stored for nine years after you ended the contract with us."
words nb/01-storage "Les [vilkårene](https://example.no/ny) først."
note changed major 2026-02-20
commit 2026-01-10
words nb/01-storage "Les [vilkårene](https://andre.example/) først."
commit 2026-03-01
words nb/01-storage "Les *[vilkårene](https://andre.example/)* først."
note emphasis minor
commit 2026-03-02
git mv content/en/02-pictures.md content/en/00-pictures.md
git mv content/nb/02-pictures.md content/nb/00-pictures.md
note moved minor
commit 2026-03-03
"""
DIFF = """\
version 1.0 → version 2.0

en  Storage
    [moved from here] [-Pictures are stored for two years after you …-]
    [-Telephone | 1 year | No-]
    E-mail | [-1 year-] {+2 years+} | No
    [-Your age-]
    Your address in Norway {+or Sweden+}
    Read the terms [link now goes to https://example.no/new (before: https://example.no/old)] first.
    [split into several] We sell nothing.
    We rent nothing out.
    {+See our shop <https://shop.example/>.+}

en  Pictures
    [moved here] Pictures are stored for [-two-] {+nine+} years after you ended the contract with us.

nb  Lagring (only link addresses changed)
    Les vilkårene [link now goes to https://example.no/ny (before: https://example.no/gammel)] først.
"""
LETTER = """\
Storage

[moved from here] Pictures are stored for two years after you …

[deleted: Telephone | How long: 1 year | Shared: No]
E-mail | How long: [deleted: 1 year] [added: 2 years] | Shared: No

- [deleted: Your age]
2. Your address in Norway [added: or Sweden]

More

Read the terms [link now goes to https://example.no/new (before: https://example.no/old)] first.

[split into several] We sell nothing.

We rent nothing out.

[added: See our shop <https://shop.example/>.]

Pictures

[moved here] Pictures are stored for [deleted: two] [added: nine] years after you ended the contract with us.
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return create_history(tmp_path_factory.mktemp("channels") / "source", HISTORY)


@pytest.fixture(scope="module")
def out(source):
    build(source, source.parent / "out", today="2026-03-05")
    return source.parent / "out"


def diff(source, *options: str) -> str:
    return BuildCommand()("diff", "--source", source, *options, LC_ALL="C.UTF-8").out


def read_letter(out, number: str, locale: str, kind: str = "plain") -> str:
    """Return the redline of a letter and the words around it."""
    data = (out / "letters" / number / f"{locale}.eml").read_bytes()
    body = email.message_from_bytes(data, policy=policy.SMTP).get_body((kind,)).get_content()
    return body.replace("\r\n", "\n")


def read_feed(out, number: str, path: str = "changelog/feed.xml") -> str:
    """Return the content of the feed entry of a version."""
    entries = (out / "site" / path).read_text("utf-8").split("<entry>")
    entry = next(entry for entry in entries if f"/{number}</id>" in entry)
    return html.unescape(re.search(r"<content[^>]*>(.*)</content>", entry, re.DOTALL)[1])


def read_pairs(out, path: str) -> list[tuple[str, str, str]]:
    """Return the note, the text before and the text after of each pair on a page of changes."""
    page = (out / "site" / path / "index.html").read_text("utf-8")
    pairs = re.search(r'<section class="pairs".*?</section>', page, re.DOTALL)[0]
    found = re.findall(
        r'(?:<p class="helper">([^<]*)</p>\n)?<dl>\n.*?<dd>(.*)</dd>.*\n.*?<dd>(.*)</dd>', pairs
    )
    return [tuple(map(html.unescape, pair)) for pair in found]


def test_diff_has_a_line_for_each_block_and_row(source):
    assert diff(source, "1.0", "2.0") == DIFF


def test_diff_says_the_same_in_the_language_of_its_messages(source):
    printed = diff(source, "1.0", "2.0", "--lang", "nb")
    assert "[flyttet herfra] [-Pictures" in printed
    assert "[flyttet hit] Pictures" in printed
    assert "[lenken går nå til https://example.no/ny (før: https://example.no/gammel)]" in printed
    assert "[delt i flere] We" in printed


def test_diff_as_markdown_shows_the_same(source):
    lines = diff(source, "1.0", "2.0", "--format", "markdown").splitlines()
    assert r"\[moved from here\] ~~Pictures are stored for two years after you …~~" in lines
    assert r"~~Telephone \| 1 year \| No~~" in lines
    assert r"E-mail \| ~~1 year~~ **2 years** \| No" in lines
    assert any(
        line.startswith(r"Read the terms \[link now goes to https`://`example.no/new") for line in lines
    )
    assert r"\[split into several\] We sell nothing." in lines


def test_diff_as_html_shows_the_same(source):
    page = diff(source, "1.0", "2.0", "--format", "html")
    assert "link now goes to https://example.no/new (before: https://example.no/old)" in page
    assert re.search(r'class="moved moved-away".*?<del>Pictures are stored for two years', page)
    assert re.search(r'class="moved moved-here".*?Pictures are stored for <del>two</del>', page)


def test_the_reference_quotes_what_diff_prints():
    quoted = re.search(r"```text\n(.*?)```", read_section("redline", "## In other forms"), re.DOTALL)[1]
    printed = DIFF.splitlines()
    assert [line for line in quoted.splitlines() if line not in printed] == []


def test_a_letter_has_the_blocks_that_changed_and_what_they_stand_in(out):
    assert LETTER in read_letter(out, "2.0", "en")


def test_both_parts_of_a_letter_have_the_same_words(out):
    for locale in ("en", "nb"):
        text = re.sub(
            "<[^>]*>",
            " ",
            re.sub(
                "(?s)<head>.*</head>|<div style=.display:none.*?</div>",
                "",
                read_letter(out, "2.0", locale, "html"),
            ),
        )
        words = re.sub(
            r"(?m)^ *(-|\d+\.) | \| | <https://example.no/personvern/[^>]*>",
            " ",
            read_letter(out, "2.0", locale),
        )
        assert html.unescape(text).split() == words.split()


def test_a_letter_links_to_the_policy_alone(out):
    for path in (out / "letters").glob("*/*.eml"):
        body = read_letter(out, path.parent.name, path.stem, "html")
        assert all(
            address.startswith("https://example.no/personvern/")
            for address in re.findall(r'href="([^"]*)"', body)
        )
    assert "https://shop.example/" in read_letter(out, "2.0", "en", "html")


def test_a_letter_says_that_only_links_or_form_changed(out):
    assert "Bare lenkeadresser er endret." in read_letter(out, "2.0", "nb")
    assert "Nye ord står i" not in read_letter(out, "2.0", "nb")
    assert "Endringene ord for ord\n\nBare formen er endret." in read_letter(out, "2.2", "nb")
    assert "The text has not changed in this language." in read_letter(out, "2.2", "en")


def test_a_letter_names_the_places_of_a_section_that_moved(out):
    text = read_letter(out, "2.3", "en")
    assert "[moved here] Pictures" in text or "[moved here] Storage" in text
    assert "[moved from here]" in text
    assert "these pictures" not in text


def test_a_feed_has_the_blocks_that_changed(out):
    content = read_feed(out, "2.0")
    assert re.search("moved from here].*?Pictures are stored for two years after you …", content)
    assert re.search(r"\[moved here\].*?<del style=[^>]*>\[deleted: two\]</del>", content)
    assert re.search(r"link now goes to https://example.no/new \(before: https://example.no/old\)", content)
    assert re.search(r"\[split into several\].*?We sell nothing.", content)
    assert not re.search("counter|<details|This is what we store|Name</td>|Your name", content)
    assert not re.search(r'class=|\bid=|href="(?!https?://)', content)


def test_before_and_after_has_a_pair_for_each_block_and_row(out):
    assert read_pairs(out, "version/2.0/changes") == [
        ("", "Telephone | 1 year | No", "(nothing)"),
        ("", "E-mail | 1 year | No", "E-mail | 2 years | No"),
        ("", "Your age", "(nothing)"),
        ("", "Your address in Norway", "Your address in Norway or Sweden"),
        (
            "A link has changed.",
            "Read the terms <https://example.no/old> first.",
            "Read the terms <https://example.no/new> first.",
        ),
        (
            "Split into several.",
            "We sell nothing. We rent nothing out.",
            "<p>We sell nothing.</p><p>We rent nothing out.</p>",
        ),
        ("", "(nothing)", "See our shop."),
        (
            "Moved and changed.",
            "Pictures are stored for two years after you ended the contract with us.",
            "Pictures are stored for nine years after you ended the contract with us.",
        ),
    ]


def test_a_version_without_a_note_says_that_only_links_changed(out):
    row = read_versions(out)["versions"][2]
    assert (row["version"], row["kind_of_change"]) == ("2.1", "links")
    summaries = [texts["summary"] for texts in row["languages"].values()]
    assert summaries == ["Only link addresses changed.", "Bare lenkeadresser er endret."]


def test_beside_a_note_the_change_log_says_that_only_the_form_changed(out):
    kinds = [row["kind_of_change"] for row in read_versions(out)["versions"]]
    assert kinds == [None, "words", "links", "form", "words"]
    page = (out / "site" / "nb" / "endringslogg" / "index.html").read_text("utf-8")
    entry = re.search(r'<li id="v2.2".*?</li>', page, re.DOTALL)[0]
    assert "Merknad emphasis" in entry
    assert '<p class="meta">Bare formen er endret.</p>' in entry


def test_a_note_that_loses_a_language_has_the_standard_text_that_the_log_has_the_hash_of(tmp_path):
    source = create_history(
        tmp_path / "source",
        """
        git init --quiet --initial-branch main .
        settings "nb, en"
        section nb/01-terms Vilkår "Les [vilkårene](https://example.no/gammel) først."
        section en/01-terms Terms "Read [the terms](https://example.no/old) first."
        commit 2026-01-05
        words nb/01-terms "Les [vilkårene](https://example.no/ny) først."
        words en/01-terms "Read [the terms](https://example.no/new) first."
        note terms minor
        commit 2026-01-10
        settings "nb"
        git rm --quiet -r content/en
        printf 'level: minor\\nsummary: {nb: Vilkårene er flyttet.}\\n' | file changes/terms.yaml
        commit 2026-01-15
        """,
    )
    build(source, tmp_path / "out")
    row = read_versions(tmp_path / "out")["versions"][1]
    assert row["kind_of_change"] == "links"
    summaries = {locale: texts["summary"] for locale, texts in row["languages"].items()}
    assert summaries == {"nb": "Vilkårene er flyttet.", "en": "Change without an explanation"}
    page = (tmp_path / "out" / "site" / "endringslogg" / "index.html").read_text("utf-8")
    assert '<p class="meta">Bare lenkeadresser er endret.</p>' in page

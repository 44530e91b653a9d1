"""Nothing that a site can contain ends in a traceback, a hang or more than one line for each problem."""

from __future__ import annotations

import json
import os
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from tests.helpers.cli import BuildCommand
from tests.verifier.conftest import Site
from verifier.html_reader import Element, PageError, parse_page
from verifier.json_reader import JsonError, parse_json
from verifier.letters import read_entry_digits
from verifier.pages import Page

UNITS = (
    "<", "<a ", '<a b="', "<!", "<!--", "<!-- -", "<?", "</", "&", "&#", "<![CDATA[", "<script>", "</scrip",
    "<a a=", "<a" + " a" * 50, "<a" + " " * 100, "<title><", "<a/", "<p>", "\x00", "<p></p>", "<p hidden>",
)  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_a_page_of_repetitions_is_read_or_refused(unit):
    content = (unit * 300_000)[:1_000_000].encode()
    with suppress(PageError):
        assert isinstance(parse_page(content), Element)


TOKENS = """
<p> </p> <ol> </ol> <li> </li> a &#32; <br> <hr> <em> </em> &amp; &#xD800; <a|href="x"> </a> <sup> </sup>
<pre><code> </code></pre> <section|id="x"> </section> <article|data-version="1.0"|lang="nb"> </article>
<section|data-note="1.0"|data-part="summary"> <!--|x|--> <script> </script> <ol|start="99999999999"> <details>
</details> <svg>
"""
MARKUP = st.lists(st.sampled_from([token.replace("|", " ") for token in TOKENS.split()]), max_size=30).map(
    "".join
)


@given(st.one_of(MARKUP, st.text()))
def test_any_page_is_read_or_refused_with_a_reason(text):
    with suppress(PageError):
        page = Page.parse(text.encode("utf-8", "replace"))
        page.find_entry_hash()
        page.list_versions()
        page.read_notes()
        page.read_text()


def test_a_reference_of_thousands_of_digits_is_refused():
    with pytest.raises(PageError, match="character reference"):
        parse_page(b"<p>&#" + b"9" * 5000 + b";</p>")


MAIL_TOKENS = b"""
Policy-Log-Entry:|aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa|=?utf-8?q?x?=|Content-Type:|multipart/mixed; boundary=b
|--b|--b--|text/html; charset=x|Content-Transfer-Encoding: base64|Content-Transfer-Encoding: quoted-printable
|=E|text/plain|message/rfc822|x*0*=y''z|<a|\xff|;|
"""
MAIL = st.lists(st.sampled_from([*MAIL_TOKENS.split(b"|"), b"\n"]), max_size=25).map(b"".join)


@given(st.one_of(MAIL, st.binary(max_size=99)))
def test_any_letter_is_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.eml"
    path.write_bytes(content)
    with suppress(InputError):
        assert read_entry_digits(path)


@pytest.mark.parametrize("depth", [99, 101, 100_000])
def test_nested_elements_are_refused_beyond_a_depth(depth):
    content = b"<div>" * depth + b"</div>" * depth
    if depth < 100:
        parse_page(content)
    else:
        with pytest.raises(PageError, match="more than 100 elements"):
            parse_page(content)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"a": 1, "a": 2}',
        '{"a": NaN}',
        '{"a": 1e5}',
        "9" * 9999,
        "",
        "nul",
        "\x00",
    ],
)
def test_json_that_is_ambiguous_or_broken_is_refused(text):
    with pytest.raises(JsonError):
        parse_json(text.encode())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["2.0", "nb", "9.9"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["version", "languages", "nb", "level", "url", "channels"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@given(rows=st.lists(JSON, max_size=4), key=st.sampled_from(["versions", "announcements"]))
def test_any_data_beside_the_pages_is_lines(published, tmp_path_factory, rows, key):
    folder = tmp_path_factory.mktemp("data")
    (folder / "api").mkdir()
    log = (published / "site/api/log.json").read_text("utf-8")
    (folder / "api/log.json").write_text(log, "utf-8")
    for name in ("versions", "announcements"):
        data = {"schema": 2, "base_url": "https://example.no/", "in_force": rows}
        data |= {name: rows if name == key else []}
        (folder / f"api/{name}.json").write_text(json.dumps(data), "utf-8")
    problems = Site(folder).problems()
    assert problems
    assert all("\n" not in problem.replace("\\n", "") for problem in problems)


def test_a_pipe_and_a_link_out_of_the_site_are_not_read(site, tmp_path):
    (tmp_path / "secret").write_text("secret")
    page = site.folder / "versjon/2.0/index.html"
    page.unlink()
    page.symlink_to(tmp_path / "secret")
    text = site.folder / "versjon/1.0/policy.txt"
    text.unlink()
    os.mkfifo(text)
    loop = site.folder / "endringslogg/index.html"
    loop.unlink()
    loop.symlink_to(loop)
    problems = "\n".join(site.problems())
    assert "versjon/2.0/ is a link that leads out of the site" in problems
    assert "versjon/1.0/policy.txt is not a file" in problems
    assert "endringslogg/ cannot be read" in problems


run = BuildCommand()


def test_the_command_prints_lines_and_ends_with_their_code(published, site, letters):
    done = run(
        "verify", published / "site", "--letter", letters["2.0"], "--log", site.folder / "api/log.json"
    )
    assert (done.code, done.err) == (0, ())
    assert [line.split()[0] for line in done.out.splitlines()] == ["verified", "log", "letter"]
    for page in site.folder.rglob("*.html"):
        page.write_text("\x1b[31m<p>")
    done = run("verify", site.folder)
    assert (done.code, done.err) == (1, ())
    assert "\x1b" not in done.out
    assert len(done.out.splitlines()) <= 21


@pytest.mark.parametrize(
    "place", ["/nowhere", ".", "https://a:secret@x.no/", "ftp://x.no/", "https://", "http://[/"]
)
def test_what_is_no_site_is_refused_in_one_line(tmp_path, place):
    done = run("verify", place, cwd=tmp_path)
    assert (done.code, done.out, len(done.err)) == (2, "", 1)
    assert "secret" not in done.err[0]

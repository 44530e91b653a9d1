"""A pull request of a stranger: whatever its files are called and say, no output is more than text."""

from __future__ import annotations

import json
import os
import re
import subprocess
import urllib.request
from datetime import date
from threading import Thread

import pytest
from defusedxml.ElementTree import fromstring
from markdown_it import MarkdownIt

from common.characters import INVISIBLE_CHARACTER
from editing.preview import PreviewServer
from editing.preview_page import PreviewOptions
from generator.build_options import PROJECT
from generator.template_files import TemplateFiles
from tests.helpers.cli import BuildCommand, run_command
from tests.helpers.environment import neutral_environment

# As a double-quoted text of YAML.
_HOSTILE = (
    r"\n::add-mask::x\e]0;t\a ##[add-mask]y \u202e @alle #1 GH-2 <img src=x onerror=alert(1)> \uFFFE &amp; "
    r"]]> =?utf-8?q?a=0d=0aBcc:_x@x.no?= | ` ``` ** https://github.com/a/b/issues/1 www.example.org "
    r"%0A::error::z"
)
_CODE = """\
    ::add-mask::kode som flytter hit uten et varsel
    ##[add-mask]kode
"""
_BODY = f"""Hei &#xFFFE; &#27; &#x202E; @octocat #12 GH-3 https://evil.example/x www.evil.example \x1b]0;x\x07

{_CODE}
::stop-commands::q

- @org/team

[l](https://evil.example/?a=\u202e&b=1) {{{{ controller.name }}}} {{{{ controller.phone }}}}
{{{{ retention.a.what }}}}
"""
_SETTINGS = f"""\
title: {{nb: "T{_HOSTILE}", en: "P{_HOSTILE}"}}
base_url: https://example.no/personvern/
languages: [nb, en]
controller: {{name: "C{_HOSTILE}", email: post@example.no, phone: "1\\n::x::", website: https://example.no/}}
announce: {{minor: [], major: [help_centre, login, email], special: [email]}}
"""
_FACTS = f'- {{id: a, what: {{nb: "W{_HOSTILE}", en: "V{_HOSTILE}"}}, period: P1Y}}\n'
_NOTE = f"""\
level: major
effective: 2026-12-30
title: {{nb: "N{_HOSTILE}", en: "M{_HOSTILE}"}}
summary: {{nb: "Ny{_HOSTILE}", en: "New{_HOSTILE}"}}
action: {{nb: "Les{_HOSTILE}", en: "Read{_HOSTILE}"}}
"""
_OUR_COMMAND = re.compile(rb"::(?:error|warning|notice) file=[^,:\n]*,line=\d+,col=\d+,title=[a-z0-9-]+::")
# What GitHub's own filters look for in the text of a comment: people, issues, addresses.
_REFERENCE = re.compile(r"@\w|#\w|\bGH-\d|://|\bwww\.", re.IGNORECASE)


def _write(folder, texts):
    for path, text in texts.items():
        file = folder / "content" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def _commit(folder, day):
    when = {"GIT_AUTHOR_DATE": f"{day}T12:00:00Z", "GIT_COMMITTER_DATE": f"{day}T12:00:00Z"}
    run_command(folder, "git", "add", "-A", **when)
    run_command(folder, "git", "commit", "-qm", "Endre", **when)


@pytest.fixture
def hostile(tmp_path):
    """A policy whose every text is hostile, committed, and a change with its note that is not."""
    source = tmp_path / "source"
    section = f'---\ntitle: "S{_HOSTILE}"\n---\n{_BODY}'
    _write(source, {"policy.yaml": _SETTINGS, "facts/retention.yaml": _FACTS})
    _write(source, {f"{code}/01-del.md": section for code in ("nb", "en")})
    run_command(source, "git", "init", "-q", "-b", "main")
    run_command(source, "git", "config", "user.name", "Editor")
    run_command(source, "git", "config", "user.email", "editor@example.no")
    _commit(source, "2026-10-01")
    change = (
        "\nVi deler ::add-mask::navn med @octocat og selger #3.\n\n    ::add-mask::ny\n    ##[add-mask]ny\n"
    )
    moved = section.replace(f"\n{_CODE}", "", 1).replace("evil.example/?", "evil.example/@octocat#1?")
    _write(source, {f"{code}/01-del.md": moved + change + _CODE for code in ("nb", "en")})
    return source


def _run(*options: object) -> bytes:
    """Return everything that a command prints, on both streams, and check that all of it is text."""
    done = subprocess.run(
        BuildCommand().arguments(*options), capture_output=True, check=False, env=neutral_environment()
    )
    printed = done.stdout + done.stderr
    assert b"Traceback" not in printed
    for line in printed.decode("utf-8").split("\n"):
        assert not INVISIBLE_CHARACTER.search(line), ascii(line)
        assert "\t" not in line
        assert not re.search(r"##\w*\[", line), line
        assert not line.lstrip().startswith("::") or _OUR_COMMAND.match(line.encode()), line
    return printed


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("output_format", ["text", "json", "github"])
def test_check_prints_findings_and_nothing_else(hostile, output_format):
    _write(hostile, {"changes/a.yaml": _NOTE})
    printed = _run("check", "--source", hostile, "--today", "2026-11-25", "--format", output_format)
    assert b"invisible-character" in printed
    if output_format == "json":
        assert json.loads(printed)


# A file name has every byte but NUL and the slash.
_NAMES = (
    b"a\n::add-mask::e",
    b"\x1b]0;t\x07",
    b"\xe2\x80\xae.md",  # U+202E
    b"k\xe4se",  # not UTF-8
    b"##[add-mask]x",
    b"01-a\tb.md",
    b"01-a\xe3\x85\xa4.md",  # U+3164, a letter without any sign
)


_COMMANDS = (
    "check",
    "check --format json",
    "check --format github",
    "build --draft",
    "note",
    "diff",
    "submit",
)


def _add_files(source):
    folder = os.fsencode(source / "content" / "nb")
    for name in _NAMES:
        with open(os.path.join(folder, name), "wb") as file:  # noqa: PTH118, PTH123 - paths of bytes
            file.write(b"x")


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("command", _COMMANDS)
def test_a_file_name_is_printed_as_one_line(hostile, tmp_path, command):
    _add_files(hostile)
    more = ("--out", tmp_path / "out") if command.startswith("build") else ()
    printed = _run(*command.split(), "--source", hostile, *more)
    assert printed.count(b"k[0xE4]se") or printed.count(b"k\\udce4se")


def test_keys_of_yaml_are_printed_as_one_line(hostile):
    _write(hostile, {"policy.yaml": _SETTINGS + f'"k{_HOSTILE}": 1\n"\\e]0;x\\a": 2\n'})
    for output_format in ("text", "json", "github"):
        assert b"unknown key" in _run("check", "--source", hostile, "--format", output_format)
    assert b"unknown key" in _run("build", "--source", hostile, "--draft")


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("output_format", ["text", "html", "markdown"])
def test_diff_prints_a_redline_and_nothing_else(hostile, output_format):
    assert b"octocat" in _run("diff", "--source", hostile, "--format", output_format)


def test_a_terminal_that_cannot_show_a_character_shows_its_escape(hostile):
    done = subprocess.run(
        BuildCommand().arguments("diff", "--source", hostile),
        capture_output=True,
        check=True,
        env=neutral_environment(PYTHONIOENCODING="latin-1"),
    )
    assert b"last commit \\u2192 not committed" in done.stdout


def test_a_comment_made_of_a_redline_tells_nobody_and_links_nowhere(hostile):
    markdown = _run("diff", "--source", hostile, "--format", "markdown").decode()
    _assert_comment_is_only_text(markdown, set())


def _assert_comment_is_only_text(markdown, structure):
    """Check that Markdown has only paragraphs, headings and these elements, and tells and links nobody."""
    github = MarkdownIt("gfm-like")
    github.linkify.set({"fuzzy_link": False})  # GitHub links what begins with www. or a scheme
    tokens = github.parse(markdown)
    children = [child for token in tokens for child in token.children or ()]
    assert {token.type for token in tokens} <= {
        f"{name}_{part}" for name in {"heading", "paragraph", *structure} for part in ("open", "close")
    } | {"inline"}
    types = {child.type.removesuffix("_open").removesuffix("_close") for child in children}
    assert types <= {"text", "text_special", "code_inline", "strong", "s", "em"}
    # GitHub leaves code alone, so what is in it counts as a gap.
    shown = "".join("\0" if child.type == "code_inline" else child.content for child in children)
    assert not _REFERENCE.search(shown)


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("has_strange_names", [False, True])
def test_a_comment_for_reviewers_is_only_text(hostile, has_strange_names):
    run_command(hostile, "git", "branch", "base")
    _write(hostile, {"changes/a.yaml": _NOTE})
    if has_strange_names:
        _add_files(hostile)
    _commit(hostile, "2026-11-10")
    markdown = _run("review", "--source", hostile, "--base", "base", "--today", "2026-11-25").decode()
    assert ("octocat" in markdown) is not has_strange_names
    _assert_comment_is_only_text(markdown, {"bullet_list", "list_item", "blockquote"})
    headings = [line for line in markdown.splitlines() if re.match("## ", line)]
    words = ["The content"] if has_strange_names else ["Version 2.0", "Changed words", "nb", "en"]
    assert [heading.startswith(f"## {word}") for heading, word in zip(headings, words, strict=True)]


def test_note_writes_comments_and_submit_a_subject_of_one_line(hostile):
    _run("note", "--source", hostile, "--level", "minor", "--today", "2026-11-10")
    (note,) = (hostile / "content" / "changes").iterdir()
    lines = note.read_text("utf-8").splitlines()
    assert all(re.match(r"#|level: minor$|summary:$|  (nb|en):$", line) for line in lines)
    note.write_text(_NOTE.replace("major", "minor").replace("effective: 2026-12-30\n", ""))
    for code in ("nb", "en"):  # what check refuses is not submitted
        text = f"---\ntitle: Del\n---\nVi deler ingenting {code}.\n"
        (hostile / "content" / code / "01-del.md").write_text(text)
    _run("submit", "--source", hostile, "--yes", "--today", "2026-11-10")


def test_what_is_published_is_well_formed(hostile, tmp_path):
    _write(hostile, {"changes/a.yaml": _NOTE})
    _commit(hostile, "2026-11-10")
    out = tmp_path / "out"
    _run("build", "--source", hostile, "--out", out, "--today", "2026-11-25")
    site = out / "site"
    for path in (*site.rglob("feed.xml"), site / "sitemap.xml"):
        assert len(fromstring(path.read_bytes())) > 1
    for path in site.rglob("*.json*"):
        assert json.loads(path.read_bytes())
    for path in (path for path in (*site.rglob("*"), *(out / "letters").rglob("*")) if path.is_file()):
        text = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
        assert not INVISIBLE_CHARACTER.search(text), path
        assert not re.search(r"&#(x0*(FFFE|1B|202E)|0*(27|65534|8238));", text, re.IGNORECASE), path
        assert "<img" not in text or path.suffix in {".txt", ".json", ".jsonld", ".eml", ".js"}, path


def test_a_letter_has_one_subject_and_the_sender_that_was_meant(hostile, tmp_path):
    _write(hostile, {"changes/a.yaml": _NOTE})
    _commit(hostile, "2026-11-10")
    _run("build", "--source", hostile, "--out", tmp_path / "out", "--today", "2026-11-25")
    (tmp_path / "people.csv").write_text("email,language\nkari@example.org,nb\n")
    letter = tmp_path / "out" / "letters" / "2.0"
    printed = _run("notify", "plan", "--letter", letter, "--recipients", tmp_path / "people.csv")
    assert b"addressees     1" in printed
    for message in letter.glob("*.eml"):
        head = message.read_bytes().split(b"\r\n\r\n")[0]
        assert re.findall(rb"^[\w-]+(?=:)", head, re.MULTILINE) == [
            b"From", b"Subject", b"Policy-Log-Entry", b"Auto-Submitted",
            b"X-Auto-Response-Suppress", b"MIME-Version", b"Content-Type", b"Content-Language",
        ]  # fmt: skip
        assert head.split(b"Subject:")[0].endswith(b"\r\n <post@example.no>\r\n")


@pytest.mark.parametrize("add", [lambda _: None, _add_files], ids=["texts", "file names"])
def test_the_preview_shows_the_same_as_text(hostile, add):
    _write(hostile, {"changes/a.yaml": _NOTE})
    add(hostile)
    server = PreviewServer(
        PreviewOptions(hostile, TemplateFiles(PROJECT / "templates"), date(2026, 11, 25)), 0
    )
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        with urllib.request.urlopen(server.address) as response:  # noqa: S310 - our own server
            page = response.read().decode("utf-8")
    finally:
        server.shutdown()
        server.server_close()
    assert not INVISIBLE_CHARACTER.search(page)
    assert "<img" not in page
    assert page.count("<script") == 1

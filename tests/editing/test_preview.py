"""The live preview, requested as a browser does."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

BUILD = str(Path(__file__).resolve().parents[2] / "build.py")
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture(params=[()])
def serving(editor, request):
    """The address of the preview and its process."""
    options = ("--source", str(editor.source), "--port", "0", *request.param)
    command = [sys.executable, "-u", BUILD, "serve", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        yield server.stdout.readline().split()[1], server
        server.terminate()


@pytest.fixture
def preview(serving):
    return serving[0]


def get(address: str, **headers: str) -> str:
    with DIRECT.open(urllib.request.Request(address, headers=headers), timeout=600) as answer:  # noqa: S310 - our own server
        return answer.read().decode()


def test_a_save_reaches_the_open_page(editor, preview):
    with DIRECT.open(f"{preview}saves", timeout=600) as events:
        assert events.readline() == b": connected\n"
        text = editor.read("nb/01-lagring.md").decode()
        while True:  # the watch may begin a moment after the page is open: an editor saves again
            editor.write("nb/01-lagring.md", text := text.replace("navn", "navn og telefon"))
            lines = [events.readline() for _ in range(2)]
            if b"data: saved\n" in lines:
                break
    page = get(preview)
    assert "<ins>" in page
    assert "unnoted-change" in page


def read_until_saved(events, save) -> None:
    """Save again and again until the open page is told: the watch may begin a moment later."""
    while True:
        save()
        if b"data: saved\n" in [events.readline() for _ in range(2)]:
            return


@pytest.mark.parametrize("name", [b"07-\xff.md", b"\xe5pne\xff"])
def test_a_file_name_that_is_not_utf_8_is_one_line_and_later_saves_reach_the_page(editor, serving, name):
    address, server = serving
    path = editor.source / "content" / "nb" / os.fsdecode(name)
    with DIRECT.open(f"{address}saves", timeout=600) as events:
        assert events.readline() == b": connected\n"

        def save_badly() -> None:
            with path.open("ab") as file:
                file.write(b"a")

        read_until_saved(events, save_badly)
        assert "could not follow a change" in server.stderr.readline()
        path.unlink()
        text = editor.read("nb/01-lagring.md")
        read_until_saved(events, lambda: editor.write("nb/01-lagring.md", text))
    assert "lagrer navn" in get(address)
    server.terminate()
    assert "Traceback" not in server.stderr.read()


def edit(editor, *languages: str) -> None:
    for language, old, new in (("nb", "navn", "navn og telefon"), ("en", "names", "names and phones")):
        path = f"{language}/01-lagring.md"
        if language in languages:
            editor.write(path, editor.read(path).decode().replace(old, new))


def test_a_broken_edit_is_reported_above_the_last_draft_that_could_be_read(editor, preview):
    good = editor.read("policy.yaml")
    edit(editor, "nb", "en")
    assert "<ins>" in get(preview)
    editor.write("policy.yaml", good + b"shoe_days: 1\n")
    page = get(preview)
    assert "unknown key &#39;shoe_days&#39;" in page
    assert '<p id="unreadable">' in page
    assert "og telefon" in page.partition("</h2>")[2]
    editor.write("policy.yaml", good)
    page = get(preview)
    assert "shoe_days" not in page
    assert '<p id="unreadable">' not in page


def test_a_preview_that_begins_with_a_broken_file_shows_the_last_commit(editor, preview):
    editor.write("nb/01-lagring.md", b"\xff")
    page = get(preview)
    assert '<p id="unreadable">' in page
    assert "lagrer navn" in page


def test_findings_of_the_change_come_first_and_standing_ones_are_collapsed(editor, preview):
    page = get(preview)
    assert "No problems found." in page.partition("<details")[0]
    edit(editor, "nb", "en")
    head, _, standing = get(preview).partition('<details id="standing">')
    assert re.findall(r"\[([a-z-]+)\]</li>", head) == ["unnoted-change"]
    assert "<summary>Already there before this change: 15 warnings</summary>" in standing


def test_a_finding_is_of_the_change_again_when_it_is_committed_and_another_appears(editor, preview):
    edit(editor, "nb", "en")
    get(preview)
    editor.commit()
    head, _, standing = get(preview).partition('<details id="standing">')
    assert "unnoted-change" not in head
    assert "unnoted-change" in standing


def test_a_changed_section_has_its_languages_side_by_side_and_others_are_collapsed(editor, preview):
    for language in ("nb", "en"):
        editor.write(f"{language}/02-mer.md", b"---\ntitle: X\n---\n\nNothing here.\n")
    editor.commit()
    edit(editor, "nb")
    changed, _, unchanged = get(preview).partition('<details class="unchanged">')
    row = changed.partition('<div class="row">')[2]
    assert row.index('<p class="language" lang="en">Norwegian</p>') < row.index("English</p>")
    assert "stores names" in row
    assert "Nothing here." not in row
    assert unchanged.count("Nothing here.") == 2
    assert "<summary>Sections without changes (1)</summary>" in unchanged


def test_long_passages_without_a_change_are_collapsed_in_a_changed_section(editor, preview):
    text = editor.read("nb/01-lagring.md").decode()
    long, short = "Dette er en lang tekst. " * 20, "Dette er en kort tekst."
    editor.write("nb/01-lagring.md", f"{text}\n{long}\n\n{long}\n")
    editor.commit()
    edit(editor, "nb")
    row = get(preview).partition('<div class="row">')[2]
    assert '<details class="unchanged"><summary class="helper">1 uendret avsnitt</summary>' in row
    editor.write("nb/01-lagring.md", f"{text}\n{short}\n\n{short}\n")
    editor.commit()
    edit(editor, "nb")
    assert '<details class="unchanged"><summary class="helper">' not in get(preview)


def test_a_policy_without_a_commit_is_shown_without_marks(editor, preview):
    shutil.rmtree(editor.source / ".git")
    page = get(preview)
    assert "lagrer navn" in page
    assert "<ins>" not in page.partition("</h2>")[2].partition('<div class="row">')[2]


@pytest.mark.parametrize("serving", [("--lang", "nb")], indirect=True)
def test_the_page_is_in_the_language_of_the_editor(editor, preview):
    edit(editor, "nb")
    page = get(preview)
    assert '<html lang="nb">' in page
    assert '<h2 id="findings">Funn i denne endringen</h2>' in page
    assert "<strong>feil</strong> content/nb/01-lagring.md:4: lagring er endret uten endringsnotat" in page
    assert "<summary>Fantes før denne endringen: 15 advarsler</summary>" in page
    editor.write("policy.yaml", editor.read("policy.yaml") + b"shoe_days: 1\n")
    page = get(preview)
    assert "Rett disse feilene først. Under står det siste utkastet som kunne leses." in page
    assert "ukjent nøkkel «shoe_days»; mente du «show_days»?" in page


def test_another_host_name_is_forbidden(preview):
    with pytest.raises(urllib.error.HTTPError, match="403"):
        get(preview, Host="evil.example")


def test_a_port_that_is_taken_is_one_line(editor, preview):
    port = preview.rsplit(":", 1)[1].rstrip("/")
    done = editor.run("serve", "--port", port)
    assert done.returncode == 2
    assert "choose another with --port" in done.stderr

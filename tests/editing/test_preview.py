"""The live preview, requested as a browser does."""

from __future__ import annotations

import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

BUILD = str(Path(__file__).resolve().parents[2] / "build.py")
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture(params=[()])
def preview(editor, request):
    options = ("--source", str(editor.source), "--port", "0", *request.param)
    command = [sys.executable, "-u", BUILD, "serve", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        yield server.stdout.readline().split()[1]
        server.terminate()


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


def test_a_broken_edit_is_reported_in_the_page_and_the_next_one_is_shown(editor, preview):
    good = editor.read("policy.yaml")
    editor.write("policy.yaml", good + b"shoe_days: 1\n")
    assert "unknown key &#39;shoe_days&#39;" in get(preview)
    editor.write("policy.yaml", good)
    page = get(preview)
    assert "shoe_days" not in page
    assert "lagrer navn" in page


@pytest.mark.parametrize("preview", [("--lang", "nb")], indirect=True)
def test_the_page_is_in_the_language_of_the_editor(editor, preview):
    text = editor.read("nb/01-lagring.md").decode()
    editor.write("nb/01-lagring.md", text.replace("navn", "navn og telefon"))
    page = get(preview)
    assert '<html lang="nb">' in page
    assert '<h2 id="findings">Funn</h2>' in page
    assert "<strong>feil</strong> content/nb/01-lagring.md:4: lagring er endret uten endringsnotat; " in page
    editor.write("policy.yaml", editor.read("policy.yaml") + b"shoe_days: 1\n")
    page = get(preview)
    assert '<h1 id="troubles">Rett disse feilene for å se forhåndsvisningen</h1>' in page
    assert "ukjent nøkkel «shoe_days»; mente du «show_days»?" in page


def test_another_host_name_is_forbidden(preview):
    with pytest.raises(urllib.error.HTTPError, match="403"):
        get(preview, Host="evil.example")


def test_a_port_that_is_taken_is_one_line(editor, preview):
    port = preview.rsplit(":", 1)[1].rstrip("/")
    done = editor.run("serve", "--port", port)
    assert done.returncode == 2
    assert "choose another with --port" in done.stderr

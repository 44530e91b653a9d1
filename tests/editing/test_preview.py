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


@pytest.fixture
def preview(editor):
    command = [sys.executable, "-u", BUILD, "serve", "--source", str(editor.source), "--port", "0"]
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


def test_another_host_name_is_forbidden(preview):
    with pytest.raises(urllib.error.HTTPError, match="403"):
        get(preview, Host="evil.example")


def test_a_port_that_is_taken_is_one_line(editor, preview):
    port = preview.rsplit(":", 1)[1].rstrip("/")
    done = editor.run("serve", "--port", port)
    assert done.returncode == 2
    assert "choose another with --port" in done.stderr

"""docs/begin.en.md followed literally in an empty home to a site; docs/begin.nb.md has the same blocks."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from adoption.new_policy.answers import YES_OR_NO_QUESTIONS, read_example_answers
from deployment.web_client import fetch
from tests.helpers.cli import run_command
from tests.helpers.environment import REPOSITORY, neutral_environment
from tests.helpers.klartekst_repository import create_klartekst_remote, write_make

if TYPE_CHECKING:
    from collections.abc import Mapping

_BLOCK = re.compile(r"<!-- begin: ([\w.]+) -->\n```(\w+)\n(.*?)```", re.DOTALL)
_ADDRESS = "https://git.example.no/klartekst.git"
_INTERVIEW = [
    *("Example Club", "post@example.no", "", "", "example.no", "en, nb", "", ""),
    *("y" if name in {"members", "recipients", "cookies"} else "" for name in YES_OR_NO_QUESTIONS),
]
_COMMANDS = [
    "programs",
    "tool",
    "answers",
    "example",
    "file",
    "serve",
    "site",
    "questions",
    "commit",
    "check",
]


def read_page(language: str) -> str:
    return (REPOSITORY / "docs" / f"begin.{language}.md").read_text("utf-8")


def read_blocks(language: str) -> dict[str, str]:
    return {name: code for name, _, code in _BLOCK.findall(read_page(language))}


class Newcomer:
    """Somebody at a terminal of a machine with an empty home."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.place = folder, folder / "home"
        commands = folder / "commands"
        write_make(commands)
        for name, script in {"sudo": 'exec "$@"', "apt-get": ":"}.items():
            (commands / name).write_text(f"#!/bin/sh\n{script}\n")
            (commands / name).chmod(0o755)
        self.place.mkdir()
        self.remote = create_klartekst_remote(folder)

    @property
    def environment(self) -> Mapping[str, str]:
        path = f"{self.folder}/commands:{os.environ['PATH']}"
        return neutral_environment(
            HOME=str(self.folder / "home"), PATH=path, GIT_CONFIG_NOSYSTEM="1", LC_ALL="C.UTF-8"
        )

    def run(self, code: str, answers: str = "") -> str:
        """Run a block in the folder that the one before ended in; return what it printed."""
        script = f"{code.replace(_ADDRESS, str(self.remote))}\npwd >'{self.folder}/place'\n"
        done = subprocess.run(
            ["sh", "-euc", script],
            cwd=self.place, env=self.environment, input=answers, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        self.place = Path((self.folder / "place").read_text().strip())
        return done.stdout

    def preview(self, code: str) -> str:
        """Start a block that runs until it is stopped, and return the page that it serves."""
        with subprocess.Popen(
            ["sh", "-euc", code],
            cwd=self.place, env={**self.environment, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE, text=True, start_new_session=True,
        ) as process:  # fmt: skip
            try:
                assert process.stdout
                address = process.stdout.readline().split()[-1]
                return fetch(address).body.decode()
            finally:
                os.killpg(process.pid, signal.SIGTERM)


@pytest.fixture
def newcomer(tmp_path) -> Newcomer:
    return Newcomer(tmp_path)


def replace_row(path: Path, row: str) -> None:
    """Replace the row that has the id of another one."""
    text = path.read_text("utf-8")
    first_line = re.escape(row.splitlines()[0])
    found = re.search(rf"^{first_line}\n(?:  .*\n)*", text, re.MULTILINE)
    assert found
    path.write_text(text.replace(found[0], row), "utf-8")


@pytest.mark.long
def test_a_newcomer_who_follows_the_page_has_a_policy_that_check_accepts_and_a_site(newcomer):
    blocks = read_blocks("en")
    assert [name for name in blocks if not name.endswith(".yaml")] == _COMMANDS
    for name in ("programs", "tool"):
        newcomer.run(blocks[name])
    assert newcomer.place == newcomer.folder / "home" / "klartekst"
    printed = newcomer.run(blocks["answers"], "\n".join([*_INTERVIEW, ""]))
    assert "make serve SOURCE=../our-policy\n" in printed
    policy = newcomer.folder / "home" / "our-policy"
    (newcomer.folder / "home" / "our-policy").rename(newcomer.folder / "asked")
    newcomer.run(blocks["example"])
    newcomer.run(blocks["file"])
    assert "Example Club" in newcomer.preview(blocks["serve"])
    newcomer.run(blocks["site"])
    assert "Example Club" in (policy / "out" / "site" / "index.html").read_text("utf-8")
    assert "On which legal basis" in newcomer.run(blocks["questions"])
    page = (newcomer.folder / "home" / "questions.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    for name in ("retention.yaml", "purposes.yaml"):
        replace_row(policy / "content" / "facts" / name, blocks[name])
    newcomer.run(blocks["commit"])
    assert newcomer.place == newcomer.folder / "home" / "klartekst"
    found = newcomer.run(blocks["check"])
    assert "error" not in found
    assert "messages" not in found
    assert run_command(policy, "git", "rev-list", "--count", "HEAD") == "1\n"


def test_the_norwegian_page_has_the_same_commands():
    words = {
        "var-erklaering": "our-policy",
        "svar.yaml": "answers.yaml",
        "sporsmal.html": "questions.html",
        " --lang nb": "",
    }
    english, norwegian = read_blocks("en"), read_blocks("nb")
    assert list(norwegian) == list(english)
    for name in _COMMANDS:
        code = norwegian[name]
        for word, other in words.items():
            code = code.replace(word, other)
        assert code == english[name]


@pytest.mark.parametrize("language", ["en", "nb"])
def test_the_page_shows_the_example_of_answers(language):
    (example,) = re.findall(
        rf"<!-- example-answers: {language} -->\n```yaml\n(.*?)```", read_page(language), re.DOTALL
    )
    assert example == read_example_answers(language)
    assert ("sixteen" in read_page("en"), "seksten" in read_page("nb")) == (True, True)
    assert len(YES_OR_NO_QUESTIONS) == 16


@pytest.mark.parametrize("language", ["en", "nb"])
def test_every_block_of_the_page_has_a_test(language):
    page = read_page(language)
    assert page.count("```") == 2 * (len(_BLOCK.findall(page)) + 1)

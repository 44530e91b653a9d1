"""The language of messages: that of --lang, else that of the terminal, else English."""

from __future__ import annotations

import json
import os

import pytest

from tests.helpers.cli import BuildCommand
from tests.helpers.terminal import at_terminal

MISTAKE = (
    "title: {nb: Erklæring, en: Policy}\nbase_url: https://eksempel.no/\nlanguages: [nb, en]\nshowdays: 3\n"
)
ENGLISH = "content/policy.yaml:4:1: error: unknown key 'showdays'; did you mean 'show_days'? [unreadable]"
NORWEGIAN = "content/policy.yaml:4:1: feil: ukjent nøkkel «showdays»; mente du «show_days»? [unreadable]"


@pytest.fixture
def mistaken(editor):
    editor.write("policy.yaml", MISTAKE)
    return editor


@pytest.fixture
def edited(editor):
    text = editor.read("nb/01-lagring.md").decode()
    editor.write("nb/01-lagring.md", text.replace("navn", "navn og telefon"))
    return editor


def build_py(editor, command: str, *options: str, **environment: str):
    today = ("--today", "2026-11-22") if command in {"check", "note"} else ()
    return BuildCommand()(command, "--source", editor.source, *today, *options, **environment)


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    "environment",
    [
        {"LANG": "nb_NO.UTF-8"},
        {"LANG": "no_NO"},
        {"LANG": "nn_NO.UTF-8"},
        {"LANG": "en_GB.UTF-8", "LC_MESSAGES": "nb_NO.UTF-8"},
        {"LANG": "C", "LC_MESSAGES": "en_GB.UTF-8", "LC_ALL": "nb"},
        {"LANG": "nb_NO.UTF-8", "LC_ALL": "", "LC_MESSAGES": ""},
    ],
)
def test_a_norwegian_terminal_gets_norwegian_messages(mistaken, environment):
    assert NORWEGIAN in build_py(mistaken, "check", **environment).out


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    "environment",
    [
        {"LANG": ""},
        {"LANG": "C.UTF-8"},
        {"LANG": "POSIX"},
        {"LANG": "de_DE.UTF-8"},
        {"LANG": "nb_NO.UTF-8", "LC_ALL": "C"},
        {"LANG": "nb_NO.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"},
    ],
)
def test_every_other_terminal_gets_english_messages(mistaken, environment):
    assert ENGLISH in build_py(mistaken, "check", **environment).out


def test_the_option_wins_over_the_terminal(mistaken):
    assert NORWEGIAN in build_py(mistaken, "check", "--lang", "nb", LANG="en_GB.UTF-8").out
    assert ENGLISH in build_py(mistaken, "check", "--lang", "en", LANG="nb_NO.UTF-8").out


def test_a_language_without_messages_is_invalid_input(mistaken):
    done = build_py(mistaken, "check", "--lang", "xx")
    assert (done.code, done.err) == (2, ("no messages in 'xx'; valid names: en, nb",))


def test_what_programs_read_is_english_unless_the_option_says_otherwise(mistaken):
    def message(*options: str) -> str:
        done = build_py(mistaken, "check", "--format", "json", *options, LANG="nb_NO.UTF-8")
        (row, *_) = [row for row in json.loads(done.out) if "showdays" in row["message"]]
        assert row["severity"] == "error"
        return row["message"]

    assert message() == "unknown key 'showdays'"
    assert message("--lang", "nb") == "ukjent nøkkel «showdays»"
    annotation = "::error file={},line=4,col=1,title=unreadable::{}"
    path = os.path.relpath(mistaken.source / "content/policy.yaml")
    english = annotation.format(path, "unknown key 'showdays'; did you mean 'show_days'?")
    assert english in build_py(mistaken, "check", "--format", "github", LANG="nb_NO.UTF-8").out


def test_findings_are_counted_in_norwegian(edited):
    done = build_py(edited, "check", "--lang", "nb")
    unassessed = "(nivået er ikke vurdert: erklæringen har ingen fakta)"
    assert f"lagring er endret uten endringsnotat {unassessed}; kjør: build.py note; " in done.out
    assert done.out.splitlines()[-1] == "1 feil, 16 advarsler"


def test_lines_on_standard_error_are_norwegian_too(editor):
    done = build_py(editor, "diff", "--lang", "nb", "9.9")
    assert (done.code, done.err) == (2, ("versjon 9.9 finnes ikke; den nyeste er 1.0",))


def test_a_redline_is_labelled_in_norwegian(edited):
    assert build_py(edited, "diff", "--lang", "nb").out.startswith("siste commit → ikke lagt inn\n")
    markdown = build_py(edited, "diff", "--lang", "nb", "--format", "markdown").out
    assert markdown.startswith("**siste commit → ikke lagt inn**: ~~slettet~~, **lagt til**\n")
    assert (
        "<title>siste commit → ikke lagt inn</title>"
        in build_py(edited, "diff", "--lang", "nb", "--format", "html").out
    )


def test_confirming_speaks_norwegian(editor):
    assert (
        build_py(editor, "confirm", "--lang", "nb", "lagring").out == "bekreftet  content/en/01-lagring.md\n"
    )
    done = build_py(editor, "confirm", "--lang", "nb", "lagrin")
    assert done.err == ("det er ingen del «lagrin» på «nb»; mente du «lagring»?",)


def test_the_comments_of_a_new_note_are_norwegian(edited):
    edited.write("facts/recipients.yaml", "- {id: bank, name: Banken, country: NO}\n")
    path = "changes/2026-11-22-lagring.yaml"
    assert build_py(edited, "note", "--lang", "nb").out == f"skrevet  content/{path}\n"
    assert edited.read(path).decode() == (
        "# Endrede deler: Lagring (lagring)\n"
        "# Nivået må være minst major på grunn av disse faktaene:\n"
        "#   recipients.bank er ny\n"
        "# Se endringen med build.py diff. Fortell leserne i en setning eller to hva som blir nytt for dem.\n"
        "level: major\n"
        "effective: P37D  # regnet fra publiseringen: 2026-12-29 hvis den publiseres i dag\n"
        "# Emnet i e-posten og overskriften på varselet.\n"
        "title:\n  nb:\n  en:\n"
        "summary:\n  nb:\n  en:\n"
        "# Hva leserne kan gjøre før den dagen. Skriv det hvis de ikke trenger å gjøre noe.\n"
        "action:\n  nb:\n  en:\n"
    )


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    ("answer", "level"), [(b"j\n", "major"), (b"kanskje\nja\n", "major"), (b"\n", "minor")]
)
def test_the_question_of_a_note_is_asked_and_answered_in_norwegian(edited, answer, level):
    options = ("--source", str(edited.source), "--today", "2026-11-22", "--lang", "nb")
    shown = at_terminal("note", *options, answer=answer)
    assert "Må folk få vite om dette før det gjelder? [j/N]: " in shown
    assert ("svar ja eller nei" in shown) is (b"kanskje" in answer)
    assert f"level: {level}" in edited.read("changes/2026-11-22-lagring.yaml").decode()

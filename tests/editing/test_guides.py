"""The editors' guides quote what the commands print, word for word and in the language of the guide."""

from __future__ import annotations

import re
import shutil

import pytest

from tests.helpers.environment import REPOSITORY
from tests.helpers.terminal import at_terminal

# Each folder has the mistakes that can be reported together: some hide others.
MISTAKES = (
    {
        "policy.yaml": b"title: {nb: A, en: B}\nbase_url: https://eksempel.no/\nlanguages: [nb, en]\n"
        b"controller: {name: C}\nshowdays: 3\n",
        "facts/sources.yaml": b"- id: register\n\tname: Register\n",
        "facts/categories.yaml": b"- id: name\n  name: Navn: for- og etternavn\n",
        "changes/a.yaml": b"level: minor\neffective: 22.12.2026\nsummary: {nb: Nytt., en: New.}\n",
        "nb/02-deling.md": b"---\ntitle: ''\n---\n\nVi deler ikke.\n",
        "facts/retention.yaml": b"- id: main\n  what:\n",
        "facts/purposes.yaml": b"- {id: service, name: {nb: Tjenesten}}\n",
        "facts/audiences.yaml": "- {id: member, name: Årsmedlem}\n".encode("latin-1"),
    },
    {"nb/01-lagring.md": b"---\ntitle: Lagring\n---\n\nSkriv til {{ controller.mail }}.\n"},
    {
        "nb/01-lagring.md": b"---\ntitle: 2. Lagring\n---\n\n{{ controller.name }} lagrer navn.\n",
        "en/01-lagring.md": b"---\ntitle: 2. Storage\n---\n\n{{ controller.name }} stores names.\n",
    },
)
LABELS = {"nb": "feil", "en": "error"}


def read_guide(language: str) -> str:
    return (REPOSITORY / "docs" / f"editors.{language}.md").read_text(encoding="utf-8")


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("language", LABELS)
def test_the_table_of_messages_has_what_check_prints_for_each_mistake(editor, language):
    shutil.rmtree(editor.source / ".git")  # without a history no change lacks a note
    printed = set()
    sound = {path: path.read_bytes() for path in editor.source.rglob("*") if path.is_file()}
    for mistakes in MISTAKES:
        shutil.rmtree(editor.source / "content")
        for path, data in sound.items():
            editor.write(str(path.relative_to(editor.source / "content")), data)
        for path, data in mistakes.items():
            editor.write(path, data)
        output = editor.run("check", "--lang", language).stdout
        printed |= set(re.findall(rf"^\S+: {LABELS[language]}: (.+) \[[a-z-]+\]$", output, re.MULTILINE))
    table = re.search(r"## (?:Common errors|Vanlige feil)\n(.*?)\n## ", read_guide(language), re.DOTALL)
    assert table
    assert set(re.findall(r"^\| `([^`]+)` \|", table[1], re.MULTILINE)) == printed


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(("language", "answers"), [("nb", "jn"), ("en", "yn")])
def test_the_quoted_question_is_the_one_that_note_asks(editor, language, answers):
    text = editor.read("nb/01-lagring.md").decode()
    editor.write("nb/01-lagring.md", text.replace("navn", "navn og telefon"))
    source = str(editor.source)
    shown = at_terminal("note", "--source", source, "--today", "2026-11-22", "--lang", language, answer=b"\n")
    guide = re.search(r"[«“]([^»”]+\?)[»”] (?:Svar|Answer) `(.)` (?:eller|or) `(.)`", read_guide(language))
    assert guide
    assert f"{guide[1]} [{guide[2]}/{guide[3].upper()}]: " in shown
    assert guide[2] + guide[3] == answers


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("language", LABELS)
def test_the_quoted_severities_are_those_of_check(editor, language):
    editor.write("nb/01-lagring.md", editor.read("nb/01-lagring.md") + b"Og mer.\n")
    output = editor.run("check", "--lang", language).stdout
    severities = set(re.findall(r"^\S+: (\w+): ", output, re.MULTILINE))
    step = re.search(r"`python build.py check`\. (.*)", read_guide(language))
    assert step
    assert set(re.findall(r"`(\w+)`", step[1])) == severities

"""What a person at a terminal sees and is asked."""

from __future__ import annotations

import pytest

from tests.helpers.terminal import at_terminal


@pytest.fixture
def edited(editor):
    text = editor.read("nb/01-lagring.md").decode()
    editor.write("nb/01-lagring.md", text.replace("navn", "navn og telefon"))
    return editor


@pytest.mark.parametrize(("answer", "level"), [(b"y\n", "major"), (b"n\n", "minor")])
def test_the_one_question_decides_the_level(edited, answer, level):
    source = str(edited.source)
    shown = at_terminal("note", "--source", source, "--today", "2026-11-22", answer=answer)
    assert "Must people be told" in shown
    assert f"level: {level}" in edited.read("changes/2026-11-22-lagring.yaml").decode()


def test_a_redline_has_colour_at_a_terminal_and_none_where_it_is_not_wanted(edited):
    source = str(edited.source)
    assert "\x1b[32;4m" in at_terminal("diff", "--source", source, environment={"NO_COLOR": ""})
    plain = at_terminal("diff", "--source", source, environment={"NO_COLOR": "1"})
    assert "\x1b[32" not in plain
    assert "{+" in plain

"""Every message for editors is a literal in the code, and every catalogue translates all of them."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

import pytest
from babel.messages.pofile import read_po

from tests.helpers.environment import REPOSITORY

CATALOGUES = sorted(REPOSITORY.glob("languages/*/tool.po"))
SOURCES = (
    REPOSITORY / "build.py",
    *(
        path
        for name in ("common", "policy", "changelog", "adoption", "editing")
        for path in REPOSITORY.glob(f"{name}/**/*.py")
    ),
)
# The commands of operators report in English, and so do the files that they name.
ENGLISH_SOURCES = {
    REPOSITORY / "editing/admin.py",
    REPOSITORY / "common/input_files.py",
    REPOSITORY / "common/time_stamps.py",
    REPOSITORY / "common/web_files.py",
    REPOSITORY / "editing/time_stamping.py",
}
_ERRORS = {"InputError", "HistoryError", "NoHistoryError"}
_PLACEHOLDER = re.compile(r"(?<!\{)\{(\w+)\}(?!\})|(\{\{+|\}\}+)")


@lru_cache(maxsize=1)
def _calls() -> tuple[ast.Call, ...]:
    trees = (ast.parse(path.read_text("utf-8")) for path in SOURCES if path not in ENGLISH_SOURCES)
    nodes = (node for tree in trees for node in ast.walk(tree))
    return tuple(node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))


def _messages() -> list[ast.Call]:
    return [node for node in _calls() if node.func.id == "Message"]


def _templates() -> set[str]:
    return {node.args[0].value for node in _messages() if isinstance(node.args[0], ast.Constant)}


@pytest.fixture(params=CATALOGUES, ids=lambda path: path.parent.name)
def catalogue(request) -> dict[str, str]:
    with request.param.open("rb") as file:
        found = read_po(file, abort_invalid=True)
    return {str(message.id): str(message.string) for message in found if message.id}


def test_every_template_is_a_literal_whose_placeholders_have_values():
    for node in _messages():
        assert isinstance(node.args[0], ast.Constant), ast.unparse(node)
        names = {name for name, _ in _PLACEHOLDER.findall(node.args[0].value) if name}
        assert names == {keyword.arg for keyword in node.keywords}, ast.unparse(node)


def test_no_error_that_an_editor_can_cause_is_a_plain_string():
    errors = [node for node in _calls() if node.func.id in _ERRORS]
    plain = [node for node in errors if node.args and isinstance(node.args[0], ast.Constant | ast.JoinedStr)]
    assert [ast.unparse(node) for node in plain] == []


def test_every_message_is_translated(catalogue):
    assert sorted(_templates() - {template for template, words in catalogue.items() if words}) == []


def test_every_translation_is_used(catalogue):
    assert sorted(catalogue.keys() - _templates()) == []


def test_placeholders_and_braces_of_translations_agree(catalogue):
    def shape(words: str) -> list[tuple[str, str]]:
        return sorted(_PLACEHOLDER.findall(words))

    assert {name: words for name, words in catalogue.items() if shape(name) != shape(words)} == {}


def test_a_translation_has_the_quotation_marks_of_its_language_only_where_the_message_has_some(catalogue):
    assert {name: words for name, words in catalogue.items() if "'" in words} == {}
    assert {name: words for name, words in catalogue.items() if "«" in words and "'" not in name} == {}

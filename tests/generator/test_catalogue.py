"""The messages of the interface: every English one in templates and code is translated into each language."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment

from languages.loader import FOLDER, get_language

_REPOSITORY = Path(__file__).resolve().parents[2]
_PLACEHOLDER = re.compile(r"\{\w*\}")
_TRANSLATE = {"gettext", "_"}


def _in_templates() -> set[str]:
    jinja = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    jinja.policies["ext.i18n.trimmed"] = True
    texts = (path.read_text(encoding="utf-8") for path in (_REPOSITORY / "templates").rglob("*.j2"))
    return {str(message) for text in texts for _, _, message in jinja.extract_translations(text)}


def _calls() -> list[ast.Call]:
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in (_REPOSITORY / "generator").glob("*.py"))
    nodes = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [node for node in nodes if isinstance(node.func, ast.Name) and node.func.id in _TRANSLATE]


def _in_code() -> set[str]:
    return {node.args[0].value for node in _calls() if isinstance(node.args[0], ast.Constant)}


def _is_complete(path: Path) -> bool:
    return get_language(path.parent.name).words.fallback is None


@pytest.fixture(
    scope="module",
    params=[path for path in sorted(FOLDER.glob("*/interface.po")) if _is_complete(path)],
    ids=lambda path: path.parent.name,
)
def translations(request) -> dict[str, str]:
    """The messages of one language and their translations."""
    with request.param.open("rb") as file:
        return {
            str(message.id): str(message.string)
            for message in read_po(file, abort_invalid=True)
            if message.id
        }


def test_every_message_is_a_literal_in_its_call():
    assert [ast.unparse(node) for node in _calls() if not isinstance(node.args[0], ast.Constant)] == []


def test_every_message_is_translated(translations):
    assert (
        sorted((_in_templates() | _in_code()) - {name for name, words in translations.items() if words}) == []
    )


def test_every_translation_is_used(translations):
    assert sorted(set(translations) - (_in_templates() | _in_code())) == []


def test_placeholders_and_outer_blanks_of_translations_agree(translations):
    def shape(words: str) -> tuple[list[str], bool, bool]:
        return sorted(_PLACEHOLDER.findall(words)), words[:1].isspace(), words[-1:].isspace()

    assert {name: words for name, words in translations.items() if shape(name) != shape(words)} == {}

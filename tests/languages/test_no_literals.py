"""Only the loader knows which languages there are: no other code names one."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from languages.loader import get_language, list_language_codes

_REPOSITORY = Path(__file__).resolve().parents[2]
_PACKAGES = (
    *("common", "languages", "policy", "changelog", "generator", "adoption", "deployment", "editing"),
    "notifier",
)
_SCRIPTS = ("templates/notice.js", "templates/verify.js", "integrations/wordpress/klartekst-policy-notice")
_LOADER = _REPOSITORY / "languages" / "loader.py"
# What a language can be called in code: its code, that of its family, its locales.
_NAMES = {
    name.replace("-", "_")
    for code in list_language_codes()
    for words in [get_language(code).words]
    for name in (code, words.family, words.cldr, words.wordpress)
}


def _list_python_files() -> list[Path]:
    files = [path for package in _PACKAGES for path in (_REPOSITORY / package).rglob("*.py")]
    return [path for path in (*files, _REPOSITORY / "build.py") if path != _LOADER]


def _find_names_of_languages(source: str) -> list[str]:
    """Return the string literals that are the name of a language."""
    return [
        f"line {node.lineno}: {node.value!r}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.replace("-", "_") in _NAMES
    ]


@pytest.mark.parametrize("path", _list_python_files(), ids=lambda path: path.name)
def test_no_module_names_a_language(path):
    assert _find_names_of_languages(path.read_text(encoding="utf-8")) == []


def test_the_plugin_and_the_notice_name_no_language():
    pattern = re.compile(rf"""["'`]({"|".join(sorted(_NAMES))})["'`]|\b(nb|nn)\|""", re.IGNORECASE)
    paths = [
        path
        for name in _SCRIPTS
        for path in [_REPOSITORY / name, *(_REPOSITORY / name).rglob("*")]
        if path.suffix in {".js", ".php"}
    ]
    assert len(paths) > len(_SCRIPTS)
    found = {str(path): pattern.findall(path.read_text(encoding="utf-8")) for path in paths}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize("code", ['locale == "nb"', '{"en": 1}[code]', 'code.startswith("nb-NO")'])
def test_a_name_is_found_wherever_it_stands(code):
    assert len(_find_names_of_languages(code)) == 1


def test_a_country_is_not_a_language():
    assert _find_names_of_languages('country == "NO"') == []

"""The plugin's translations and coding style, checked without a WordPress."""

import gettext
import json
import re
import runpy
import subprocess
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from languages.loader import FOLDER, get_language
from tests.helpers.programs import require_program

PLUGIN = Path(__file__).resolve().parents[2] / "integrations" / "wordpress" / "klartekst-policy-notice"
PHP = sorted(PLUGIN.rglob("*.php"))
SOURCES = sorted(FOLDER.glob("*/wordpress.po"))


def _read_translations(source):
    with source.open("rb") as file:
        return {(message.context, message.id): message.string for message in read_po(file) if message.id}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.parent.name)
def test_every_text_of_the_plugin_is_translated(source):
    used = {
        (None, words)
        for file in PHP
        for words in re.findall(
            r"\b(?:__|esc_html__|esc_html_e|esc_attr__)\(\s*'((?:[^'\\]|\\.)*)'", file.read_text()
        )
    }
    block = json.loads((PLUGIN / "blocks" / "policy-link" / "block.json").read_text())
    main = (PLUGIN / f"{PLUGIN.name}.php").read_text()
    head = dict(re.findall(r"^ \* (Plugin Name|Description): +(.*)$", main, re.MULTILINE))
    used |= {("block title", block["title"]), ("block description", block["description"])}
    used |= {(None, words) for words in head.values()}
    assert len(head) == 2
    assert set(_read_translations(source)) == used
    assert all(_read_translations(source).values())


def test_the_plugin_has_the_catalogue_of_every_language_as_it_is_compiled():
    script = PLUGIN.parent / "compile_catalogues.py"
    compiled = runpy.run_path(str(script))["compile_catalogues"]()
    assert {path: path.read_bytes() for path in PLUGIN.glob("languages/*")} == compiled, (
        "make plugin-languages"
    )
    assert len(compiled) == len(SOURCES) + 1


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.parent.name)
def test_the_template_for_translators_has_every_text(source):
    template = PLUGIN / "languages" / f"{PLUGIN.name}.pot"
    assert set(_read_translations(template)) == set(_read_translations(source))
    assert all(
        "Translators: " in comment for comment in re.findall(r"^#. (.*)$", template.read_text(), re.MULTILINE)
    )
    texts = [text for _, text in _read_translations(template) if "%" in text]
    assert template.read_text().count("#. Translators: ") == len(texts)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.parent.name)
def test_the_compiled_catalogue_has_every_translation(source):
    locale = get_language(source.parent.name).words.wordpress
    with (PLUGIN / "languages" / f"{PLUGIN.name}-{locale}.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for (context, words), translation in _read_translations(source).items():
        assert (compiled.pgettext(context, words) if context else compiled.gettext(words)) == translation


def test_no_file_runs_outside_wordpress():
    for file in PHP:
        assert re.search(r"defined\( '(ABSPATH|WP_UNINSTALL_PLUGIN)' \) \|\| exit;", file.read_text()), file


@pytest.mark.long
def test_the_code_follows_the_coding_standard():
    done = subprocess.run(
        [
            require_program("phpcs", "php-codesniffer"),
            f"--standard={PLUGIN.parent / 'phpcs.xml'}",
            "--extensions=php",
            str(PLUGIN),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout

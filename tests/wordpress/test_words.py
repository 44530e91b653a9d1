"""The plugin's translations and coding style, checked without a WordPress."""

import gettext
import json
import re
import subprocess
from pathlib import Path

from babel.messages.pofile import read_po

from tests.helpers.programs import require_program

PLUGIN = Path(__file__).resolve().parents[2] / "integrations" / "wordpress" / "klartekst-policy-notice"
PHP = sorted(PLUGIN.rglob("*.php"))


def _read_translations():
    with next(PLUGIN.glob("languages/*nb_NO.po")).open("rb") as file:
        return {(message.context, message.id): message.string for message in read_po(file) if message.id}


def test_every_text_of_the_plugin_is_translated_to_norwegian():
    used = {
        (None, words)
        for file in PHP
        for words in re.findall(r"\b(?:__|esc_html__|esc_html_e)\(\s*'((?:[^'\\]|\\.)*)'", file.read_text())
    }
    block = json.loads((PLUGIN / "blocks" / "policy-link" / "block.json").read_text())
    head = dict(re.findall(r"^ \* (Plugin Name|Description): +(.*)$", PHP[-2].read_text(), re.MULTILINE))
    used |= {("block title", block["title"]), ("block description", block["description"])}
    used |= {(None, words) for words in head.values()}
    assert len(head) == 2
    assert set(_read_translations()) == used
    assert all(_read_translations().values())


def test_the_compiled_catalogue_matches_its_source():
    path = next(PLUGIN.glob("languages/*nb_NO.mo"))
    with path.open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for (context, words), norwegian in _read_translations().items():
        translation = compiled.pgettext(context, words) if context else compiled.gettext(words)
        assert translation == norwegian, f"msgfmt --no-hash -o {path.name} {path.stem}.po"


def test_no_file_runs_outside_wordpress():
    for file in PHP:
        assert re.search(r"defined\( '(ABSPATH|WP_UNINSTALL_PLUGIN)' \) \|\| exit;", file.read_text()), file


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

"""Compile the plugin's translations, languages/CODE/wordpress.po, into its folder: `make plugin-languages`.

The folder also gets a template for translators, a .pot file with every text of the plugin. WordPress finds a
catalogue by the name of its locale. A language without a wordpress.po has none: its readers see the plugin's
settings in English, and notices in their own language all the same.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import normalize

from languages.loader import FOLDER, get_language, list_language_codes
from policy.localization import compile_catalogue

# The format of .mo files: seven integers, then the length and the place of each text and each translation.
_HEADER = struct.Struct("=7I")
_BYTES_PER_TEXT = 8

PLUGIN = Path(__file__).parent / "klartekst-policy-notice"

_CALL = re.compile(r"\b(?:__|esc_html__|esc_html_e|esc_attr__)\(\s*'((?:[^'\\]|\\.)*)'")
_COMMENT = re.compile(r"// (Translators: .*)")
_HEADER_TEXT = """msgid ""
msgstr ""
"Project-Id-Version: Klartekst Policy Notice\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"X-Domain: klartekst-policy-notice\\n"
"""


def compile_catalogues() -> dict[Path, bytes]:
    """Return the path and the content of each catalogue of the plugin."""
    catalogues = {}
    for code in list_language_codes():
        source = FOLDER / code / "wordpress.po"
        if source.is_file():
            name = f"{PLUGIN.name}-{get_language(code).words.wordpress}.mo"
            catalogues[PLUGIN / "languages" / name] = _complete_header(compile_catalogue(source))
    catalogues[PLUGIN / "languages" / f"{PLUGIN.name}.pot"] = _format_template().encode()
    return catalogues


def _format_template() -> str:
    """Return the .pot file: each text once, with the comment for translators above its first use."""
    entries: dict[tuple[str, str], str] = {}
    for context, text, comment in [*_find_php_texts(), *_find_metadata()]:
        entries.setdefault((context, text), comment)
    return _HEADER_TEXT + "".join(
        "\n"
        + (f"#. {comment}\n" if comment else "")
        + (f"msgctxt {normalize(context)}\n" if context else "")
        + f'msgid {normalize(text, width=0)}\nmsgstr ""\n'
        for (context, text), comment in entries.items()
    )


def _find_php_texts() -> Iterator[tuple[str, str, str]]:
    for path in sorted(PLUGIN.rglob("*.php")):
        comment = ""
        for line in path.read_text("utf-8").splitlines():
            for text in _CALL.findall(line):
                yield "", text.replace("\\'", "'"), comment
            found = _COMMENT.search(line)
            comment = found[1] if found else ""


def _find_metadata() -> Iterator[tuple[str, str, str]]:
    """Yield what WordPress shows of the plugin itself and of its block."""
    main = (PLUGIN / f"{PLUGIN.name}.php").read_text("utf-8")
    for name in ("Plugin Name", "Description"):
        found = re.search(rf"^ \* {name}: +(.*)$", main, re.MULTILINE)
        assert found is not None
        yield "", found[1], ""
    block = json.loads((PLUGIN / "blocks" / "policy-link" / "block.json").read_text("utf-8"))
    yield "block title", block["title"], ""
    yield "block description", block["description"], ""


def _complete_header(catalogue: bytes) -> bytes:
    """Return a catalogue with the place of its hash table: WordPress reads the texts from behind it.

    The table is empty. Babel leaves its place zero, and WordPress would take the catalogue for a damaged one.
    """
    magic, revision, count, ids, translations, size, _ = _HEADER.unpack_from(catalogue)
    place = translations + count * _BYTES_PER_TEXT
    header = _HEADER.pack(magic, revision, count, ids, translations, size, place)
    return header + catalogue[_HEADER.size :]


def main() -> None:
    """Write the catalogues and delete those whose source is gone; print what has changed."""
    catalogues = compile_catalogues()
    for path in sorted({*(PLUGIN / "languages").iterdir(), *catalogues}):
        if path not in catalogues:
            path.unlink()
        elif not path.is_file() or path.read_bytes() != catalogues[path]:
            path.write_bytes(catalogues[path])
        else:
            continue
        print(path.name)


if __name__ == "__main__":
    main()

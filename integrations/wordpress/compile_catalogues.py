"""Compile the plugin's translations, languages/CODE/wordpress.po, into its folder: `make plugin-languages`.

WordPress finds a catalogue by the name of its locale. A language without a wordpress.po has none: its readers
see the plugin's settings in English, and notices in their own language all the same.
"""

from __future__ import annotations

import struct
from pathlib import Path

from languages.loader import FOLDER, get_language, list_language_codes
from policy.localization import compile_catalogue

# The format of .mo files: seven integers, then the length and the place of each text and each translation.
_HEADER = struct.Struct("=7I")
_BYTES_PER_TEXT = 8

PLUGIN = Path(__file__).parent / "klartekst-policy-notice"


def compile_catalogues() -> dict[Path, bytes]:
    """Return the path and the content of each catalogue of the plugin."""
    catalogues = {}
    for code in list_language_codes():
        source = FOLDER / code / "wordpress.po"
        if source.is_file():
            name = f"{PLUGIN.name}-{get_language(code).words.wordpress}.mo"
            catalogues[PLUGIN / "languages" / name] = _complete_header(compile_catalogue(source))
    return catalogues


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
    for path in sorted({*(PLUGIN / "languages").glob("*.mo"), *catalogues}):
        if path not in catalogues:
            path.unlink()
        elif not path.is_file() or path.read_bytes() != catalogues[path]:
            path.write_bytes(catalogues[path])
        else:
            continue
        print(path.name)


if __name__ == "__main__":
    main()

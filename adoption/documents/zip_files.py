"""Opens the documents of word processors, which are ZIP files, without unpacking more than a document has."""

from __future__ import annotations

import io
import zipfile
import zlib
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from common.errors import InputError
from common.messages import Message

_MAX_ENTRIES = 2_000
_MAX_PART_BYTES = 16 << 20
_MAX_BYTES = 48 << 20  # of the parts with text; pictures are never unpacked
# What the library raises for a damaged file; RuntimeError for one with a password.
_DAMAGES = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)
_TEXT_PARTS = (".xml", ".rels", ".html", ".htm", "mimetype")


def read_text_parts(name: str, data: bytes) -> dict[str, bytes]:
    """Return the parts of a ZIP file that hold text, by their path; raise InputError if it is too large.

    The sizes are those of its table of contents; no more than that is unpacked, whatever the file holds.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > _MAX_ENTRIES:
                raise InputError(Message("{path}: there are too many files in it", path=name))
            wanted = [entry for entry in entries if entry.filename.lower().endswith(_TEXT_PARTS)]
            sizes = [entry.file_size for entry in wanted]
            if max(sizes, default=0) > _MAX_PART_BYTES or sum(sizes) > _MAX_BYTES:
                raise InputError(Message("{path}: it holds more text than a policy has", path=name))
            return {entry.filename: archive.read(entry) for entry in wanted if not entry.is_dir()}
    except _DAMAGES:
        raise refuse_damaged_file(name) from None


def refuse_damaged_file(name: str) -> InputError:
    """Return the error about a file that cannot be opened."""
    return InputError(Message("{path}: the file is damaged or has a password; save it anew", path=name))


def parse_part(name: str, parts: dict[str, bytes], part: str) -> Element | None:
    """Return the root of an XML part, None if there is none; raise InputError for one that does harm."""
    if part not in parts:
        return None
    try:
        root: Element = fromstring(parts[part], forbid_dtd=True)
    except DefusedXmlException:
        # Entities could expand to gigabytes or read other files; no word processor writes a DTD.
        raise InputError(Message("{path}: a document has no DOCTYPE in it", path=name)) from None
    except (ParseError, ValueError, LookupError):
        raise refuse_damaged_file(name) from None
    return root

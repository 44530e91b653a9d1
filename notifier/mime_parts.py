"""Take a message apart as far as a delivery report needs it: headers, the parts of multiparts, encodings.

Anybody can send anything to the address that reports go to. So this reads every message in linear time and
never fails: what is damaged has fewer headers or parts. Python's `email` raises errors on some messages, and
does not keep what is in a part of the type `message/…`.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_FIELD_NAME = re.compile(rb"[!-9;-~]{1,80}")  # RFC 5322 section 2.2
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")
_BOUNDARY = re.compile(r';\s*boundary\s*=\s*(?:"([^"]*)"|([^\s;"]+))', re.IGNORECASE)
_FIRST_DELIMITER = re.compile(rb"^--(\S{1,200})[ \t]*$", re.MULTILINE)
_MESSAGE_TYPES = frozenset(  # a message in a message, whole or its headers only (RFC 6522, RFC 6533)
    {
        "message/rfc822",
        "text/rfc822-headers",
        "message/rfc822-headers",
        "message/global",
        "message/global-headers",
    }
)
_MAX_DEPTH = 6  # of multiparts in multiparts; reports have three
_MAX_PARTS = 100  # of one multipart


@dataclass(frozen=True, slots=True)
class Part:
    """A message or a part of one; `headers` has the unfolded values by lower-case name, lines end in LF."""

    headers: Mapping[str, tuple[str, ...]]
    body: bytes = field(repr=False)

    def get(self, name: str) -> str:
        """Return the first header with this lower-case name, or an empty string."""
        return self.headers.get(name, ("",))[0]

    @property
    def content_type(self) -> str:
        """The media type in lower case; plain text if there is none (RFC 2045 section 5.2)."""
        found = _MEDIA_TYPE.match(self.get("content-type").strip())
        return found[0].lower() if found else "text/plain"

    @property
    def is_returned_message(self) -> bool:
        """Whether this is another message, or the headers of one."""
        return self.content_type in _MESSAGE_TYPES

    @property
    def decoded_body(self) -> bytes:
        """The body without its transfer encoding (RFC 2045 section 6), as far as it can be decoded."""
        encoding = self.get("content-transfer-encoding").strip().lower()
        if encoding == "quoted-printable":
            return quopri.decodestring(self.body).replace(b"\r\n", b"\n")
        if encoding == "base64":
            try:
                return base64.b64decode(self.body + b"==").replace(b"\r\n", b"\n")
            except binascii.Error:
                return b""
        return self.body


def parse_message(octets: bytes) -> Part:
    """Parse a message; a line `From …` before it, as in mailboxes, is left out."""
    octets = octets.replace(b"\r\n", b"\n")
    if octets.startswith(b"From "):
        octets = octets.partition(b"\n")[2]
    return parse_part(octets)


def parse_part(octets: bytes) -> Part:
    """Parse headers, up to the first empty line, and a body."""
    if octets.startswith(b"\n"):
        return Part({}, octets[1:])
    head, _, body = octets.partition(b"\n\n")
    return Part(parse_fields(head), body)


def parse_fields(head: bytes) -> dict[str, tuple[str, ...]]:
    """Return the fields of a block of headers by lower-case name; lines that are none are left out."""
    values: dict[str, list[list[bytes]]] = {}
    current: list[bytes] = []  # the lines of the field that would go on in the next line
    for line in head.split(b"\n"):
        if line[:1] in (b" ", b"\t"):
            current.append(line.strip())
            continue
        name, colon, value = line.partition(b":")
        current = [value.strip()]
        if colon and _FIELD_NAME.fullmatch(name.rstrip()):
            values.setdefault(name.rstrip().decode("ascii").lower(), []).append(current)
    return {
        name: tuple(b" ".join(lines).decode("utf-8", "replace").strip() for lines in fields)
        for name, fields in values.items()
    }


def list_parts(message: Part, depth: int = 0) -> Iterator[Part]:
    """Yield the parts of a message that are no multiparts, not those of a message that is attached to it."""
    if not message.content_type.startswith("multipart/") or depth == _MAX_DEPTH:
        yield message
        return
    for octets in _split_parts(message.body, _find_boundary(message)):
        yield from list_parts(parse_part(octets), depth + 1)


def _find_boundary(part: Part) -> bytes:
    """Return the boundary of a multipart: the declared one, or else the first line that looks like one."""
    found = _BOUNDARY.search(part.get("content-type"))
    declared = (found[1] or found[2] or "").rstrip().encode() if found else b""
    if declared and b"--" + declared in part.body:
        return declared
    first = _FIRST_DELIMITER.search(part.body)
    return first[1] if first else b""


def _split_parts(body: bytes, boundary: bytes) -> list[bytes]:
    """Return what is between the boundaries; a part whose end is missing reaches to the end."""
    parts: list[list[bytes]] = []
    if not boundary:
        return []
    for line in body.split(b"\n"):
        if line.startswith(b"--" + boundary):
            rest = line[len(boundary) + 2 :].rstrip()
            if rest == b"--" or len(parts) == _MAX_PARTS:
                break
            if not rest:
                parts.append([])
                continue
        if parts:
            parts[-1].append(line)
    return [b"\n".join(lines) for lines in parts]

"""What a web address may hold, so that it can be written into HTML, headers and the files of web servers.

Web servers have rules of quoting of their own, and compare addresses after decoding them. A base address and
an origin have therefore only characters that mean themselves everywhere (RFC 3986 section 2.3); a host has
those of DNS, in which a name with other letters is written as `xn--…` (RFC 5890).
"""

from __future__ import annotations

import re

_HOST = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){0,8}[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PORT_NUMBER = (
    "[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"  # up to 65535
)
ORIGIN_PATTERN = rf"(?i:https?://{_HOST}(?::(?:{_PORT_NUMBER}))?)"
# No name and password before the host; no quotation marks, brackets or blanks behind it.
WEB_ADDRESS_PATTERN = rf"{ORIGIN_PATTERN}(?:[/?#][^\s<>\"\\^`{{|}}]{{0,2000}})?"
# Folders, none of them `.` or `..`, with a slash at the end: other paths are appended to it as text.
BASE_ADDRESS_PATTERN = rf"{ORIGIN_PATTERN}/(?:(?!\.{{1,2}}/)[A-Za-z0-9._~-]{{1,200}}/){{0,20}}"
_ORIGIN = re.compile(rf"({ORIGIN_PATTERN})(?:[/?#]|\Z)")
_BASE_ADDRESS = re.compile(BASE_ADDRESS_PATTERN)
# Browsers leave it out of an origin (HTML, "ASCII serialization of an origin").
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def is_base_address(text: str) -> bool:
    """Whether a text is the absolute address of a folder, in characters that need no quoting anywhere."""
    return bool(_BASE_ADDRESS.fullmatch(text))


def get_origin(address: str) -> str:
    """Return the origin of a web address as browsers send it, in lower case; empty for any other text."""
    match = _ORIGIN.match(address)
    if not match:
        return ""
    origin = match[1].lower()
    return origin.removesuffix(_DEFAULT_PORTS[origin.partition(":")[0]])

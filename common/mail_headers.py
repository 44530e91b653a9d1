"""Words of other people in the headers of a message, which must not end the header or name an address.

Python's `email` reads what it is given before it writes it: an encoded word in a title, `=?utf-8?q?=0A?=`,
becomes a line end, and a name in quotation marks loses them where a long line is folded. Such text is encoded
here, word by word (RFC 2047).
"""

from __future__ import annotations

import base64
import re
from email.headerregistry import Address
from email.message import EmailMessage

_ENCODED_WORD_OCTETS = 42  # "=?utf-8?b?" + 56 characters of Base64 + "?=" fit in RFC 2047 section 2's 75
_SPECIALS = re.compile(r'[()<>\[\]:;@\\,."]')  # of RFC 5322, which a name may only have in quotation marks
_SHORT_LINE = 60  # with the name of the header it is not folded


def set_subject(message: EmailMessage, subject: str) -> None:
    """Set the subject of a message; it is the only header that this sets, whatever is in it."""
    if _is_plain(subject):
        message["Subject"] = subject
    else:
        message.set_raw("Subject", "\r\n ".join(encode_words(subject)))


def set_mailbox(message: EmailMessage, header: str, name: str, address: str) -> None:
    """Set a header to one address with a name; the address is one of `EmailField`."""
    is_short = len(name) + len(address) <= _SHORT_LINE
    if _is_plain(name) and (is_short or not _SPECIALS.search(name)):
        message[header] = Address(name, addr_spec=address)
    else:
        message.set_raw(header, "\r\n ".join([*encode_words(name), f"<{address}>"]))


def encode_words(text: str) -> list[str]:
    """Return text as encoded words, each of whole characters (RFC 2047 section 5)."""
    words, word = [], b""
    for character in text:
        octets = character.encode()
        if len(word) + len(octets) > _ENCODED_WORD_OCTETS:
            words.append(word)
            word = b""
        word += octets
    return [f"=?utf-8?b?{base64.b64encode(part).decode()}?=" for part in [*words, word]]


def _is_plain(text: str) -> bool:
    """Whether there is no encoded word in a text, no line end and no word that is longer than a line."""
    has_long_word = any(len(word) > _SHORT_LINE for word in text.split())
    return "=?" not in text and text.isprintable() and not has_long_word

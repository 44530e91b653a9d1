"""One mailbox: whether two spellings mean the same one, and how it is written on the wire. Pure, no I/O.

Identity is contract §7's: other case, other normal form and other IDN form are the same mailbox. RFC 5321
§2.4 lets a server tell `Anna@` from `anna@`, none in use does, and a second letter is the worse mistake.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import idna

# RFC 5321 §4.1.2 Dot-string, widened by RFC 6531 §3.3 to anything that is not ASCII.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u0080-\U0010ffff]+"
_LOCAL = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_LOCAL_OCTETS = 64  # RFC 5321 §4.5.3.1.1
_PATH_OCTETS = 254  # RFC 5321 §4.5.3.1.3, less the angle brackets


class RejectedError(ValueError):
    """A field that must not come near a mail server; the text says why and holds nothing of the field."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address that can be mailed: `path` for the wire, `identity` for telling people apart."""

    path: str
    identity: str

    @property
    def needs_smtputf8(self) -> bool:
        """Whether only a server with SMTPUTF8 (RFC 6531) can take it: the local part is not ASCII."""
        return not self.path.isascii()


@dataclass(frozen=True, slots=True)
class Unmailable:
    """An address that is one line with one `@`, yet no server would take."""

    identity: str


def check_field(field: str) -> None:
    """Refuse control characters, which could end a header or a command, or turn its words around."""
    if field.isascii() and field.isprintable():
        return  # as nearly all of them are
    for character in field:
        category = unicodedata.category(character)
        if category in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(character) in _BIDI_CONTROLS:
            raise RejectedError(f"control character U+{ord(character):04X}")


_BIDI_CONTROLS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


@lru_cache(maxsize=1024)  # a post in flight is read for its envelope and again for its To
def read(address: str) -> Mailbox | Unmailable:
    """Read one address as a source spells it; what could carry a second one, or a command, is rejected."""
    check_field(address)
    spelt = unicodedata.normalize("NFC", address.strip(" "))
    if spelt.count("@") != 1:
        raise RejectedError("not exactly one @ in the address")
    if any(character in spelt for character in ',<>"'):
        raise RejectedError("a comma, an angle bracket or a quotation mark in the address")
    local, _, domain = spelt.partition("@")
    if not local or not domain:
        raise RejectedError("nothing before or after the @ in the address")
    return _mailable(local, domain)


def _mailable(local: str, domain: str) -> Mailbox | Unmailable:
    folded = unicodedata.normalize("NFC", local.casefold())
    encoded = _host(domain)
    if encoded is None:
        return Unmailable(f"{folded}@{domain.casefold()}")
    path = f"{local}@{encoded}"
    identity = f"{folded}@{encoded.casefold()}"
    too_long = len(local.encode()) > _LOCAL_OCTETS or len(path.encode()) > _PATH_OCTETS
    if too_long or not _LOCAL.fullmatch(local):
        return Unmailable(identity)
    return Mailbox(path, identity)


@lru_cache(maxsize=4096)
def _host(domain: str) -> str | None:
    """Return a domain as the wire has it. Members share few domains, and IDNA is slow."""
    try:
        # IDNA 2008 with UTS 46 mapping: the standard library's codec turns straße.de into another host.
        return idna.encode(domain, uts46=True, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return None


def language_of(wish: str | None, languages: tuple[str, ...]) -> str:
    """Return the language of the letter for a locale such as `nb_NO`; the first where it has none."""
    tag = (wish or "").strip().replace("_", "-").casefold()
    primary = tag.partition("-")[0]
    # A reader of Nynorsk, or of "Norwegian" without saying which, reads Bokmål before a foreign language.
    for candidate in (tag, primary, {"no": "nb", "nn": "nb"}.get(primary, primary)):
        if candidate in languages:
            return candidate
    return languages[0]

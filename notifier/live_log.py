"""The log of the live site, as anybody can read it."""

from __future__ import annotations

from common.errors import InputError
from common.input_files import parse_json
from common.web_files import fetch_web_file

_MAX_BYTES = 64 * 1024 * 1024
_HINT = "pass the address of the site, such as https://personvern.example.no"


def fetch_live_entries(site: str) -> frozenset[str]:
    """Return the hashes of the entries in the log of a site; raise TryLaterError if it does not answer.

    Raises InputError for an address that is none or has no log.
    """
    if not site.lower().startswith(("http://", "https://")):
        raise InputError(f"--live: must begin with https:// or http://; {_HINT}")
    if "@" in site:  # not repeated: it may hold a password
        raise InputError("--live: an address with a user name is refused; a published log is public")
    address = site if site.endswith(".json") else f"{site.removesuffix('/')}/api/log.json"
    content = fetch_web_file(address, _MAX_BYTES, _HINT, _HINT)
    try:
        return frozenset(str(entry["hash"]) for entry in parse_json(content)["entries"])
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{address}: not a log.json; {_HINT}") from None

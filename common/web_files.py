"""Files from http(s) addresses, within a limit of size and time; every other answer says what to do."""

from __future__ import annotations

from http.client import HTTPException, InvalidURL
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from common.deadlines import call_within
from common.errors import InputError, KlartekstError, TryLaterError

_TIMEOUT_SECONDS = 60  # without a byte
_TOTAL_SECONDS = 300  # however slowly the bytes arrive


def fetch_web_file(address: str, max_bytes: int, hint: str, missing_hint: str) -> bytes:
    """Return the file at an http(s) address; `missing_hint` is for the answer that there is none.

    Raises TryLaterError if the server does not answer or is in trouble, else InputError.
    """
    _check_address(address, hint)
    try:
        content = call_within(_TOTAL_SECONDS, lambda: _request(address, max_bytes))
    except HTTPError as error:
        error.close()
        raise _create_error(address, error.code, missing_hint) from None
    except InvalidURL:
        raise InputError(f"{address!r}: not an address; {hint}") from None
    except (OSError, ValueError, HTTPException) as error:
        reason = getattr(error, "reason", None) or type(error).__name__
        raise TryLaterError(f"{address}: no answer ({reason}); try again later") from None
    if len(content) > max_bytes:
        raise InputError(f"{address}: over {max_bytes >> 20} MiB; this is not a log.json")
    return content


def _check_address(address: str, hint: str) -> None:
    try:
        parts = urlsplit(address)
        is_valid = bool(parts.hostname) and parts.port != 0 and address.isascii()
    except ValueError:  # an open bracket, or a port that is no number
        is_valid = False
    if not is_valid:
        raise InputError(f"{address!r}: not an address; {hint}")


def _request(address: str, max_bytes: int) -> bytes:
    opener = build_opener(_WebRedirects)
    with opener.open(Request(address), timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - http(s) only
        content: bytes = answer.read(max_bytes + 1)
    return content


class _WebRedirects(HTTPRedirectHandler):
    """Follows redirections to http and https only; the original follows those to ftp too."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        if urlsplit(newurl).scheme not in {"http", "https"}:
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _create_error(address: str, code: int, missing_hint: str) -> KlartekstError:
    """Return the error for an answer of a server that is no file."""
    answer = f"{address}: the server answers {code}"
    if code >= 500 or code == 429:  # noqa: PLR2004 - errors of the server, and too many requests
        return TryLaterError(f"{answer}; try again later")
    if code == 404:  # noqa: PLR2004 - the only answer that a site without a log gives
        return InputError(f"{answer}; {missing_hint}")
    if 300 <= code < 400:  # noqa: PLR2004 - a redirection that was not followed
        return InputError(f"{answer}, a redirection in a circle or out of the web; pass the address itself")
    return InputError(f"{answer}; pass an address that anybody can read, or a copy of the log.json")

"""Requests one address at a time and returns what the server says, whatever that is."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from common.deadlines import call_within
from common.errors import InputError, TryLaterError

_TIMEOUT_SECONDS = 60  # without a byte
_TOTAL_SECONDS = 300  # however slowly the bytes arrive
_MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answers to a request for an address."""

    address: str
    status: int
    headers: Message
    body: bytes

    def list_values(self, header: str) -> list[str]:
        """Return the values of a header, those in one line separately."""
        lines = self.headers.get_all(header, [])
        return [value.strip() for line in lines for value in str(line).split(",") if value.strip()]


def check_site_address(address: str) -> str:
    """Return the address of a site, with a slash at its end; raise InputError for anything else."""
    try:
        parts = urlsplit(address)
        is_valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_valid, parts = False, urlsplit("")
    if (
        not is_valid
        or not address.isascii()
        or parts.username
        or parts.password
        or parts.query
        or parts.fragment
    ):
        # The address is not repeated: it may contain a password.
        raise InputError(
            "not the address of a site: pass https://…, without user, password, query and fragment"
        )
    return address if address.endswith("/") else f"{address}/"


def join_address(address: str, reference: str) -> str:
    """Return the address that a reference on the page at `address` leads to; nothing if it cannot be read."""
    try:
        joined = urljoin(address, reference)
        urlsplit(joined)
    except ValueError:  # an open bracket
        return ""
    return joined


def fetch(address: str, origin: str = "") -> Answer:
    """Return the answer to a request, for a page of `origin` if there is one; redirections are not followed.

    Raises TryLaterError if there is no answer.
    """
    headers = {"Accept-Encoding": "identity", **({"Origin": origin} if origin else {})}
    request = Request(address, headers=headers)  # noqa: S310 - http(s) only
    try:
        return call_within(_TOTAL_SECONDS, lambda: _request(request))
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or type(error).__name__
        raise TryLaterError(f"{address}: no answer ({reason}); try again later") from None


def _request(request: Request) -> Answer:
    opener = build_opener(_NoRedirects)
    try:
        answer: Any = opener.open(request, timeout=_TIMEOUT_SECONDS)
    except HTTPError as error:
        answer = error
    with answer:
        body = answer.read(_MAX_BYTES + 1)
        if len(body) > _MAX_BYTES:
            raise ValueError("over 64 MiB")
        return Answer(request.full_url, answer.status, answer.headers, body)


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        """Return nothing: the redirection is the answer."""
        del req, fp, code, msg, headers, newurl

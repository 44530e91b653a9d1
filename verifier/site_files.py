"""Reads the files of a site from a folder or over HTTP: only its own, and no more than a site can have."""

from __future__ import annotations

import os
import re
import stat
import time
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from common.deadlines import call_within
from common.errors import InputError, TryLaterError

MAX_BYTES = 64 * 1024 * 1024  # of one file: a log of some 100,000 entries
_TIMEOUT_SECONDS = 60  # without a byte
_FILE_SECONDS = 300  # for a whole file, however slowly its bytes arrive
_CHUNK = 1024 * 1024
# Addresses of pages and files, as a build writes them: no step upwards, no other host, no query.
_PATH = re.compile(r"(?:[\w~-][\w.~-]*/)*(?:[\w~-][\w.~-]*)?")
_SERVER_ERRORS = range(500, 600)


class FileMissingError(Exception):
    """What is wrong with a file that cannot be read, as the end of a sentence about it."""


class RedirectedError(FileMissingError):
    """Where a redirection leads that is not followed, as the end of a sentence about the file."""


class SiteFiles(Protocol):
    """The files below the address of a site."""

    def read(self, path: str) -> bytes:
        """Return a file, or the page of a folder whose path ends with a slash; raise FileMissingError."""


def open_site(place: str) -> SiteFiles:
    """Return the files of a site in a folder or at an http(s) address; raise InputError for anything else."""
    if place.startswith(("http://", "https://")):
        return _WebSite(_check_address(place))
    if "://" in place:
        raise InputError("not a site: pass a folder, or an address that begins with https:// or http://")
    try:
        folder: Path | None = Path(place).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):  # RuntimeError for a circle of links, ValueError for "\0"
        folder = None
    if folder is None or not folder.is_dir():
        raise InputError(f"{place}: no such folder; pass that of a site, such as out/site, or its address")
    return _SiteFolder(folder, _find_allowed_folders(folder))


def _check_address(address: str) -> str:
    try:
        parts = urlsplit(address)
        is_valid = bool(parts.hostname) and (parts.port is None or parts.port > 0) and address.isascii()
        is_plain = not (parts.username or parts.password or parts.query or parts.fragment)
    except ValueError:
        is_valid = is_plain = False
    if not is_valid or not is_plain:  # the address is not repeated: it may contain a password
        raise InputError("not the address of a site: pass it without user, password, query and fragment")
    return address if address.endswith("/") else f"{address}/"


def _check_path(path: str) -> None:
    if not _PATH.fullmatch(path) or not path.isascii():
        raise FileMissingError("has an address that a site cannot have")


@dataclass(frozen=True, slots=True)
class _SiteFolder:
    """A folder of files. Links may lead to other folders that a build writes, and nowhere else."""

    folder: Path
    allowed_folders: tuple[Path, ...]

    def read(self, path: str) -> bytes:
        _check_path(path)
        name = f"{path}index.html" if path.endswith("/") or not path else path
        try:
            file = (self.folder / name).resolve(strict=True)
            if not any(file.is_relative_to(folder) for folder in self.allowed_folders):
                raise FileMissingError("is a link that leads out of the site")
            return _read_regular_file(file)
        except FileNotFoundError:
            raise FileMissingError("is missing") from None
        except (OSError, RuntimeError) as error:  # RuntimeError for a circle of links
            raise FileMissingError(f"cannot be read ({_describe_error(error)})") from None


def _find_allowed_folders(folder: Path) -> tuple[Path, ...]:
    """Return the folder of a site and, in the output of a build, that of its versions."""
    generation, generations = folder.parent, folder.parent.parent
    if generations.name == "generations":
        return folder, generation, generations.parent / "store"
    return (folder,)


@dataclass(frozen=True, slots=True)
class _WebSite:
    address: str

    def read(self, path: str) -> bytes:
        _check_path(path)
        address = self.address + path
        request = Request(address, headers={"Accept-Encoding": "identity"})  # noqa: S310 - http(s) only
        try:
            return call_within(_FILE_SECONDS, lambda: self._request(request))
        except HTTPError as error:
            error.close()
            if error.code in _SERVER_ERRORS or error.code == 429:  # noqa: PLR2004 - too many requests
                raise TryLaterError(f"{address}: the server answers {error.code}; try again later") from None
            if 300 <= error.code < 400:  # noqa: PLR2004 - a redirection that was not followed
                raise RedirectedError(_describe_redirection(error, path)) from None
            raise FileMissingError(f"is missing (the server answers {error.code})") from None
        except (OSError, HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or _describe_error(error)
            raise TryLaterError(f"{address}: no answer ({reason}); try again later") from None

    def _request(self, request: Request) -> bytes:
        with _create_opener(self.address).open(request, timeout=_TIMEOUT_SECONDS) as answer:
            return _read_all(answer)


def _describe_redirection(error: HTTPError, path: str) -> str:
    """Return what is wrong with a redirection that was not followed, as the end of a sentence."""
    source, location = error.geturl() or "", error.headers.get("Location", "")
    try:
        target = urlsplit(urljoin(source, location))
        origin = f"{target.scheme}://{target.netloc.rpartition('@')[2]}"
        is_same = target[:2] == urlsplit(source)[:2]
    except ValueError:
        return "is redirected to an address that cannot be read"
    if not location:
        return "is redirected, but the server does not say where to"
    if target.scheme not in {"http", "https"} or not target.netloc:
        return "is redirected to something that is not on the web"
    if is_same:
        return "is redirected in a circle, or too many times"
    place = target.path.removesuffix(path) if target.path.endswith(f"/{path}") else "/"
    return f"is redirected to another site; to verify that one, pass {origin}{place:.200}"


class _SameOriginRedirects(HTTPRedirectHandler):
    def __init__(self, origin: tuple[str, str]) -> None:
        self.origin = origin

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        parts = urlsplit(newurl)
        if (parts.scheme, parts.netloc) != self.origin:
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _create_opener(address: str) -> OpenerDirector:
    parts = urlsplit(address)
    return build_opener(_SameOriginRedirects((parts.scheme, parts.netloc)))


def _read_all(stream: Any) -> bytes:
    """Return all bytes of a file or an answer, unless there are too many or they come too slowly."""
    deadline = time.monotonic() + _FILE_SECONDS
    chunks, size = [], 0
    while chunk := stream.read1(_CHUNK) if hasattr(stream, "read1") else stream.read(_CHUNK):
        size += len(chunk)
        if size > MAX_BYTES:
            raise FileMissingError(f"is larger than {MAX_BYTES // 1024 // 1024} MiB")
        if time.monotonic() > deadline:
            raise TimeoutError
        chunks.append(chunk)
    return b"".join(chunks)


def _read_regular_file(path: Path) -> bytes:
    # Opening a pipe would wait for somebody to write into it.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise FileMissingError("is not a file")
        return _read_all(stream)


def _describe_error(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__

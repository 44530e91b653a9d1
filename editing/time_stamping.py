"""Stores a time stamp of the newest entry of the log, from an authority of RFC 3161 (docs/verify.md)."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from changelog.history import read_revisions
from changelog.log_entries import LogEntry
from changelog.replay import build_version_log
from common.errors import InputError, TryLaterError
from common.input_files import read_input_file
from common.machine_faults import describe_machine_fault
from common.time_stamps import (
    Roots,
    TimeStamp,
    TimeStampError,
    create_request,
    read_roots,
    verify_time_stamp,
)
from policy.time_stamp_files import MAX_TIME_STAMP_BYTES, TIME_STAMP_FOLDER, looks_like_time_stamp

_QUERY_TYPE, _REPLY_TYPE = "application/timestamp-query", "application/timestamp-reply"
_TIMEOUT_SECONDS = 30  # without a byte
_ANSWER_SECONDS = 120  # for the whole answer, however slowly its bytes arrive
_CHUNK = 8192
_NAMED_DIGITS = 16


def stamp_newest_entry(source: Path, ref: str, address: str, roots_file: Path) -> str:
    """Store a time stamp of the newest entry at `ref`, unless it has one; return a line that says what it is.

    Raises InputError for wrong options and for an answer that these roots do not vouch for, and TryLaterError
    if the authority does not answer. Nothing is written then.
    """
    _check_address(address)
    roots = read_roots(roots_file)
    entries = build_version_log(read_revisions(source, ref)).entries
    entry, name = entries[-1], f"entry {len(entries)} of {entries[-1].day}"
    path = _choose_path(source, entry)
    if os.path.lexists(path):
        stamp = _read_stored_time_stamp(path, entry, roots)
        return f"stored already  {path.relative_to(source)}: {name} {stamp.statement}"
    request = create_request(entry.hashed_content)
    answer = _ask_authority(address, request.content)
    try:
        stamp = _verify_for_entry(answer, entry, roots, request.nonce)
    except TimeStampError as error:
        raise InputError(f"{_name_server(address)}: the answer {error}; nothing was written") from None
    _write_file(path, answer)
    return f"written  {path.relative_to(source)}: {name} {stamp.statement}; commit it"


def _choose_path(source: Path, entry: LogEntry) -> Path:
    folder = source / TIME_STAMP_FOLDER
    if not folder.parent.is_dir():
        raise InputError(
            f"{folder.parent}: no such folder; use --source to name the one that contains content/"
        )
    if folder.parent.is_symlink() or folder.is_symlink():
        raise InputError(f"{folder}: symbolic links are not allowed here; replace it with a folder")
    return folder / f"{entry.day}-{entry.hash[:_NAMED_DIGITS]}.tsr"


def _read_stored_time_stamp(path: Path, entry: LogEntry, roots: Roots) -> TimeStamp:
    hint = "remove it, then run this again"
    try:
        return _verify_for_entry(read_input_file(path, MAX_TIME_STAMP_BYTES, hint), entry, roots)
    except TimeStampError as error:
        raise InputError(f"{path}: {error}; if these are the right --roots, {hint}") from None


def _verify_for_entry(answer: bytes, entry: LogEntry, roots: Roots, nonce: int | None = None) -> TimeStamp:
    stamp = verify_time_stamp(answer, roots, nonce)
    if stamp.imprint != entry.hash:
        raise TimeStampError("is a time stamp of something else than this entry")
    if not looks_like_time_stamp(answer):
        raise TimeStampError("is not in DER with the certificates of the authority")
    return stamp


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        is_valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        is_plain = not (parts.username or parts.password or parts.fragment)
    except ValueError:
        is_valid = is_plain = False
    if not (is_valid and is_plain and address.isascii() and address.isprintable() and " " not in address):
        # The address is not repeated: it may contain a password.
        raise InputError(
            "--tsa: not the address of an authority; it begins with https:// or http://, "
            "without user, password and fragment"
        )


class _NoRedirections(HTTPRedirectHandler):
    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        """Follow none: a request that is sent again elsewhere loses its body."""


def _name_server(address: str) -> str:
    """Return an address without its query, which may have a key of the customer's."""
    return address.partition("?")[0]


def _ask_authority(address: str, request: bytes) -> bytes:
    name = _name_server(address)
    headers = {"Content-Type": _QUERY_TYPE, "Accept": _REPLY_TYPE}
    query = Request(address, request, headers)  # noqa: S310 - http(s) only
    try:
        with build_opener(_NoRedirections).open(query, timeout=_TIMEOUT_SECONDS) as answer:
            kind = answer.headers.get_content_type()
            if kind != _REPLY_TYPE:
                raise InputError(f"{name}: the answer is {kind:.80}, not a time stamp; check the address")
            return _read_answer(answer, name)
    except HTTPError as error:
        error.close()
        if error.code >= 500 or error.code == 429:  # noqa: PLR2004 - errors of the server, too many requests
            raise TryLaterError(f"{name}: the server answers {error.code}; try again later") from None
        hint = "pass the one that it redirects to" if error.code < 400 else "check the address"  # noqa: PLR2004
        raise InputError(f"{name}: the server answers {error.code}; {hint}") from None
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__
        raise TryLaterError(f"{name}: no answer ({reason}); try again later") from None


def _read_answer(answer: HTTPResponse, name: str) -> bytes:
    deadline, content = time.monotonic() + _ANSWER_SECONDS, b""
    while chunk := answer.read1(_CHUNK):
        content += chunk
        if len(content) > MAX_TIME_STAMP_BYTES:
            raise InputError(f"{name}: the answer is larger than 64 KiB; check the address")
        if time.monotonic() > deadline:
            raise TimeoutError
    return content


def _write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    new = path.with_name(f".new-{path.name}")  # hidden files are not read as content
    try:
        path.parent.mkdir(exist_ok=True)
        new.unlink(missing_ok=True)  # a commit may have put a link there
        with new.open("xb") as file:
            file.write(content)
        new.replace(path)
    except OSError as error:
        with suppress(OSError):
            new.unlink()
        if describe_machine_fault(error):
            raise
        raise InputError(f"{path}: cannot be written ({error.strerror}); check the permissions") from None

"""Read the URLs of the ledger, the addressees and the relay, and repeat nothing of them: they hold passwords.

All three have one strict grammar (RFC 3986). Other parsers take a password with an unencoded character for a
port or a host, accept that, or quote it in their errors.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote

from common.errors import InputError

_MAX_PORT = 65535
_NOT_TEXT = r"\s\x00-\x1f\x7f\ud800-\udfff"  # white space, controls, and what is not UTF-8 in a variable
_ESCAPE = "%[0-9A-Fa-f]{2}"
_CREDENTIAL = rf"(?:[^@:/?#\[\]%{_NOT_TEXT}]|{_ESCAPE})"
_TEXT = rf"(?:[^@?#%{_NOT_TEXT}]|{_ESCAPE})*"
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*\.?|\[[0-9A-Fa-f:.]{{2,45}}\]"
_CREDENTIALS = rf"(?P<user>{_CREDENTIAL}+)(?::(?P<password>{_CREDENTIAL}*))?"
_SERVER = rf"(?P<host>{_HOST})?(?::(?P<port>[0-9]{{1,5}}))?(?:/(?P<name>{_TEXT}))?(?:\?(?P<query>{_TEXT}))?"
_URL = re.compile(rf"(?P<scheme>[A-Za-z][A-Za-z0-9+]*)://(?:{_CREDENTIALS}@)?{_SERVER}")
_VALID_CREDENTIALS = re.compile(_CREDENTIALS)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ENCODING = "%40 for @, %3A for :, %2F for /, %3F for ?, %23 for #, %25 for %, %5B and %5D for [ and ]"
_PASSWORD_PARAMETER = re.compile(r"[?&](?:pass|password|passwd|sslpassword)=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ConnectionUrl:
    """The decoded parts of a URL; its repr holds no secret. `name` is a database or a path."""

    scheme: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    host: str = ""
    port: int | None = None
    name: str = ""
    query: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)


def parse_connection_url(option: str, text: str, form: str) -> ConnectionUrl:
    """Parse the value of an option; `form` shows how it is written.

    Raises InputError, whose line says what is wrong and quotes nothing of the value.
    """
    match = _URL.fullmatch(text)
    try:
        url = _decode_parts(match) if match else None
    except ValueError:
        url = None
    if url is None:
        raise InputError(f"{option}: {_explain_error(text, form)}")
    return url


def _decode_parts(match: re.Match[str]) -> ConnectionUrl:
    """Return the decoded parts; raise ValueError for an impossible port, and for what is not text."""
    user, password, name = (
        None if match[part] is None else _decode(match[part]) for part in ("user", "password", "name")
    )
    port = int(match["port"]) if match["port"] else None
    if port is not None and not 0 < port <= _MAX_PORT:
        raise ValueError
    query = parse_qs(match["query"] or "", keep_blank_values=True, strict_parsing=True, errors="strict")
    return ConnectionUrl(
        scheme=match["scheme"].lower(),
        user=user,
        password=password,
        host=(match["host"] or "").strip("[]"),
        port=port,
        name=name or "",
        query={key: tuple(values) for key, values in query.items()},
    )


def _decode(text: str) -> str:
    decoded = unquote(text, errors="strict")
    if _CONTROL.search(decoded):
        raise ValueError
    return decoded


def _explain_error(text: str, form: str) -> str:
    credentials, at, _ = text.partition("://")[2].rpartition("@")
    if at and not _VALID_CREDENTIALS.fullmatch(credentials):
        return f"a character of the user or the password must be encoded: write {_ENCODING}"
    return f"not a valid URL; write {form}"


def check_parameters(option: str, url: ConnectionUrl, known: Collection[str]) -> None:
    """Raise InputError for a parameter after `?` that is not known, such as a password."""
    if not url.query.keys() <= set(known):
        allowed = f"only {', '.join(sorted(known))} may follow ?" if known else "nothing may follow ?"
        raise InputError(f"{option}: {allowed}; a password belongs before the host")


def has_visible_password(argument: str) -> bool:
    """Whether an argument of the command line holds a URL with a password, which other users could read."""
    _, separator, rest = argument.partition("://")
    _, colon, password = rest.partition(":")
    return bool(separator and ((colon and "@" in password) or _PASSWORD_PARAMETER.search(rest)))


def read_secret(variable: str) -> str | None:
    """Return a secret from a variable, or from the file that `VARIABLE_FILE` names, without its white space.

    Containers and systemd hand over secrets as files. Returns None if neither is set.
    """
    value, path = os.environ.get(variable), os.environ.get(f"{variable}_FILE")
    if value and path:
        raise InputError(f"{variable} and {variable}_FILE are both set; unset one of them")
    if not path:
        return value or None
    try:
        content = Path(path).read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a text in UTF-8"
        raise InputError(f"{variable}_FILE: the file cannot be read ({reason})") from None
    if not content:
        raise InputError(f"{variable}_FILE: the file is empty")
    return content

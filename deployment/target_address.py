"""Where a site is deployed to: `ssh://[user@]host[:port]/dir`, or a folder of this machine."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from posixpath import normpath
from urllib.parse import unquote, urlsplit

from common.characters import escape_line
from common.errors import InputError

_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*)")  # neither an option nor anything to quote
_IP_ADDRESS = re.compile(r"[0-9A-Fa-f:.]+")
_HINT = "pass ssh://user@host/folder, or a folder of this machine"
# It asks for nothing, so that a job in CI cannot wait for an answer; a dead connection ends in a minute.
_SSH = ("ssh", "-T", "-o", "BatchMode=yes", "-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=4")


@dataclass(frozen=True, slots=True)
class TargetAddress:
    """A folder on this machine, or on `host`; user and port may be left to the configuration of ssh."""

    folder: str
    host: str = ""
    user: str = ""
    port: int | None = None

    def __str__(self) -> str:
        """Return the address as it is typed."""
        if not self.host:
            return self.folder
        return (
            f"ssh://{f'{self.user}@' * bool(self.user)}{self._bracketed_host}{self._port_suffix}{self.folder}"
        )

    @property
    def _bracketed_host(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def _port_suffix(self) -> str:
        return f":{self.port}" if self.port else ""

    @property
    def ssh_command(self) -> tuple[str, ...]:
        """The program that connects to the host, with its options but without the host."""
        return (*_SSH, *(("-p", str(self.port)) if self.port else ()))

    @property
    def shell_command(self) -> tuple[str, ...]:
        """The program that starts a shell where the folder is."""
        if not self.host:
            return ("sh",)
        user = ("-l", self.user) if self.user else ()
        return (*self.ssh_command, *user, "--", self.host, "sh")

    def rsync_address(self, path: str) -> str:
        """Return the name that rsync has for a path in the folder."""
        place = f"{self.folder}/{path}"
        return f"{f'{self.user}@' * bool(self.user)}{self._bracketed_host}:{place}" if self.host else place


def parse_target_address(text: str) -> TargetAddress:
    """Return the target that somebody typed; raise InputError for anything else."""
    if escape_line(text) != text or not text.strip():
        raise InputError(f"{text!r}: not a target; {_HINT}")
    if text.startswith("ssh://"):
        return _parse_ssh_address(text)
    if "://" in text:
        raise InputError(f"the target is neither ssh:// nor a folder; {_HINT}")
    if ":" in text.split("/", 1)[0]:
        raise InputError(f"{text}: write a target on another machine as ssh://user@host/folder")
    return _check_folder(TargetAddress(os.path.abspath(text)))  # noqa: PTH100 - links in it stay as they are


def _parse_ssh_address(text: str) -> TargetAddress:
    try:
        parts = urlsplit(text)
        host, user, port = parts.hostname or "", parts.username or "", parts.port
    except ValueError:
        host, user, port, parts = "", "", None, urlsplit("")
    if parts.password is not None:  # not repeated
        raise InputError("the target has a password; let ssh log in with a key")
    is_host = _NAME.fullmatch(host) or (":" in host and _IP_ADDRESS.fullmatch(host))
    if not is_host or parts.query or parts.fragment or port == 0 or (user and not _NAME.fullmatch(user)):
        raise InputError(f"{text}: not a target; {_HINT}")
    return _check_folder(
        TargetAddress(normpath(unquote(parts.path)) if parts.path else "/", host, user, port)
    )


def _check_folder(address: TargetAddress) -> TargetAddress:
    if escape_line(address.folder) != address.folder or not address.folder.strip("/"):
        raise InputError(f"{escape_line(str(address))}: name a folder of its own for the site; {_HINT}")
    return address

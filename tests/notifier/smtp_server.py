"""An SMTP server that keeps the messages it accepts and fails on demand.

`SmtpServer(script)` asks the script before each step what to do: give another reply, or fail in some way.
"""

import base64
import contextlib
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

# A script gets the phase and the recipient and returns None (succeed), a reply such as "450 4.2.0 later", or
# a fault: "drop", "reset", "hang", "garbage", "endless", "flood"; at the dot also "accept-" before one of
# these, which keeps the message first.
Script = Callable[[str, str], str | None]


def succeed(_phase: str, _recipient: str) -> None:
    return None


@dataclass
class SmtpServer:
    script: Script = succeed
    extensions: tuple[str, ...] = ("PIPELINING", "8BITMIME", "SMTPUTF8")
    greeting: str = "220 server ESMTP"
    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    login: tuple[str, str] | None = None
    host: str = "127.0.0.1"
    delay: float = 0.0
    accepted: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0
    commands: list[str] = field(default_factory=list)
    refuse_ehlo: bool = False
    no_recipient: str = "554 5.5.1 no valid recipients"

    def __enter__(self) -> Self:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._listener = socket.socket(family)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind((self.host, 0))
        self._listener.listen(128)
        self.port = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._closing = False
        self._threads = []
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in [self._acceptor, *self._threads]:
            thread.join(5)

    @property
    def url(self) -> str:
        return f"smtp://{self.host}:{self.port}"

    @property
    def recipients(self) -> Counter[str]:
        return Counter(recipient for recipient, _ in self.accepted)

    @property
    def messages(self) -> list[bytes]:
        return [message for _, message in self.accepted]

    def shout(self, octets: bytes) -> None:
        """Send something that is no reply to any command."""
        for one in list(self._open):
            one.sendall(octets)

    def _accept(self) -> None:
        while not self._closing:
            try:
                connected, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            thread = threading.Thread(target=self._serve, args=(connected,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connected: socket.socket) -> None:
        self._open.add(connected)
        dialogue = None
        try:
            if self.implicit_tls:
                self._open.discard(connected)
                connected = self.tls.wrap_socket(connected, server_side=True)
                self._open.add(connected)
            dialogue = _Dialogue(self, connected)
            dialogue.run()
        except (OSError, _DroppedError):
            pass
        finally:
            self._open.discard(connected)
            connected.close()
            if dialogue:
                dialogue.socket.close()
                dialogue.file.close()


class _DroppedError(Exception):
    pass


class _Dialogue:
    def __init__(self, server: SmtpServer, connected: socket.socket) -> None:
        self.server = server
        self.socket = connected
        self.file = connected.makefile("rb")
        self.recipient = ""
        self.encrypted = server.implicit_tls

    def run(self) -> None:
        self.say(self.server.greeting)
        while line := self.file.readline():
            command = line.decode().rstrip("\r\n")
            self.server.commands.append(command)
            verb = command.split(" ")[0].split(":")[0].upper()
            if verb == "QUIT":
                self.say("221 bye")
                return
            getattr(self, f"on_{verb.lower()}", self.on_unknown)(command)

    def say(self, reply: str) -> None:
        if self.server.delay:
            time.sleep(self.server.delay)
        self.socket.sendall(reply.encode() + b"\r\n")

    def ask_script(self, phase: str, well: str) -> bool:
        """Reply as the script says; True when all is well."""
        return self.obey(self.server.script(phase, self.recipient), well)

    def obey(self, said: str | None, well: str) -> bool:
        if said is None:
            self.say(well)
        elif said == "drop":
            raise _DroppedError
        elif said == "reset":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            raise _DroppedError
        elif said == "hang":
            while self.socket.recv(65536):
                pass
            raise _DroppedError
        elif said == "garbage":
            self.say("\x00 this is no reply")
        elif said == "endless":
            self.socket.sendall(b"2" * 100_000)
        elif said == "flood":
            self.socket.sendall(b"250-and\r\n" * 10_000)
        else:
            self.say(said)
            if said.startswith("421"):
                raise _DroppedError
        return said is None

    def on_ehlo(self, _: str) -> None:
        if self.server.refuse_ehlo:
            self.say("502 5.5.1 what")
            return
        lines = ["server", *self.server.extensions]
        if self.server.tls and not self.encrypted:
            lines.append("STARTTLS")
        if self.server.login:
            lines.append("AUTH PLAIN LOGIN")
        self.say("\r\n".join([f"250-{line}" for line in lines[:-1]] + [f"250 {lines[-1]}"]))

    def on_unknown(self, _: str) -> None:
        self.say("500 5.5.2 what")

    def on_helo(self, _: str) -> None:
        self.say("250 server")

    def on_starttls(self, _: str) -> None:
        if self.ask_script("STARTTLS", "220 go ahead"):
            self.file.close()
            self.socket = self.server.tls.wrap_socket(self.socket, server_side=True)
            self.file = self.socket.makefile("rb")
            self.encrypted = True

    def on_auth(self, command: str) -> None:
        user, password = self.server.login
        right = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
        welcome = "235 welcome" if command == f"AUTH PLAIN {right}" else "535 5.7.8 no"
        self.ask_script("AUTH", welcome)

    def on_rset(self, _: str) -> None:
        self.recipient = ""
        self.say("250 reset")

    def on_mail(self, _: str) -> None:
        self.recipient = ""
        self.mail = self.ask_script("MAIL", "250 sender")

    def on_rcpt(self, command: str) -> None:
        if not self.mail:
            self.say("503 5.5.1 MAIL first")
            return
        wanted = command.partition("<")[2].rpartition(">")[0]
        self.recipient = wanted
        if not self.ask_script("RCPT", "250 recipient"):
            self.recipient = ""

    def on_data(self, _: str) -> None:
        if not self.recipient:
            self.say(self.server.no_recipient)
            return
        if not self.ask_script("DATA", "354 go ahead"):
            self.recipient = ""
            return
        if self.server.script("BODY", self.recipient) == "drop":
            self.file.readline()
            raise _DroppedError
        lines = []
        while (line := self.file.readline()) != b".\r\n":
            if not line:
                raise _DroppedError
            lines.append(line[1:] if line.startswith(b".") else line)
        self.finish(b"".join(lines))

    def finish(self, message: bytes) -> None:
        said = self.server.script("DOT", self.recipient)
        if said is None or said.startswith("accept-"):
            self.server.accepted.append((self.recipient, message))
        self.obey(said and said.removeprefix("accept-"), "250 2.0.0 taken")
        if said is None and self.server.script("SENT", self.recipient) == "drop":
            raise _DroppedError
        self.recipient = ""

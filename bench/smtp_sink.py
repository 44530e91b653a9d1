"""An SMTP server that accepts and discards all mail, for benchmarks of senders."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager


class _SmtpSink(asyncio.Protocol):
    """One connection; pipelined commands are answered together."""

    delay = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.unread = b""
        self.inside = False
        self.reply(b"220 sink\r\n")

    def reply(self, replies: bytes) -> None:
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, self.transport.write, replies)
        else:
            self.transport.write(replies)

    def data_received(self, received: bytes) -> None:
        self.unread += received
        replies = []
        while True:
            if self.inside:
                _, dot, rest = self.unread.partition(b"\r\n.\r\n")
                if not dot:
                    break
                self.inside, self.unread = False, rest
                replies.append(b"250 2.0.0 taken\r\n")
                continue
            line, end, rest = self.unread.partition(b"\r\n")
            if not end:
                break
            self.unread = rest
            verb = line[:4].upper()
            self.inside = verb == b"DATA"
            replies.append(
                {
                    b"EHLO": b"250-sink\r\n250 PIPELINING\r\n",
                    b"DATA": b"354 go\r\n",
                    b"QUIT": b"221 bye\r\n",
                }.get(verb, b"250 ok\r\n")
            )
        if replies:
            self.reply(b"".join(replies))


@contextmanager
def run_sink(delay: float = 0) -> Iterator[int]:
    """Run the SMTP sink in a process of its own and yield its port; each reply waits for `delay` seconds."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    pid = os.fork()
    if pid == 0:
        _SmtpSink.delay = delay

        async def serve() -> None:
            await (await asyncio.get_running_loop().create_server(_SmtpSink, sock=listener)).serve_forever()

        asyncio.run(serve())
    port = listener.getsockname()[1]
    listener.close()
    try:
        yield port
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)

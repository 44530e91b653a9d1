"""Ports for servers that take no listening socket from us and must be told a number."""

import random
import socket
from contextlib import suppress

# Below what Linux gives to clients: no connection made meanwhile can take it before the server does.
_OURS = range(12_000, 32_000)
_dice = random.SystemRandom()  # processes that run side by side choose apart


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port that nobody listens on."""
    while True:
        port = _dice.choice(_OURS)
        with suppress(OSError), socket.create_server((host, port)):
            return port
